package session

import (
	"cmp"
	"time"

	"handlens/inference"
	"handlens/inference/track"
)

// MinScore is the least score, 0..1, that the detector reports. It is below what people want to
// see, since the tracker holds on to a thing whose score sinks for a moment, and a recording can be
// rendered again with another threshold.
const MinScore = 0.1

// Display says what of the detections is to be seen.
type Display struct {
	// Confidence is the least score, 0..1, of something new.
	Confidence float32
	// IoU is the overlap above which the weaker of two boxes is left out, 0..1; 0 for the default.
	IoU float32
	// Hidden are the labels that are not shown, Blurred those that are made unrecognisable.
	Hidden, Blurred map[string]bool
	// Regions are the lines and zones that count.
	Regions []track.Region
	// Keep is how much of the past is kept at hand.
	Keep time.Duration
	// Boxes, Labels and IDs say what is drawn of the detections, and Lines whether the regions are.
	Boxes, Labels, IDs, Lines bool
	// DetectOn is where detection is to run; "" is OnComputer.
	DetectOn Place
	// Clean says that recordings keep the stream as it comes, too.
	Clean bool
}

// setDisplay changes what is to be seen and kept of the session.
func (s *Session) setDisplay(d Display) {
	s.tracking.set(d)
	s.detectOn(cmp.Or(d.DetectOn, OnComputer))
	s.Tell(d.forPages())
	s.tape.SetKeep(d.Keep)
	s.clean.Store(d.Clean)
	s.audience.setBlurs(len(d.Blurred) > 0)
}

// Shows says whether a detection is shown: its class is not hidden, and it is certain enough
// (track.Shown).
func (d Display) Shows(x inference.Detection) bool {
	return !d.Hidden[x.Label] && track.Shown(x, d.Confidence)
}

// Blurs says whether a detection must not be recognised. Whatever the detector reports at all
// counts, however doubtful.
func (d Display) Blurs(x inference.Detection) bool { return d.Blurred[x.Label] }
