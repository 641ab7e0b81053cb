package track

import (
	"maps"
	"math"
	"slices"
	"time"

	"handlens/inference"
)

// Hysteresis: an object is on another side when it has been found there in settlePasses passes and
// for settleFor, farther from the edge than a part of its own size, marginPart, and than
// marginLeast of the frame. So neither a box that trembles on a line nor a single wrong box counts.
const (
	settlePasses = 2
	settleFor    = 200 * time.Millisecond
	marginPart   = 0.08
	marginLeast  = 0.003
)

// Limits of a counter: its regions and their corners, and the labels and objects of a region.
const (
	maxRegions  = 64
	maxPoints   = 256
	maxLabelsOf = 256
	maxFollowed = 1024
)

// Counter counts objects that cross lines and stay in zones. The position of an object is the
// centre of its box, as in the trails: the bottom of a box would be the better position on the
// ground, but it is the first part to be hidden, and is cut off at the frame's edge.
//
// Lines and zones are fixed in the frame and not to the ground: a camera that pans moves them over
// objects that stand still, and that counts as if the objects had moved. Counting is for a phone
// that stands still.
//
// A line counts an object that crosses the line itself, not only its extension, and then stays on
// the other side for a moment. A zone counts objects that come into it, including those that were
// inside when they were first found, and objects that leave it, including those that were lost
// inside: what came in and did not leave is inside.
type Counter struct {
	regions []*region
	at      time.Duration
}

// region is one line or zone and its state.
type region struct {
	Region
	in, out map[string]int
	stayed  map[string]stay
	objects map[int]*passer
}

// stay sums up how long objects that left a zone had been there.
type stay struct {
	sum, longest time.Duration
	n            int
}

// passer is the state of one object in one region.
type passer struct {
	label string
	seen  time.Duration
	// now is the side on which it certainly is: -1 left of a line or outside a zone, 1 right or
	// inside, 0 not known yet.
	now  int
	last Point // where it was last clear of the edge
	// next is the side on which it was found since, in so many passes; 0 for none. through says
	// that it crossed the line on its way there.
	next    int
	passes  int
	since   time.Duration
	through bool
	// entered is when it came into the zone, and inLabel its label then.
	entered time.Duration
	inLabel string
}

// NewCounter returns a counter that has counted nothing yet. It copies the regions. Those that make
// no sense (fewer than two points, coordinates that are not numbers) have a Tally too, but count
// nothing.
func NewCounter(regions []Region) *Counter {
	c := &Counter{}
	c.SetRegions(regions)
	return c
}

// SetRegions changes the regions. Those that keep their points keep their counts, even under
// another name.
func (c *Counter) SetRegions(regions []Region) {
	old := c.regions
	c.regions = nil
	for _, r := range regions[:min(len(regions), maxRegions)] {
		r.Points = slices.Clone(r.Points[:min(len(r.Points), maxPoints)])
		kept := slices.IndexFunc(old, func(o *region) bool {
			return o != nil && slices.Equal(o.Points, r.Points)
		})
		if kept < 0 {
			c.regions = append(c.regions, newRegion(r))
			continue
		}
		old[kept].Name = r.Name
		c.regions = append(c.regions, old[kept])
		old[kept] = nil
	}
}

func newRegion(r Region) *region {
	return &region{
		Region: r, in: make(map[string]int), out: make(map[string]int),
		stayed: make(map[string]stay), objects: make(map[int]*passer),
	}
}

// Reset clears all counts. Objects that are in a zone then are counted again.
func (c *Counter) Reset() {
	for i, r := range c.regions {
		c.regions[i] = newRegion(r.Region)
	}
}

// Update processes the tracked objects of that moment, as [Tracker.Update] returns them; those
// without a track are ignored.
func (c *Counter) Update(at time.Duration, tracked []inference.Detection) {
	if at < c.at-backwards {
		// Another stream: no object from before is found again.
		for _, r := range c.regions {
			r.forget(math.MaxInt64)
		}
		c.at = at
	}
	at = max(at, c.at)
	c.at = at
	for _, r := range c.regions {
		if sensible(r.Region) {
			for _, d := range tracked {
				if d.Track > 0 && valid(d) {
					r.update(at, d)
				}
			}
		}
		r.forget(at - lostFor)
	}
}

// update processes one object.
func (r *region) update(at time.Duration, d inference.Detection) {
	x, y, w, h := parts(d.Box)
	p := Point{X: float32(x), Y: float32(y)}
	o := r.objects[d.Track]
	if o == nil {
		if len(r.objects) >= maxFollowed {
			return
		}
		o = &passer{}
		r.objects[d.Track] = o
	} else if at <= o.seen {
		return // twice in one pass
	}
	o.seen, o.label = at, d.Label
	s := r.side(p, max(marginLeast, marginPart*scale(w, h)))
	switch {
	case s == 0:
		// Too close to the edge to tell.
		return
	case s == o.now:
		o.next, o.passes = 0, 0
	case s != o.next:
		o.next, o.passes, o.since = s, 1, at
		o.through = o.now != 0 && r.IsLine() && crosses(r.Points[0], r.Points[1], o.last, p)
	default:
		o.passes++
	}
	if o.next == 0 || o.now == 0 && r.IsLine() {
		// It did not come to where it was found first by a crossing.
		o.now, o.next, o.last = s, 0, p
		return
	}
	if o.passes >= settlePasses && at-o.since >= settleFor {
		r.settle(o)
		o.now, o.next, o.passes, o.last = o.next, 0, 0, p
	}
}

// side is 1 right of the line or in the zone, -1 on the other side, and 0 closer to the edge than
// the margin.
func (r *region) side(p Point, margin float64) int {
	var off float64
	if r.IsLine() {
		off = side(r.Points[0], r.Points[1], p)
	} else {
		in, edge := inside(r.Points, p)
		if off = edge; !in {
			off = -edge
		}
	}
	switch {
	case off >= margin:
		return 1
	case off <= -margin:
		return -1
	}
	return 0
}

// settle counts an object that is certainly on another side.
func (r *region) settle(o *passer) {
	switch {
	case r.IsLine() && !o.through:
	case r.IsLine() && o.next > 0:
		add(r.in, o.label)
	case r.IsLine():
		add(r.out, o.label)
	case o.next > 0:
		o.entered, o.inLabel = o.since, o.label
		add(r.in, o.label)
	case o.now > 0:
		r.leave(o, o.since)
	}
}

// leave counts an object out of a zone.
func (r *region) leave(o *passer, at time.Duration) {
	add(r.out, o.inLabel)
	if s, known := r.stayed[o.inLabel]; known || len(r.stayed) < maxLabelsOf {
		stayed := max(0, at-o.entered)
		r.stayed[o.inLabel] = stay{sum: s.sum + stayed, longest: max(s.longest, stayed), n: s.n + 1}
	}
}

// forget drops the objects that were not found since that time.
func (r *region) forget(before time.Duration) {
	for id, o := range r.objects {
		if o.seen >= before {
			continue
		}
		if !r.IsLine() && o.now > 0 {
			r.leave(o, o.seen)
		}
		delete(r.objects, id)
	}
}

func add(counts map[string]int, label string) {
	if _, known := counts[label]; known || len(counts) < maxLabelsOf {
		counts[label]++
	}
}

// Tallies returns what each region has counted so far, in the order of the regions. The result
// belongs to the caller.
func (c *Counter) Tallies() []Tally {
	tallies := make([]Tally, 0, len(c.regions))
	for _, r := range c.regions {
		t := Tally{Region: r.Region, In: maps.Clone(r.in), Out: maps.Clone(r.out)}
		t.Region.Points = slices.Clone(r.Points)
		if !r.IsLine() {
			t.Inside, t.Dwell = make(map[string]int), make(map[string]float64)
			t.Longest, t.Staying = make(map[string]float64), make(map[string]float64)
			for _, o := range r.objects {
				if o.now > 0 {
					t.Inside[o.inLabel]++
					t.Staying[o.inLabel] = max(t.Staying[o.inLabel], (c.at - o.entered).Seconds())
				}
			}
			for label, s := range r.stayed {
				t.Dwell[label], t.Longest[label] = s.sum.Seconds()/float64(s.n), s.longest.Seconds()
			}
		}
		tallies = append(tallies, t)
	}
	return tallies
}
