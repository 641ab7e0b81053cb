package recording

import (
	"image"
	"time"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/track"
	"handlens/media"
)

// sight is what there is to be drawn on one picture.
type sight struct {
	all    []inference.Detection // whatever was found
	looked bool                  // in this very picture
	shown  []inference.Detection
	hidden []inference.Box
	view   overlay.View
}

// hideFor and hideAhead are for how long after and before a look something that must not be
// recognised is hidden where nothing was found in between: it does not come into being at the
// moment of a look, and a detector may falter.
const hideFor, hideAhead = 3 * time.Second, time.Second

// see gathers what there is to be drawn at a moment.
func (e *engine) see(at time.Duration) sight {
	style := e.o.style(at)
	s := sight{view: style.View}
	if e.src.Timeline == nil {
		return s
	}
	s.all = e.src.Timeline.At(at)
	for range e.src.Timeline.Between(at, at+1) {
		s.looked = true
	}
	s.apply(style, func(yield func(time.Duration, []inference.Detection) bool) {
		e.src.Timeline.Between(at-hideFor, at+hideAhead)(yield)
	}, at)
	if style.Ways {
		s.view.Trails = append(s.view.Trails[:len(s.view.Trails):len(s.view.Trails)],
			e.ways(at, s.shown)...)
	}
	return s
}

// wayFor is how far back a way goes.
const wayFor = 3 * time.Second

// ways are those of what is shown at a moment, through the looks before it.
func (e *engine) ways(at time.Duration, shown []inference.Detection) []track.Trail {
	place := make(map[int]int, len(shown))
	var ways []track.Trail
	for _, d := range shown {
		if _, twice := place[d.Track]; d.Track > 0 && !twice {
			place[d.Track] = len(ways)
			ways = append(ways, track.Trail{Track: d.Track, Class: d.Class})
		}
	}
	if len(ways) == 0 {
		return nil
	}
	pass := func(found []inference.Detection) {
		for _, d := range found {
			if i, ok := place[d.Track]; ok && d.Track > 0 {
				b := d.Box
				ways[i].Points = append(ways[i].Points,
					track.Point{X: (b.X1 + b.X2) / 2, Y: (b.Y1 + b.Y2) / 2})
			}
		}
	}
	for _, found := range e.src.Timeline.Between(at-wayFor, at) {
		pass(found)
	}
	pass(shown)
	return ways
}

// apply chooses what is shown and what is hidden. Near are the looks around the picture.
func (s *sight) apply(style Style, near func(yield func(time.Duration, []inference.Detection) bool),
	at time.Duration) {
	for _, d := range s.all {
		if style.Shows == nil || style.Shows(d) {
			s.shown = append(s.shown, d)
		}
	}
	if style.Blurs == nil {
		return
	}
	for _, d := range s.all {
		if style.Blurs(d) {
			s.hidden = append(s.hidden, d.Box)
		}
	}
	if s.looked {
		return
	}
	// Of the looks, the last one before and the first one after count.
	var before, after []inference.Detection
	near(func(t time.Duration, found []inference.Detection) bool {
		if t < at {
			before = found
			return true
		}
		after = found
		return false
	})
	s.hide(style, before)
	s.hide(style, after)
}

// hide adds what another look saw and what is not among the picture's own.
func (s *sight) hide(style Style, found []inference.Detection) {
	for _, d := range found {
		if style.Blurs(d) && !s.has(d) {
			s.hidden = append(s.hidden, d.Box)
		}
	}
}

func (s *sight) has(d inference.Detection) bool {
	for _, own := range s.all {
		if own.Track > 0 && own.Track == d.Track || own.Track == 0 && d.Track == 0 &&
			own.Label == d.Label && meet(own.Box, d.Box) {
			return true
		}
	}
	return false
}

// meet says whether boxes are about the same thing: half of the smaller one lies in the other.
func meet(a, b inference.Box) bool {
	w, h := min(a.X2, b.X2)-max(a.X1, b.X1), min(a.Y2, b.Y2)-max(a.Y1, b.Y1)
	size := func(b inference.Box) float32 { return (b.X2 - b.X1) * (b.Y2 - b.Y1) }
	return w > 0 && h > 0 && 2*w*h > min(size(a), size(b))
}

// draw is a Shot's Draw.
func (s *sight) draw(canvas *media.Frame, picture image.Rectangle) {
	overlay.BlurI420(canvas, picture, s.hidden)
	overlay.DrawI420(canvas, picture, s.shown, s.view)
}
