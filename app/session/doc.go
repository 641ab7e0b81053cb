// Package session carries one phone's frames from its WebRTC connection to everything that uses
// them.
//
// A [Manager] accepts phones on behalf of the HTTP face and owns a [Session] for each. A Session
// decodes on the goroutine that its connection calls it from (package peer owns that one and its
// short, bounded queue) and owns one goroutine of its own, which makes the stats once a second. A
// single [Worker] serves all sessions: its one goroutine owns the detector and takes the newest
// frame of each session in turn, or of several at once where this is known to gain.
//
//	peer's goroutine: Packet ─┬→ viewers' feed, not decoded
//	                          ├→ tape, read by recordings, replays and paused views
//	                          └→ decode → newest Frame ─┬→ Scene, pulled by whoever paints
//	                                                    └→ mailbox → Worker → tracking
//	                                                          → Scene, data channel, events
//
// A phone that lost its connection, and comes back by another one, comes back into its session:
// each connection is a link, and the session goes on with the newest that stands (link.go).
//
// The detector's results go through the session's tracking: it tells objects apart, counts them,
// keeps in step with the tape what was found when, and moves the boxes to where they are in the
// frame that is shown.
//
// [Viewers] lets others watch: a [Viewer] gets the phone's own stream, and the detections that
// belong to its frames. The session's audience outlives the phone's connections.
//
// A phone may detect by itself. What it finds comes through its connection, waits for its frame and
// then goes the same way (phone_detector.go), while the Worker leaves that phone's frames alone.
// Where detection runs, and when it moves by itself, is in place.go.
//
// The messages between the phone's page and the computer are in protocol.go, those to viewers in
// protocol_viewer.go.
//
// Nothing waits for anything slower than itself: a mailbox keeps the newest frame and counts the
// others.
package session
