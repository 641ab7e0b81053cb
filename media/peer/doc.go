// Package peer receives one phone's video, and its microphone when it sends it, over WebRTC. It is
// the only package that uses pion/webrtc.
//
// A [Host] owns the sockets: one UDP port for every phone, and ICE-TCP on a listener that it is
// handed for networks where UDP is blocked. For each offer, [Host.Answer] makes a [Conn] and calls
// the [Handler] that came with it.
//
// # The road of a packet
//
//	socket → ICE, DTLS, SRTP (pion) → one reader goroutine per RTP stream
//	       → the Conn's receiver goroutine: reorder ring, NACK, complete frames (receiver.go)
//	       → a short bounded queue of frames (queue.go)
//	       → the Conn's owner goroutine: every call of the Handler (conn.go)
//
// Packets of audio leave at the second step for the Conn's audio goroutine, which puts them in
// order (audio.go), and go from there by a short bounded queue to the owner goroutine.
//
// Only complete frames whose references all arrived reach the Handler. What is missing is asked for
// again while it can still be in time; after that the Handler is told that the frame is stale,
// and nothing comes until a key frame.
//
// # Who runs what
//
// The owner goroutine calls the Handler and ends with the last call, State(Closed). The receiver
// goroutine never waits for the Handler: a Handler that is too slow costs frames (counted, see
// [Stats]), never delay. Conn.Close and Host.Close cancel and wait.
package peer
