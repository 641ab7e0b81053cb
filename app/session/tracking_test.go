package session

import (
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/track"
)

// thing is a detection of the given label with its middle at x.
func thing(label string, class int, x, score float32) inference.Detection {
	return inference.Detection{
		Box: inference.Box{X1: x - 0.1, Y1: 0.3, X2: x + 0.1, Y2: 0.7}, Class: class, Label: label,
		Score: score,
	}
}

func TestTrackingCarriesBoxesToThePicture(t *testing.T) {
	v := newTrackingState(Display{Confidence: 0.4})
	// Five results a second for something that crosses the frame in four seconds.
	for i := range 10 {
		at := time.Duration(i) * 200 * time.Millisecond
		v.update(at, []inference.Detection{thing("car", 2, 0.2+0.05*float32(i), 0.8)})
	}
	shown := v.at(1900 * time.Millisecond).Detections
	if len(shown) != 1 || shown[0].Track == 0 {
		t.Fatalf("shown are %+v", shown)
	}
	middle := (shown[0].Box.X1 + shown[0].Box.X2) / 2
	if last, truth := float32(0.65), float32(0.675); middle < last+0.015 || middle > truth+0.01 {
		t.Errorf("100 ms after a look at %g it is drawn at %g, want near %g", last, middle, truth)
	}
}

func TestTrackingShowsWhatIsWanted(t *testing.T) {
	v := newTrackingState(Display{Confidence: 0.5})
	found := []inference.Detection{
		thing("car", 2, 0.2, 0.9), thing("person", 0, 0.5, 0.6),
		thing("dog", 16, 0.8, 0.2),
	}
	all, shown := v.update(0, found)
	if len(all) != 3 || len(shown) != 2 {
		t.Fatalf("of three, with one below the threshold, %d are kept and %d shown", len(all),
			len(shown))
	}
	if got := v.timeline.At(0); len(got) != 3 {
		t.Errorf("the past keeps %d of three", len(got))
	}
	v.set(Display{
		Confidence: 0.5, Hidden: map[string]bool{"car": true},
		Blurred: map[string]bool{"dog": true},
	})
	view := v.at(0)
	if len(view.Detections) != 1 || view.Detections[0].Label != "person" {
		t.Errorf("with cars hidden there are %+v", view.Detections)
	}
	if len(view.Blur) != 1 || view.Blur[0] != found[2].Box {
		t.Errorf("of a dog that the detector was not sure of %+v is made unrecognisable", view.Blur)
	}
}

func TestTrackingCounts(t *testing.T) {
	line := track.Region{Name: "Door", Points: []track.Point{{X: 0.5, Y: 0}, {X: 0.5, Y: 1}}}
	v := newTrackingState(Display{Confidence: 0.4, Regions: []track.Region{line}})
	for i := range 40 {
		v.update(time.Duration(i)*100*time.Millisecond,
			[]inference.Detection{
				thing("person", 0, 0.15+0.0175*float32(i), 0.8),
				thing("car", 2, 0.2, 0.8),
			})
	}
	view := v.at(3900 * time.Millisecond)
	if len(view.Counts) != 2 || view.Counts[0].Total != 1 || view.Counts[1].Total != 1 ||
		view.Counts[0].Now != 1 {
		t.Errorf("two things that were there all the time are counted as %+v", view.Counts)
	}
	if len(view.Tallies) != 1 || view.Tallies[0].In["person"]+view.Tallies[0].Out["person"] != 1 ||
		view.Tallies[0].In["car"]+view.Tallies[0].Out["car"] != 0 {
		t.Errorf("one person crossed the line: %+v", view.Tallies)
	}
	v.restart()
	if view := v.at(3900 * time.Millisecond); len(view.Counts) != 0 ||
		len(view.Tallies[0].In)+len(view.Tallies[0].Out) != 0 {
		t.Errorf("after a restart there is %+v", view)
	}
}
