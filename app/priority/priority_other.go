//go:build !linux

package priority

// Low runs f as it is: a thread's priority is not the process's to lower by a portable call.
func Low(f func()) { f() }
