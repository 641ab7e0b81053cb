package peer

import "fmt"

// State is where a connection is in its life.
type State uint8

// The states in the order in which they come; Disconnected and Connected may alternate.
const (
	// Connecting: the answer was given, the phone has not reached us yet.
	Connecting State = iota
	// Connected: media can flow.
	Connected
	// Disconnected: nothing is heard from the phone; it may come back by itself or by an ICE
	// restart.
	Disconnected
	// Closed: over, for good.
	Closed
)

// String returns the state's name in lower case.
func (s State) String() string {
	switch s {
	case Connecting:
		return "connecting"
	case Connected:
		return "connected"
	case Disconnected:
		return "disconnected"
	case Closed:
		return "closed"
	}
	return fmt.Sprintf("state %d", uint8(s))
}
