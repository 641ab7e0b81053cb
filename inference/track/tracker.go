package track

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"handlens/inference"
)

// Options says how objects are tracked. The zero value is sensible.
type Options struct {
	// Confidence is the least score, 0..1, that starts a track; 0 means
	// [inference.DefaultConfidence].
	Confidence float32
}

// Limits of a tracker.
const (
	// maxFound is how many detections of a pass are tracked, the best ones.
	maxFound = 300
	// maxObjects is how many tracks there are, including those that are lost for the moment.
	maxObjects = 512
	// maxLabels is how many labels Seen distinguishes.
	maxLabels = 4096
)

// How long a track waits to be found again.
const (
	// onceFor is for one that was found once, lostFor for one that was found more often.
	onceFor = 300 * time.Millisecond
	lostFor = 1200 * time.Millisecond
	// weakFor is how long low scores alone keep a track going.
	weakFor = 2 * time.Second
	// backwards is how far time may go back before it counts as the start of another stream.
	backwards = time.Second
)

// Tracker follows the objects of one stream. It is not safe for concurrent use.
type Tracker struct {
	confidence float32
	objects    []*object // by id
	lastID     int
	at         time.Duration // of the newest pass
	started    bool
	interval   time.Duration // the smoothed time between passes
	seen       map[string]int
	path       path // of the camera

	match matcher
}

// New returns a tracker without objects.
func New(o Options) *Tracker {
	t := &Tracker{seen: make(map[string]int)}
	t.SetConfidence(o.Confidence)
	return t
}

// SetConfidence changes the least score that starts a track; see [Options]. Tracks whose present
// score is lower end.
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

// Seen returns how many different objects there were so far, by label. Those that were seen only
// for an instant do not count.
func (t *Tracker) Seen() map[string]int {
	seen := make(map[string]int, len(t.seen))
	maps.Copy(seen, t.seen)
	return seen
}

// Update processes one detection pass: what was found in the frame of that moment. It returns the
// same detections in the same order with the ids of their tracks, and with the class and label on
// which those have settled. A detection that matches no track and is too weak to start one has the
// id 0, and so has a box that makes no sense. The detections handed in are not changed. Times
// should ascend: a pass that comes a little late counts as one at the newest time, and one from
// much earlier starts a new stream. Ids are never used twice.
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
	t.spawn(at, out)
	return out
}

// clock notes the time of a pass and returns the time that it counts as.
func (t *Tracker) clock(at time.Duration) time.Duration {
	switch {
	case !t.started:
	case at < t.at-backwards:
		t.objects = nil
	case at <= t.at:
		return t.at
	default:
		gap := min(at-t.at, lostFor)
		if t.interval == 0 {
			t.interval = gap
		}
		t.interval += (gap - t.interval) / 4
	}
	t.at, t.started = at, true
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
		out[d].Track, out[d].Class, out[d].Label = o.id, o.vote.class, o.vote.label
		t.count(o)
	}
}

// count updates what Seen returns.
func (t *Tracker) count(o *object) {
	if !o.isCounted && !o.real() || o.isCounted && o.counted == o.vote.label {
		return
	}
	if o.isCounted {
		// It turned out to be something else.
		if t.seen[o.counted]--; t.seen[o.counted] <= 0 {
			delete(t.seen, o.counted)
		}
		o.isCounted = false
	}
	if _, known := t.seen[o.vote.label]; known || len(t.seen) < maxLabels {
		t.seen[o.vote.label]++
		o.counted, o.isCounted = o.vote.label, true
	}
}

// drop ends the tracks that were lost for too long.
func (t *Tracker) drop(at time.Duration) {
	t.objects = slices.DeleteFunc(t.objects, func(o *object) bool {
		patience := lostFor
		if o.hits == 1 {
			patience = onceFor
		}
		gone := o.missed > 0 && at-o.motion.at > patience
		return gone || at-o.strong > weakFor && o.score < t.confidence
	})
}

// spawn starts tracks for the good detections that matched none.
func (t *Tracker) spawn(at time.Duration, out []inference.Detection) {
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
		// Those that were found last stay.
		slices.SortStableFunc(t.objects, func(a, b *object) int {
			return cmp.Compare(b.motion.at, a.motion.at)
		})
		t.objects = t.objects[:maxObjects]
		slices.SortFunc(t.objects, func(a, b *object) int { return cmp.Compare(a.id, b.id) })
	}
}

// valid tells whether a detection makes sense: a box of some size in or near the frame, and a
// score.
func valid(d inference.Detection) bool {
	b := d.Box
	for _, v := range [...]float32{b.X1, b.Y1, b.X2, b.Y2} {
		if !(math.Abs(float64(v)) <= 4) {
			return false
		}
	}
	return b.X1 < b.X2 && b.Y1 < b.Y2 && d.Score >= 0 && d.Score <= 1
}
