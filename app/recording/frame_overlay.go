package recording

import (
	"image"
	"iter"
	"slices"
	"time"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/track"
	"handlens/media"
)

// frameOverlay is what is drawn on one frame.
type frameOverlay struct {
	all      []inference.Detection // whatever was found
	detected bool                  // in this very frame
	shown    []inference.Detection
	blurred  []inference.Box
	view     overlay.View
	marks    []Mark // since the frame before
}

// results are detections with their times, oldest first.
type results = iter.Seq2[time.Duration, []inference.Detection]

// blurAfter and blurBefore are for how long after and before the detector's results something that
// must not be recognised is blurred where nothing was found in between: it was there before the
// detector ran, and a detector may falter.
const blurAfter, blurBefore = 3 * time.Second, time.Second

// overlay collects what is drawn at a moment.
func (e *engine) overlay(at time.Duration) frameOverlay {
	style := e.o.style(at)
	fo := frameOverlay{view: style.View}
	if e.src.Timeline == nil {
		return fo
	}
	fo.all = e.src.Timeline.At(at)
	for range e.src.Timeline.Between(at, at+1) {
		fo.detected = true
	}
	fo.apply(style, e.src.Timeline.Between(at-blurAfter, at+blurBefore), at)
	if style.RecentTrails {
		fo.view.Trails = append(slices.Clip(fo.view.Trails),
			e.trails(at, fo.shown)...)
	}
	return fo
}

// trailFor is how far back a trail goes.
const trailFor = 3 * time.Second

// trails are those of what is shown at a moment, through the results before it.
func (e *engine) trails(at time.Duration, shown []inference.Detection) []track.Trail {
	index := make(map[int]int, len(shown)) // by track
	var trails []track.Trail
	for _, d := range shown {
		if _, twice := index[d.Track]; d.Track > 0 && !twice {
			index[d.Track] = len(trails)
			trails = append(trails, track.Trail{Track: d.Track, Class: d.Class})
		}
	}
	if len(trails) == 0 {
		return nil
	}
	extend := func(found []inference.Detection) {
		for _, d := range found {
			if i, ok := index[d.Track]; ok && d.Track > 0 {
				b := d.Box
				trails[i].Points = append(trails[i].Points,
					track.Point{X: (b.X1 + b.X2) / 2, Y: (b.Y1 + b.Y2) / 2})
			}
		}
	}
	for _, found := range e.src.Timeline.Between(at-trailFor, at) {
		extend(found)
	}
	extend(shown)
	return trails
}

// apply chooses what is shown and what is blurred. Near are the results around the frame.
func (fo *frameOverlay) apply(style Style, near results, at time.Duration) {
	for _, d := range fo.all {
		if style.Shows == nil || style.Shows(d) {
			fo.shown = append(fo.shown, d)
		}
	}
	if style.Blurs == nil {
		return
	}
	for _, d := range fo.all {
		if style.Blurs(d) {
			fo.blurred = append(fo.blurred, d.Box)
		}
	}
	if fo.detected {
		return
	}
	// Of the results near the frame, the last ones before and the first ones after it count.
	var before, after []inference.Detection
	for t, found := range near {
		if t >= at {
			after = found
			break
		}
		before = found
	}
	fo.blur(style, before)
	fo.blur(style, after)
}

// blur adds what was found in another frame and is not among the frame's own.
func (fo *frameOverlay) blur(style Style, found []inference.Detection) {
	for _, d := range found {
		if style.Blurs(d) && !fo.has(d) {
			fo.blurred = append(fo.blurred, d.Box)
		}
	}
}

// has says whether the frame has that object as well.
func (fo *frameOverlay) has(d inference.Detection) bool {
	for _, own := range fo.all {
		if own.Track > 0 && own.Track == d.Track || own.Track == 0 && d.Track == 0 &&
			own.Label == d.Label && overlap(own.Box, d.Box) {
			return true
		}
	}
	return false
}

// overlap says whether boxes are about the same thing: half of the smaller one lies in the other.
func overlap(a, b inference.Box) bool {
	w, h := min(a.X2, b.X2)-max(a.X1, b.X1), min(a.Y2, b.Y2)-max(a.Y1, b.Y1)
	size := func(b inference.Box) float32 { return (b.X2 - b.X1) * (b.Y2 - b.Y1) }
	return w > 0 && h > 0 && 2*w*h > min(size(a), size(b))
}

// draw is a Shot's Draw.
func (fo *frameOverlay) draw(canvas *media.Frame, frame image.Rectangle) {
	overlay.BlurI420(canvas, frame, fo.blurred)
	overlay.DrawI420(canvas, frame, fo.shown, fo.view)
}
