package track

import (
	"cmp"
	"slices"
	"time"

	"handlens/inference"
)

// When a detection may belong to a track.
const (
	// leastIoU is for good scores, weakIoU for low ones.
	leastIoU = 0.15
	weakIoU  = 0.4
	// otherClass is subtracted from the overlap with a track of another class: the class of one
	// object may waver.
	otherClass = 0.3
	// A low score finds a track again that has been lost for at most weakMissed passes and
	// weakWithin.
	weakMissed = 2
	weakWithin = 600 * time.Millisecond
	// Both boxes are enlarged on each side by nearGrowth of their size for each second since the
	// track was found, at most by nearMost, or by nearNew while the track's speed is hardly known
	// (it has fewer hits than knownHits).
	nearGrowth = 2.5
	nearMost   = 0.75
	nearNew    = 1.0
	knownHits  = 3
	// likeArea is the factor by which the areas of boxes may differ that only lie near each other.
	likeArea = 2.5
	// partArea is the same for a box that may be the first part of an object that comes out from
	// behind another.
	partArea = 4.0
	// twinIoU is the overlap of two detections of one object.
	twinIoU = 0.9
)

// matcher assigns the detections of one pass to tracks. It keeps its memory.
type matcher struct {
	at         time.Duration
	confidence float32
	objects    []*object
	dets       []inference.Detection

	boxes []inference.Box // where each track should be
	rests []inference.Box // where each would be if it had stood still
	whole []inference.Box // see object.whole
	found []int           // the detection of each track, -1 for none
	order []int           // the detections that make sense, best first
	taken []bool          // by detection

	rows, cols []int // tracks and detections of the present round
	assign     assigner
}

func (m *matcher) begin(at time.Duration, confidence float32, objects []*object, camera *path,
	dets []inference.Detection,
) {
	m.at, m.confidence, m.objects, m.dets = at, confidence, objects, dets
	m.boxes, m.rests, m.whole, m.found = m.boxes[:0], m.rests[:0], m.whole[:0], m.found[:0]
	for _, o := range objects {
		m.boxes = append(m.boxes, o.box(at, camera))
		m.rests = append(m.rests, o.motion.moved(camera.between(o.motion.at, at)).box(0))
		m.whole = append(m.whole, o.whole(at, camera))
		m.found = append(m.found, -1)
	}
	m.taken = zeroed(m.taken, len(dets))
	m.order = m.order[:0]
	for i, d := range dets {
		if valid(d) {
			m.order = append(m.order, i)
		}
	}
	slices.SortStableFunc(m.order, func(a, b int) int {
		return cmp.Compare(dets[b].Score, dets[a].Score)
	})
	m.order = m.order[:min(len(m.order), maxFound)]
}

// strong is ByteTrack's first round: good scores and all tracks.
func (m *matcher) strong() {
	m.round(leastIoU, func(int) bool { return true }, m.good, m.likeness)
}

// near is for passes so far apart that a moving object is beside its old place: of the same class,
// about the same size, not far away.
func (m *matcher) near() {
	m.round(leastIoU, func(int) bool { return true }, m.good, func(o, d int) float64 {
		track, x := m.objects[o], m.dets[d]
		if track.vote.class != x.Class {
			return 0
		}
		most := nearMost
		if track.hits < knownHits && track.missed == 0 {
			most = nearNew
		}
		by := float32(min(most, nearGrowth*(m.at-track.motion.at).Seconds()))
		v := 0.0
		if track.missed > 0 && alike(m.whole[o], x.Box, partArea) {
			v = overlap(grown(m.whole[o], by), grown(x.Box, by))
		}
		if !alike(m.boxes[o], x.Box, likeArea) {
			return v
		}
		// An object that turns or stops is closer to where it was than to where it should be.
		return max(v, overlap(grown(m.boxes[o], by), grown(x.Box, by)),
			overlap(grown(m.rests[o], by), grown(x.Box, by)))
	})
}

// alike tells whether two boxes are about the same size, or the second is smaller by at most that
// factor.
func alike(x, y inference.Box, smaller float64) bool {
	a, b := area(x), area(y)
	return a <= smaller*b && b <= likeArea*a
}

// weak is ByteTrack's second round: low scores, and the tracks that were found just before.
func (m *matcher) weak() {
	m.round(weakIoU, func(o int) bool {
		track := m.objects[o]
		return track.missed <= weakMissed && m.at-track.motion.at <= weakWithin
	}, func(d int) bool { return m.dets[d].Score < m.confidence }, m.likeness)
}

func (m *matcher) good(d int) bool { return m.dets[d].Score >= m.confidence }

func (m *matcher) likeness(o, d int) float64 {
	v := overlap(m.boxes[o], m.dets[d].Box)
	if m.objects[o].vote.class != m.dets[d].Class {
		v -= otherClass
	}
	return v
}

// round pairs the tracks and detections that are still free, so that the sum of like over all pairs
// is greatest. Pairs below least are not made.
func (m *matcher) round(least float64, mayTrack, mayFound func(int) bool,
	like func(o, d int) float64,
) {
	m.rows, m.cols = m.rows[:0], m.cols[:0]
	for o, d := range m.found {
		if d < 0 && mayTrack(o) {
			m.rows = append(m.rows, o)
		}
	}
	for _, d := range m.order {
		if !m.taken[d] && mayFound(d) {
			m.cols = append(m.cols, d)
		}
	}
	m.assign.size(len(m.rows), len(m.cols))
	for r, o := range m.rows {
		for c, d := range m.cols {
			if v := like(o, d); v >= least {
				// Even the weakest pair is better than none.
				m.assign.set(r, c, v-least+0.01)
			}
		}
	}
	for r, c := range m.assign.solve() {
		if c >= 0 {
			m.found[m.rows[r]] = m.cols[c]
			m.taken[m.cols[c]] = true
		}
	}
}

// twin tells whether another detection, which has a track already, has this one's box: one object,
// detected twice.
func (m *matcher) twin(d int) bool {
	for _, other := range m.order {
		if other != d && m.dets[other].Track > 0 &&
			overlap(m.dets[other].Box, m.dets[d].Box) > twinIoU {
			return true
		}
	}
	return false
}

// overlap is the IoU of two boxes, 0..1, in double precision.
func overlap(a, b inference.Box) float64 {
	w := min(a.X2, b.X2) - max(a.X1, b.X1)
	h := min(a.Y2, b.Y2) - max(a.Y1, b.Y1)
	if !(w > 0 && h > 0) {
		return 0
	}
	both := float64(w) * float64(h)
	return both / (area(a) + area(b) - both)
}

func area(b inference.Box) float64 { return float64(b.X2-b.X1) * float64(b.Y2-b.Y1) }

func grown(b inference.Box, by float32) inference.Box {
	w, h := (b.X2-b.X1)*by, (b.Y2-b.Y1)*by
	return inference.Box{X1: b.X1 - w, Y1: b.Y1 - h, X2: b.X2 + w, Y2: b.Y2 + h}
}
