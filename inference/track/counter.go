package track

import (
	"maps"
	"math"
	"slices"
	"time"

	"handlens/inference"
)

// Hysteresis: an object is on another side when it has been seen there so often and for so long,
// farther from the edge than a part of its own size. So neither a box that trembles on a line nor
// one wrong box counts.
const (
	settleLooks = 2
	settleFor   = 200 * time.Millisecond
	marginPart  = 0.08
	marginLeast = 0.003
)

// Bounds of a counter: how many regions and corners count, how many labels a region tells apart,
// how many objects it follows.
const (
	maxRegions  = 64
	maxPoints   = 256
	maxLabelsOf = 256
	maxFollowed = 1024
)

// Counter counts what crosses lines and what stays in zones. The place of an object is the middle
// of its box, the same that the trails show: a box's foot would be the better place on the ground,
// but it is the first to be hidden, and cut off at the picture's edge.
//
// Lines and zones are fixed in the picture and not to the ground: a camera that pans sweeps them
// over things that stand still, and that counts as much as if the things had moved. Counting is for
// a phone that stands.
//
// A line counts an object when its way crossed the line itself, and not only where the line would
// go on to, and it then stays on the other side for a moment. A zone counts those that came into
// it, also those that were there when they were first seen, and those that left it, also those that
// were lost sight of inside: what came in and did not go out is inside.
type Counter struct {
	regions []*region
	at      time.Duration
}

// region is one line or zone and what it knows.
type region struct {
	Region
	in, out map[string]int
	stayed  map[string]stay
	objects map[int]*passer
}

// stay sums up how long those that left a zone had been there.
type stay struct {
	sum, longest time.Duration
	n            int
}

// passer is one object as one region sees it.
type passer struct {
	label string
	seen  time.Duration
	// now is on which side it is for certain: -1 left of a line or outside a zone, 1 right or
	// inside, 0 not known yet.
	now  int
	last Point // where it was seen clear of the edge
	// next is on which side it was seen since, in so many looks; 0 for none. through says that it
	// came there through the line.
	next    int
	looks   int
	since   time.Duration
	through bool
	// entered is since when it is in the zone, as inLabel.
	entered time.Duration
	inLabel string
}

// NewCounter returns a counter that has counted nothing. It copies the regions. Those that make no
// sense (fewer than two points, places that are no numbers) have a Tally too, and count nothing.
func NewCounter(regions []Region) *Counter {
	c := &Counter{}
	c.SetRegions(regions)
	return c
}

// SetRegions changes what counts. Regions that keep their points keep their counts, whatever their
// name becomes.
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

// Reset begins all counts anew. What is in a zone then is counted again.
func (c *Counter) Reset() {
	for i, r := range c.regions {
		c.regions[i] = newRegion(r.Region)
	}
}

// Update takes in where the tracked objects are at that moment, as from [Tracker.Update]; those
// without a track count nothing.
func (c *Counter) Update(at time.Duration, tracked []inference.Detection) {
	if at < c.at-backwards {
		// Another stream: nobody of before is seen again.
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
				if d.Track > 0 && sound(d) {
					r.update(at, d)
				}
			}
		}
		r.forget(at - lostFor)
	}
}

// update takes in where one object is.
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
		return // twice in one look
	}
	o.seen, o.label = at, d.Label
	s := r.side(p, max(marginLeast, marginPart*scale(w, h)))
	switch {
	case s == 0:
		// On the edge: not clear of it, so nothing new.
		return
	case s == o.now:
		o.next, o.looks = 0, 0
	case s != o.next:
		o.next, o.looks, o.since = s, 1, at
		o.through = o.now != 0 && r.IsLine() && crosses(r.Points[0], r.Points[1], o.last, p)
	default:
		o.looks++
	}
	if o.next == 0 || o.now == 0 && r.IsLine() {
		// Where an object is seen first it has not come to by a crossing.
		o.now, o.next, o.last = s, 0, p
		return
	}
	if o.looks >= settleLooks && at-o.since >= settleFor {
		r.settle(o)
		o.now, o.next, o.looks, o.last = o.next, 0, 0, p
	}
}

// side is 1 right of the line or in the zone, -1 on the other side, 0 nearer to the edge than the
// margin.
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

// settle counts an object that is on another side for certain.
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

// forget ends what was not seen since that time.
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

// Tallies returns what each region has counted so far, in the order of the regions. It is the
// caller's.
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
