// Package session carries one phone's pictures from its WebRTC connection to everything that uses
// them.
//
// A [Manager] accepts phones on behalf of the HTTP face and owns a [Session] for each. A Session
// decodes on the goroutine that its connection calls it from (package peer owns that one and its
// short, bounded queue) and owns one goroutine of its own, which takes stock once a second. A
// single [Worker] serves all sessions: its one goroutine owns the detector and takes the newest
// picture of each session in turn, or of several at once where the detector has proved that this
// gains.
//
//	peer's goroutine: Packet ─┬→ tape, read by recordings, replays and held views
//	                          └→ decode → newest Frame ─┬→ Scene, pulled by whoever paints
//	                                                    └→ mailbox → Worker → sight → Scene, data channel, events
//
// What the detector finds goes through the session's sight: it tells who is who, counts, keeps when
// what was found in step with the tape, and carries the boxes to the moment of the picture that is
// shown.
//
// Nothing waits for anything slower than itself: a mailbox keeps the newest picture and counts the
// others.
package session
