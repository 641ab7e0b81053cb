// Package tape is the replay buffer of one phone: its encoded video and audio as they arrived, from
// a key frame on, for a given time and within a limit of bytes. Recordings, replays and paused
// views read from it.
//
// A [Tape] has one writer, the session's connection, which is never made to wait. Each [Reader]
// belongs to one goroutine. Items are shared and never changed. What a Reader still holds outlives
// the Tape. This package starts no goroutine.
package tape
