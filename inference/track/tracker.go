package track

import (
	"cmp"
	"math"
	"slices"
	"time"

	"handlens/inference"
)

// Options says how things are followed. The zero value is sensible.
type Options struct {
	// Confidence is the least score, 0..1, with which a track is begun; 0 means
	// inference.DefaultConfidence.
	Confidence float32
}

// What a tracker bounds.
const (
	// maxFound is how many detections of a look are followed, the best ones.
	maxFound = 300
	// maxObjects is how many tracks there are, those that are lost for the moment included.
	maxObjects = 512
	// maxLabels is how many labels Seen tells apart.
	maxLabels = 4096
)

// How long a track waits to be found again: one that was seen once only, and one that was seen more
// often.
const (
	onceFor = 300 * time.Millisecond
	lostFor = 1200 * time.Millisecond
	// weakFor is how long low scores alone keep a track going.
	weakFor = 2 * time.Second
	// backwards is how far time may run backwards without the beginning of another stream.
	backwards = time.Second
)

// Tracker follows the objects of one stream. It is not safe for concurrent use.
type Tracker struct {
	confidence float32
	objects    []*object // by id
	lastID     int
	at         time.Duration // of the newest look
	looked     bool
	every      time.Duration // about how far apart the looks are
	seen       map[string]int
	path       path // of the camera

	match matcher
}

// New returns a tracker that has seen nothing yet.
func New(o Options) *Tracker {
	t := &Tracker{seen: make(map[string]int)}
	t.SetConfidence(o.Confidence)
	return t
}

// SetConfidence changes the least score with which tracks are begun. Tracks that would not have
// been begun by their present score end.
func (t *Tracker) SetConfidence(c float32) {
	if !(c > 0) {
		c = inference.DefaultConfidence
	}
	raised := c > t.confidence
	t.confidence = min(c, 1)
	if raised {
		t.objects = slices.DeleteFunc(t.objects, func(o *object) bool {
			return o.score < t.confidence
		})
	}
}

// Seen returns how many different objects there were so far, by label. What was seen for an instant
// only does not count.
func (t *Tracker) Seen() map[string]int {
	seen := make(map[string]int, len(t.seen))
	for label, n := range t.seen {
		seen[label] = n
	}
	return seen
}

// Update takes in what was found in the picture of that moment, and returns the same detections in
// the same order with the ids of their tracks, and with the class and label on which those have
// settled. What no track took, and was not good enough to begin one, has the id 0, as have boxes
// that make no sense. The detections handed in are not changed. Times should ascend: a look that
// comes a little late counts as one of the newest moment, and one from well before begins a new
// stream; ids are never given twice.
func (t *Tracker) Update(at time.Duration, found []inference.Detection) []inference.Detection {
	at = t.clock(at)
	out := slices.Clone(found)
	for i := range out {
		out[i].Track = 0
	}
	t.match.begin(at, t.confidence, t.objects, &t.path, out)
	t.match.strong()
	t.match.near()
	t.match.weak()
	t.take(at, out)
	t.drop(at)
	t.born(at, out)
	return out
}

// clock takes in the time of a look and returns the time that it counts as.
func (t *Tracker) clock(at time.Duration) time.Duration {
	switch {
	case !t.looked:
	case at < t.at-backwards:
		t.objects = nil
	case at <= t.at:
		return t.at
	default:
		gap := min(at-t.at, lostFor)
		if t.every == 0 {
			t.every = gap
		}
		t.every += (gap - t.every) / 4
	}
	t.at, t.looked = at, true
	return at
}

// take gives each track what the matcher found for it.
func (t *Tracker) take(at time.Duration, out []inference.Detection) {
	for i, o := range t.objects {
		d := t.match.found[i]
		if d < 0 {
			o.missed++
			continue
		}
		o.see(at, &t.path, out[d], out[d].Score >= t.confidence)
		out[d].Track, out[d].Class, out[d].Label = o.id, o.kind.class, o.kind.label
		t.count(o)
	}
}

// count keeps what Seen says of a track.
func (t *Tracker) count(o *object) {
	if !o.isCounted && !o.real() || o.isCounted && o.counted == o.kind.label {
		return
	}
	if o.isCounted {
		// It turned out to be something else.
		if t.seen[o.counted]--; t.seen[o.counted] <= 0 {
			delete(t.seen, o.counted)
		}
		o.isCounted = false
	}
	if _, known := t.seen[o.kind.label]; known || len(t.seen) < maxLabels {
		t.seen[o.kind.label]++
		o.counted, o.isCounted = o.kind.label, true
	}
}

// drop ends the tracks that were not found for too long.
func (t *Tracker) drop(at time.Duration) {
	t.objects = slices.DeleteFunc(t.objects, func(o *object) bool {
		patience := lostFor
		if o.looks == 1 {
			patience = onceFor
		}
		gone := o.missed > 0 && at-o.motion.at > patience
		return gone || at-o.strong > weakFor && o.score < t.confidence
	})
}

// born begins tracks for the good detections that nobody took.
func (t *Tracker) born(at time.Duration, out []inference.Detection) {
	for _, d := range t.match.order {
		x := &out[d]
		if t.match.taken[d] || x.Score < t.confidence || t.match.twin(d) {
			continue
		}
		t.lastID++
		t.objects = append(t.objects, newObject(t.lastID, at, *x))
		x.Track = t.lastID
	}
	if len(t.objects) > maxObjects {
		// Those seen last stay.
		slices.SortStableFunc(t.objects, func(a, b *object) int {
			return cmp.Compare(b.motion.at, a.motion.at)
		})
		t.objects = t.objects[:maxObjects]
		slices.SortFunc(t.objects, func(a, b *object) int { return cmp.Compare(a.id, b.id) })
	}
}

// sound says that a detection makes sense: a box of some size in or near the picture, and a score.
func sound(d inference.Detection) bool {
	b := d.Box
	for _, v := range [...]float32{b.X1, b.Y1, b.X2, b.Y2} {
		if !(math.Abs(float64(v)) <= 4) {
			return false
		}
	}
	return b.X1 < b.X2 && b.Y1 < b.Y2 && d.Score >= 0 && d.Score <= 1
}
