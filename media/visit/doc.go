// Package visit keeps how far each device has come on its way to a picture with boxes: a ladder of
// rungs, each with the time when it was reached, and what keeps the next one from being reached.
//
// The package is pure Go, starts no goroutine and knows no network: whoever sees something of a
// device (the listener, the HTTP server, the sessions) says so. What the problems are called, the
// window and the terminal say.
package visit
