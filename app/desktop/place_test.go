package desktop

import (
	"testing"

	"handlens/app/session"
	"handlens/ui"
)

// Where detection runs and how the phone's detector is doing reach the window, and what is chosen
// there reaches the sessions.
func TestWhereDetectionRunsReachesTheWindow(t *testing.T) {
	sc := session.Scene{Stats: session.Stats{
		DetectOn: session.OnPhone,
		Computer: session.PlaceFigures{FPS: 25}, Phone: session.PlaceFigures{FPS: 12, Load: 0.5},
	}}
	for m, want := range map[session.DetectorMessage]ui.PhoneDetector{
		{}:                               0,
		{State: session.DetectorOff}:     0,
		{State: session.DetectorLoading}: ui.PhoneLoading,
		{State: session.DetectorReady}:   ui.PhoneReady,
		{State: session.DetectorSlow}:    ui.PhoneSlow,
		{State: session.DetectorFailed, Why: session.DetectorNoMemory}: ui.PhoneNoMemory,
		{State: session.DetectorFailed, Why: session.DetectorNoEngine}: ui.PhoneNoEngine,
		{State: session.DetectorFailed, Why: session.DetectorNoModel}:  ui.PhoneNoModel,
	} {
		sc.Stats.PhoneDetector = m
		st := figures(sc)
		if st.PhoneDetector != want || st.DetectOn != ui.OnPhone || st.Computer.FPS != 25 ||
			st.Figures().Load != 0.5 {
			t.Errorf("%+v is shown as %+v", m, st)
		}
	}
	for chosen, want := range map[string]session.Place{
		ui.DetectOnComputer: session.OnComputer, ui.DetectOnPhone: session.OnPhone,
		ui.DetectOnAutomatic: session.OnAutomatic,
	} {
		if got := display(ui.Settings{DetectOn: chosen}).DetectOn; got != want {
			t.Errorf("%q reaches the sessions as %q", chosen, got)
		}
	}
}
