package ui

import (
	"context"
	"reflect"
	"time"

	"handlens/inference/track"
)

// watchEvery is how often the bar and the sidebar look at what a phone says; more often nobody can
// read it.
const watchEvery = 250 * time.Millisecond

// facts are what the bar and the sidebar show of a phone: its Scene without the picture.
type facts struct {
	counts    []ClassCount
	tallies   []track.Tally
	recording RecordingState
	camera    CameraState
	held      bool
	past      time.Duration // how much of it is at hand
}

func factsOf(s Scene) facts {
	return facts{
		counts: s.Counts, tallies: s.Tallies, recording: s.Recording, camera: s.Camera,
		held: s.Past.Held, past: (s.Past.To - s.Past.From).Round(time.Second),
	}
}

// watch tells what changed of a phone until ctx ends; it runs on a goroutine of its own. tell gets
// the facts only when they differ from those before.
func watch(ctx context.Context, p Phone, tell func(facts)) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var before facts
	for {
		if s, ok := p.Scene(); ok {
			if s.Frame != nil {
				s.Frame.Release()
			}
			if now := factsOf(s); !reflect.DeepEqual(now, before) {
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

// chosenFacts returns what is known of the phones that a command is for.
func (v *liveView) chosenFacts() []facts {
	var all []facts
	for _, s := range v.chosen() {
		all = append(all, s.facts)
	}
	return all
}
