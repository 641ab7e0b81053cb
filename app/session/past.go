package session

import (
	"time"

	"handlens/inference/timeline"
	"handlens/inference/track"
	"handlens/media/tape"
)

// Tape is the session's recent past. The session closes it when it ends.
func (s *Session) Tape() *tape.Tape { return s.tape }

// Looks is what was found when, in the tape's time.
func (s *Session) Looks() *timeline.Timeline { return &s.sight.looks }

// Past is what was found at a moment of the past that is still on the tape.
func (s *Session) Past(at time.Duration) View { return s.sight.past(at) }

// Tallies are what the lines and zones have counted.
func (s *Session) Tallies() []track.Tally {
	if s.sight == nil {
		return nil // a session that never began
	}
	return s.sight.tallies()
}

// ResetCounts begins the counts of objects, lines and zones anew.
func (s *Session) ResetCounts() { s.sight.restart() }
