package session

import "handlens/media"

const (
	// strained is the share of the frames that came below which fewer are shown or looked at than
	// can be put down to chance.
	strained = 0.85
	// strainSeconds is for how many seconds in a row that must be so before it is said, and the
	// contrary before it is said no more.
	strainSeconds = 3
	// leastRate is the rate of frames, each second, from which on anything can be said.
	leastRate = 5
)

// strainGauge tells from the rates of each second what gives way. The zero value is ready.
type strainGauge struct {
	now, next media.Strain
	seconds   int // for which next has been seen
}

// add takes in one second and returns what to say. What the phone looks at is no strain here.
func (g *strainGauge) add(st Stats, byPhone bool) media.Strain {
	if byPhone {
		st.FPSDetected = 0
	}
	seen := strainOf(st)
	if seen != g.next {
		g.next, g.seconds = seen, 0
	}
	if g.seconds++; g.seconds >= strainSeconds {
		g.now = g.next
	}
	return g.now
}

// strainOf judges one second. What nobody does at all is no strain: there may be no detector, and
// no window that anybody could see.
func strainOf(st Stats) media.Strain {
	short := func(rate float64) bool { return rate > 0 && rate < strained*st.FPSIn }
	switch {
	case st.FPSIn < leastRate:
	case short(st.FPSShown):
		return media.StrainPicture
	case short(st.FPSDetected):
		return media.StrainDetector
	}
	return media.StrainNone
}
