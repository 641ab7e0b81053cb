package session

import (
	"testing"
	"time"
)

// perSecond is how many bytes come in a second of so many Mbit/s.
func perSecond(mbit float64) int { return int(mbit * 1e6 / 8) }

func TestKeyFramesAreSeldomAskedFor(t *testing.T) {
	for _, c := range []struct {
		name  string
		at    func(second int) float64 // Mbit/s
		clean bool
		want  int // seconds after the last key frame
	}{
		{"all moves", func(int) float64 { return 6 }, false, 31},
		{"nothing ever moves", func(int) float64 { return 0.2 }, false, 31},
		{"it stands still for a moment too early", func(s int) float64 {
			if s == 10 {
				return 0.5
			}
			return 6
		}, false, 31},
		{"it stands still for a moment", func(s int) float64 {
			if s == 20 {
				return 0.5
			}
			return 6
		}, false, 20},
		{"more than the tape can drop at once", func(int) float64 { return 20 }, false, 11},
		{"the stream is kept as it comes", func(int) float64 { return 6 }, true, 11},
	} {
		bytes, asked := 0, 0
		for s := 1; s <= 60 && asked == 0; s++ {
			bytes += perSecond(c.at(s))
			if wantsKey(time.Duration(s)*time.Second, bytes, c.at(s)*1e6, c.clean) {
				asked = s
			}
		}
		if asked != c.want {
			t.Errorf("%s: asked after %d s, want %d", c.name, asked, c.want)
		}
	}
}

// TestAsManyKeyFramesAsOnePercentAllows is the bar: even where four frames of each are late, they
// are fewer than one in a hundred.
func TestAsManyKeyFramesAsOnePercentAllows(t *testing.T) {
	const rate, late = 30, 4
	frames := rate * keyMost.Seconds()
	if late > frames/100 {
		t.Errorf("%d of %.0f frames are late", late, frames)
	}
}

func TestSettingsReachTheSession(t *testing.T) {
	s := newSession("phone-1", Visitor{}, NewWorker(), NoSink{}, Display{Clean: true})
	if !s.clean.Load() {
		t.Error("a new session does not know that the stream is kept")
	}
	s.setDisplay(Display{})
	if s.clean.Load() {
		t.Error("the session does not know that the stream is not kept any more")
	}
}
