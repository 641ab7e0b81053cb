// Package tape keeps the recent past of one phone's stream: its coded pictures and sound as they
// came, from a key frame on, for as long as wished and within a bound of bytes. All that looks back
// reads it: recordings, replays, a view that is held still.
//
// A [Tape] has one writer, the session's connection, which is never made to wait. Each [Reader]
// belongs to one goroutine. Items are shared and never changed; what a Reader still holds outlives
// the Tape. No goroutine is started here.
package tape
