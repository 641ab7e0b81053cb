// Package record puts pictures on disk: it knows where the user keeps them, names them by time, and writes each file whole or not at all.
//
// The functions start no goroutine that outlives the call and may be called from any goroutine, also at once: no two calls get the same name.
package record
