package tile

import (
	"fmt"
	"time"

	"handlens/ui/kit"
)

// Place is where detection runs; 0 is unknown.
type Place int

// The places.
const (
	_ Place = iota
	OnComputer
	OnPhone
)

// PlaceFigures is what detection in one place was like when it last ran there; zero when it never
// did.
type PlaceFigures struct {
	// Took is what one frame took, Age how old the boxes were on average.
	Took, Age time.Duration
	// FPS is how many frames were looked at in a second, Load the share of the time that was spent
	// on that, 0..1.
	FPS, Load float64
}

// PhoneDetector is how far a phone's own detector is.
type PhoneDetector int

// The states; 0 is off.
const (
	_ PhoneDetector = iota
	PhoneLoading
	PhoneReady
	PhoneSlow
	// Why it failed: it has too little memory, no engine that it can load, or refuses the model.
	PhoneNoMemory
	PhoneNoEngine
	PhoneNoModel
)

// Words are the figures in a line; "" when there are none.
func (f PlaceFigures) Words() string {
	if f == (PlaceFigures{}) {
		return ""
	}
	return kit.JoinDots(kit.Millis(f.Took), fmt.Sprintf("%.0f/s", f.FPS),
		kit.L("boxes {{.Time}} old", map[string]any{"Time": kit.Millis(f.Age)}),
		kit.L("{{.Percent}} % busy", map[string]any{"Percent": fmt.Sprintf("%.0f", 100*f.Load)}))
}

// Figures are those of the place where detection runs.
func (s Stats) Figures() PlaceFigures {
	if s.DetectOn == OnPhone {
		return s.Phone
	}
	return s.Computer
}
