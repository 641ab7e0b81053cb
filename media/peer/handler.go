package peer

import "handlens/media"

// Handler is told what one phone sends. All methods of one Handler are called from one goroutine,
// the owner goroutine of the Conn, so never concurrently with each other. A method may call every
// method of the Conn except Close, which waits for this very goroutine: to end the connection from
// within, use `go conn.Close(reason)`. A method that takes long delays the others, and frames
// that come meanwhile are dropped until the next key frame once a short queue is full.
type Handler interface {
	// Packet is one whole encoded frame; the first one is a key frame, and so is the first one
	// after Stale. Its Data is valid for the length of the call only.
	Packet(p media.Packet)
	// Stale says that references were lost: what was shown last is old until the next Packet.
	Stale()
	// Audio is one packet of the phone's microphone, in the order of the sequence numbers; what was
	// lost leaves a hole in the timestamps. Its Data, at most 2 KiB, is valid for the length of the
	// call only. It comes on its own account: before the first frame too, and while frames are
	// Stale. Captured puts it beside the frames.
	Audio(s media.Audio)
	// Control is one JSON message of the phone's `control` channel, at most 16 KiB, with a `type`;
	// `ping`, `pong` and `bye` never come here. The bytes belong to the Handler.
	Control(msg []byte)
	// Detections is one message of the phone's `detections` channel, at most 24 KiB: what the phone
	// itself has found in a frame. Nothing about it is checked. The bytes belong to the Handler.
	Detections(msg []byte)
	// State is called at each change, with the reason. Connecting is the first call of all, Closed
	// the last one.
	State(s State, reason media.Reason)
}
