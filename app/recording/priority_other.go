//go:build !linux

package recording

// lowerPriority does nothing here: a thread's priority is not the process's to lower by a portable call.
func lowerPriority() {}
