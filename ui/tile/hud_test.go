package tile

import (
	"image/color"
	"strings"
	"testing"
	"time"

	"handlens/media"
	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
)

func TestFiguresSayWhatGivesWay(t *testing.T) {
	for _, c := range []struct {
		strain media.Strain
		line   int // of the figures; -1 for none
		words  string
	}{
		{media.StrainNone, -1, "busy"},
		{media.StrainDetector, 1, "not every picture is looked at"},
		{media.StrainPicture, 0, "not every picture is shown"},
	} {
		s := Stats{FPS: 20, DetectFPS: 9, Provider: "CPU", Strain: c.strain}
		for i, line := range hudLines(s, "", true, false) {
			if strings.Contains(line, c.words) != (i == c.line) {
				t.Errorf("%q: line %d says %q", c.strain, i, line)
			}
		}
		// A small tile has room for the more serious of the two only.
		small := strings.Join(hudLines(s, "", false, false), " ")
		if strings.Contains(small, c.words) != (c.line == 0) {
			t.Errorf("%q: a small tile says %q", c.strain, small)
		}
	}
}

// What lies over the picture does not follow the theme. White is the worst picture for its ink
// (WCAG 2.2, 1.4.3: 4.5 : 1).
func TestWordsOverPicturesCanBeRead(t *testing.T) {
	for i, p := range [][2]color.Color{
		{overlayInk, overlayBackground},
		{overlayQuiet, overlayBackground},
		{staleInk, staleBackground},
	} {
		if c := kittest.Contrast(p[0], p[1], color.White); c < 4.5 {
			t.Errorf("pair %d over the picture is %.2f : 1", i, c)
		}
	}
}

// The figures say from where the age is counted.
func TestFiguresSayFromWhereTheAgeCounts(t *testing.T) {
	said := map[string]bool{}
	for _, from := range []AgeFrom{FromArrival, FromBrowser, FromCamera} {
		lines := hudLines(Stats{Age: time.Second, From: from}, "", true, true)
		said[lines[len(lines)-1]] = true
	}
	if len(said) != 3 {
		t.Errorf("it says %v", said)
	}
	if lines := hudLines(Stats{Age: time.Second}, "", true, true); len(lines) != 1 {
		t.Errorf("of an unknown one it says %q", lines)
	}
}

// The figures say when the phone's own detector is at work, and how busy it is.
func TestFiguresSayWhereDetectionRuns(t *testing.T) {
	s := Stats{
		DetectOn: OnPhone, DetectTime: 45 * time.Millisecond, DetectFPS: 12, Provider: "wasm",
		Phone: PlaceFigures{Load: 0.54}, Computer: PlaceFigures{Load: 0.21},
	}
	want := kit.JoinDots("phone's detector 45 ms", "12/s", "wasm", "54 % busy")
	if line := hudLines(s, "", true, true)[0]; line != want {
		t.Errorf("on the phone: %q", line)
	}
	s.DetectOn = OnComputer
	want = kit.JoinDots("detector 45 ms", "12/s", "wasm", "21 % busy")
	if line := hudLines(s, "", true, true)[0]; line != want {
		t.Errorf("on the computer: %q", line)
	}
}
