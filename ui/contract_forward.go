package ui

import "handlens/media"

// Forwarder sends the video of phones on to a WHIP server: that of Settings.Forward. Its methods
// run off the UI goroutine.
type Forwarder interface {
	// Use has it sent to an address (https://HOST/{phone}/whip, where {phone} stands for the
	// phone's name), with boxes burnt in or without, and to no other any more; "" stands for none.
	// The server's token is kept; nil leaves the one that is.
	Use(address string, boxes bool, token *string) error
	// State says how it gets on.
	State() ForwardState
}

// ForwardState is how sending on gets on.
type ForwardState struct {
	// Host is HOST:PORT; "" for none.
	Host string
	// Phones is how it gets on with each phone that is here.
	Phones []media.Forward
	// Token says that one is kept.
	Token bool
}
