package session

import (
	"time"

	"handlens/inference/timeline"
	"handlens/inference/track"
	"handlens/media/peer"
	"handlens/media/tape"
)

// Tape is the session's recent past. The session closes it when it ends.
func (s *Session) Tape() *tape.Tape { return s.tape }

// Timeline is what was found when, in the tape's time.
func (s *Session) Timeline() *timeline.Timeline { return &s.tracking.timeline }

// Feed is the session's video as it comes, for those that it is sent on to. It outlives the phone's
// connections, and is muted while viewers must not see the video as it is.
func (s *Session) Feed() *peer.Feed { return s.audience.feed }

// Past is what was found at a moment of the past that is still on the tape.
func (s *Session) Past(at time.Duration) View { return s.tracking.past(at) }

// Tallies are what the lines and zones have counted.
func (s *Session) Tallies() []track.Tally {
	if s.tracking == nil {
		return nil // a session that never began
	}
	return s.tracking.tallies()
}

// ResetCounts starts the counts of objects, lines and zones again.
func (s *Session) ResetCounts() { s.tracking.restart() }
