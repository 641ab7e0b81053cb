//go:build !linux

package recording

// politely runs f as it is: a thread's priority is not the process's to lower by a portable call.
func politely(f func()) { f() }
