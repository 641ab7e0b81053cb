package ui

import (
	"context"
	"reflect"
	"time"

	"handlens/inference/track"
	"handlens/ui/tile"
)

// pollEvery is how often the bar and the sidebar read a phone's status. Nobody can read faster
// changes.
const pollEvery = 250 * time.Millisecond

// phoneStatus is what the bar and the sidebar show of a phone: its Scene without the frame.
type phoneStatus struct {
	counts    []tile.ClassCount
	tallies   []track.Tally
	recording tile.RecordingState
	camera    tile.CameraState
	held      bool
	past      time.Duration // how much of it is at hand
	detection detectionStatus
	history   *history
	steps     int // of the history
}

func statusOf(s tile.Scene) phoneStatus {
	return phoneStatus{
		counts: s.Counts, tallies: s.Tallies, recording: s.Recording, camera: s.Camera,
		held: s.Past.Held, past: (s.Past.To - s.Past.From).Round(time.Second),
		detection: detectionStatus{
			s.Stats.DetectOn, s.Stats.Computer, s.Stats.Phone, s.Stats.PhoneDetector,
		},
	}
}

// pollStatus reports a phone's status until ctx ends, with a history of its own; it runs on a
// goroutine of its own. tell is called only when the status has changed, or the history has grown.
func pollStatus(ctx context.Context, p tile.Phone, tell func(phoneStatus)) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var before phoneStatus
	past := new(history)
	for {
		if s, ok := p.Scene(); ok {
			if s.Frame != nil {
				s.Frame.Release()
			}
			now := statusOf(s)
			if !now.held {
				past.note(time.Now(), s.Counts, s.Tallies)
			}
			now.history, now.steps = past, past.step
			if !same(now, before) {
				before = now
				tell(now)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// same says whether two states of a phone look the same.
func same(a, b phoneStatus) bool {
	a.history, b.history = nil, nil // the one of the phone, with so many steps
	return reflect.DeepEqual(a, b)
}

// chosenStatus returns the status of the phones that a command is for.
func (v *liveView) chosenStatus() []phoneStatus {
	var all []phoneStatus
	for _, s := range v.chosen() {
		all = append(all, s.status)
	}
	return all
}
