package peer

import "context"

// Conn is one phone's connection.
type Conn struct{ done chan struct{} }

// Answer returns the SDP answer with all our candidates.
func (c *Conn) Answer() string { return "" }

// ID returns the connection's name, unguessable and safe in a URL.
func (c *Conn) ID() string { return "" }

// ETag returns the strong entity tag of the current ICE session, with its quotes.
func (c *Conn) ETag() string { return "" }

// Patch applies an ICE fragment.
func (c *Conn) Patch(ctx context.Context, ifMatch, frag string) (string, error) {
	return "", ErrClosed
}

// SendDetections sends a message on the lossy channel, or skips it.
func (c *Conn) SendDetections(b []byte) bool { return false }

// SendControl sends a message on the reliable channel.
func (c *Conn) SendControl(b []byte) bool { return false }

// RequestKeyFrame asks the phone for a key frame, rate-limited.
func (c *Conn) RequestKeyFrame() {}

// Stats returns a snapshot.
func (c *Conn) Stats() Stats { return Stats{} }

// Close ends the connection.
func (c *Conn) Close(reason string) {}

// Done is closed after the last call of the Handler.
func (c *Conn) Done() <-chan struct{} { return c.done }
