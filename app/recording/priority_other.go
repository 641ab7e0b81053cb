//go:build !linux

package recording

// lowPriority runs f as it is: a thread's priority is not the process's to lower by a portable
// call.
func lowPriority(f func()) { f() }
