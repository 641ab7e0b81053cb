package session

import (
	"testing"

	"handlens/media"
)

func TestStrainSaysWhatGivesWay(t *testing.T) {
	for _, c := range []struct {
		in, shown, detected float64
		want                media.Strain
	}{
		{30, 30, 30, media.StrainNone},
		{30, 27, 28, media.StrainNone},
		{30, 29, 20, media.StrainDetector},
		{30, 20, 12, media.StrainPicture},
		{30, 20, 30, media.StrainPicture},
		{30, 0, 12, media.StrainDetector}, // no window
		{30, 29, 0, media.StrainNone},     // no detector
		{30, 0, 0, media.StrainNone},
		{2, 1, 1, media.StrainNone}, // too few to tell
	} {
		if got := strainOf(Stats{FPSIn: c.in, FPSShown: c.shown, FPSDetected: c.detected}); got !=
			c.want {
			t.Errorf("%v: %q, want %q", c, got, c.want)
		}
	}
}

func TestStrainDoesNotFlicker(t *testing.T) {
	well := Stats{FPSIn: 30, FPSShown: 30, FPSDetected: 30}
	busy := Stats{FPSIn: 30, FPSShown: 30, FPSDetected: 10}
	worse := Stats{FPSIn: 30, FPSShown: 10, FPSDetected: 10}
	const none, looks, shows = media.StrainNone, media.StrainDetector, media.StrainPicture
	var g strainGauge
	for i, step := range []struct {
		st   Stats
		want media.Strain
	}{
		{busy, none},
		{well, none},
		{busy, none},
		{busy, none},
		{busy, looks},
		{well, looks},
		{busy, looks},
		{worse, looks},
		{worse, looks},
		{worse, shows},
		{well, shows},
		{well, shows},
		{well, none},
	} {
		if got := g.add(step.st, false); got != step.want {
			t.Errorf("second %d: %q, want %q", i, got, step.want)
		}
	}
	// What the phone does not look at is no strain of this computer.
	for range 2 * strainSeconds {
		if got := g.add(busy, true); got != none {
			t.Errorf("while the phone detects: %q", got)
		}
	}
}
