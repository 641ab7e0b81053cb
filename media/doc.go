// Package media holds what every room that handles video agrees on: the encoded [Packet] that comes
// from the network, the decoded [Frame] that everything downstream reads, and the one-slot
// [Mailbox] that stands between any two stages; the [Status] of a stream, the [Reason] of a change
// and the [Fault], which only the window, the console and the phone's page put into words; and the
// [ICEServer] that both ends of a connection are told of. It is pure Go, knows no C library and
// starts no goroutine.
//
// # Who owns what
//
// A Frame is shared by reference count. Whoever is handed a Frame borrows it for the length of the
// call; to keep it longer, call [Frame.Retain], and [Frame.Release] when done. When the last
// reference is released, its planes go back to the [Pool] they came from and are overwritten by a
// later frame. A Frame's pixels are never written after it has been published, so any number of
// goroutines may read it.
//
// A Packet's Data belongs to whoever made it and is valid only for the length of the call it is
// passed to, unless that call's own comment says otherwise.
package media
