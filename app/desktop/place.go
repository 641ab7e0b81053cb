package desktop

import (
	"handlens/app/session"
	"handlens/ui"
)

// place is where detection runs as the window shows it.
func place(p session.Place) ui.Place {
	return map[session.Place]ui.Place{
		session.OnComputer: ui.OnComputer, session.OnPhone: ui.OnPhone,
	}[p]
}

func placeFigures(f session.PlaceFigures) ui.PlaceFigures { return ui.PlaceFigures(f) }

// detectorState is how far the phone's own detector is as the window shows it.
func detectorState(st session.Stats) ui.PhoneDetector {
	return map[session.DetectorState]ui.PhoneDetector{
		session.DetectorLoading: ui.PhoneLoading, session.DetectorReady: ui.PhoneReady,
		session.DetectorSlow: ui.PhoneSlow, session.DetectorFailed: failedDetector(st),
	}[st.PhoneDetector.State]
}

func failedDetector(st session.Stats) ui.PhoneDetector {
	switch st.PhoneDetector.Why {
	case session.DetectorNoMemory:
		return ui.PhoneNoMemory
	case session.DetectorNoEngine:
		return ui.PhoneNoEngine
	}
	return ui.PhoneNoModel
}

// Moved implements session.Sink.
func (w *window) Moved(s *session.Session, to session.Place, why session.MoveWhy) {
	w.ui.DetectionMoved(s.Name(), place(to), map[session.MoveWhy]ui.MoveWhy{
		session.MoveYounger: ui.MoveYounger, session.MoveStopped: ui.MoveStopped,
	}[why])
}
