package session

import (
	"slices"
	"strings"
	"sync"
	"time"

	"handlens/inference"
	"handlens/inference/egomotion"
	"handlens/inference/timeline"
	"handlens/inference/track"
	"handlens/media"
)

// Floor is the least score, 0..1, that the detector reports: below what people want to see, since
// the tracker holds on to a thing whose score sinks for a moment, and a recording's data can be
// looked at again with another threshold.
const Floor = 0.1

// Display says what of the detections is to be seen.
type Display struct {
	// Confidence is the least score, 0..1, of something new.
	Confidence float32
	// Hidden and Blurred are the labels that are not shown, and those that are to be made
	// unrecognisable.
	Hidden, Blurred map[string]bool
	// Regions are the lines and zones that count.
	Regions []track.Region
	// Keep is how much of the past is kept at hand.
	Keep time.Duration
}

// Count is how many objects of a class there are.
type Count struct {
	Label string
	Class int
	// Now is how many are in the picture, Total how many different ones were seen.
	Now, Total int
}

// View is what was found, as of one moment of the stream.
type View struct {
	// Detections are to be drawn, carried to that moment by their motion. Blur are the boxes of
	// what must not be recognised.
	Detections []inference.Detection
	Blur       []inference.Box
	Trails     []track.Trail
	Tallies    []track.Tally
	// Counts are ordered by Total, then by label.
	Counts []Count
	// Number is another one for each View, from 1.
	Number uint64
}

// sight joins what the detector says from time to time into what is known at any time: who is who,
// where each is now, what was counted. Any goroutine may use it.
type sight struct {
	looks timeline.Timeline

	mu      sync.Mutex
	display Display
	tracker *track.Tracker
	counter *track.Counter
	classes map[string]int // the index of each label that was seen
	changes uint64

	// The last View, and what it was made from.
	view   View
	viewAt time.Duration
	viewOf uint64
	number uint64

	lookedAt time.Duration // of the newest look
	looked   bool

	// Of the goroutine that brings the pictures.
	egomotion egomotion.Estimator
	tracked   []inference.Detection
	boxes     []inference.Box
}

// needless is how long after the last look nobody needs to know how the camera moves.
const needless = 3 * time.Second

func newSight(d Display) *sight {
	v := &sight{classes: make(map[string]int), changes: 1}
	v.reset(d)
	return v
}

// reset begins all counts anew; the caller holds the lock or is alone.
func (v *sight) reset(d Display) {
	v.display = d
	v.tracker = track.New(track.Options{Confidence: d.Confidence})
	v.counter = track.NewCounter(d.Regions)
}

// restart begins all counts anew.
func (v *sight) restart() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reset(v.display)
	v.changes++
}

// set changes what is to be seen, from the next View on.
func (v *sight) set(d Display) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.EqualFunc(d.Regions, v.display.Regions, sameRegion) {
		v.counter.SetRegions(d.Regions)
	}
	v.display = d
	v.tracker.SetConfidence(d.Confidence)
	v.changes++
}

func sameRegion(a, b track.Region) bool {
	return a.Name == b.Name &&
		slices.Equal(a.Points, b.Points)
}

// look takes in what the detector found in the picture of that moment and returns it with the
// objects' numbers: all of it, and what is to be shown of it. Neither is changed any more.
func (v *sight) look(at time.Duration, found []inference.Detection) (all,
	shown []inference.Detection) {
	v.mu.Lock()
	defer v.mu.Unlock()
	all = v.tracker.Update(at, found)
	v.lookedAt, v.looked = at, true
	for _, d := range all {
		v.classes[d.Label] = d.Class
	}
	shown = v.visible(all)
	v.counter.Update(at, shown)
	v.changes++
	v.looks.Add(at, all)
	return all, shown
}

// needed says whether it helps to know how the camera moved up to that moment: something looks at
// the pictures.
func (v *sight) needed(at time.Duration) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.looked && at-v.lookedAt < needless
}

// camera takes in the next picture, before it is shown, for how the camera moved.
func (v *sight) camera(f *media.Frame) {
	if !v.needed(f.PTS) {
		return
	}
	v.mu.Lock()
	v.tracked = v.tracker.Predict(f.PTS, v.tracked[:0])
	v.boxes = v.boxes[:0]
	for _, d := range v.tracked {
		v.boxes = append(v.boxes, d.Box)
	}
	v.mu.Unlock()
	moved, _ := v.egomotion.Next(f, f.PTS, v.boxes)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tracker.Camera(f.PTS, moved)
	v.changes++
}

// visible returns those that the display lets through.
func (v *sight) visible(all []inference.Detection) []inference.Detection {
	shown := make([]inference.Detection, 0, len(all))
	for _, d := range all {
		if v.display.Shows(d) {
			shown = append(shown, d)
		}
	}
	return shown
}

// Shows says whether a detection is to be seen: its class is not hidden, and it is certain enough
// (track.Shown).
func (d Display) Shows(x inference.Detection) bool {
	return !d.Hidden[x.Label] && track.Shown(x, d.Confidence)
}

// Blurs says whether a detection must not be recognised. Here doubt counts: whatever the detector
// reports at all is made unrecognisable.
func (d Display) Blurs(x inference.Detection) bool { return d.Blurred[x.Label] }

// at returns what is to be drawn over the picture of that moment. The View is shared: it must not
// be changed.
func (v *sight) at(at time.Duration) View {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.viewOf == v.changes && v.viewAt == at {
		return v.view
	}
	tracked := v.tracker.Predict(at, nil)
	view := View{Trails: v.tracker.Trails(nil), Tallies: v.counter.Tallies()}
	view.Detections = v.visible(tracked)
	for _, d := range tracked {
		if v.display.Blurs(d) {
			view.Blur = append(view.Blur, d.Box)
		}
	}
	if len(v.display.Blurred) > 0 {
		// What no track has taken up is in the last look only.
		for _, d := range v.looks.At(v.looks.Until()) {
			if d.Track == 0 && v.display.Blurs(d) {
				view.Blur = append(view.Blur, d.Box)
			}
		}
	}
	view.Counts, view.Number = v.counts(view.Detections), v.next()
	v.view, v.viewAt, v.viewOf = view, at, v.changes
	return view
}

func (v *sight) counts(now []inference.Detection) []Count {
	seen := v.tracker.Seen()
	counts := make([]Count, 0, len(seen)+len(now))
	index := make(map[string]int, len(seen))
	add := func(label string) *Count {
		i, ok := index[label]
		if !ok {
			i = len(counts)
			index[label] = i
			counts = append(counts, Count{Label: label, Class: v.classes[label]})
		}
		return &counts[i]
	}
	for label, n := range seen {
		add(label).Total = n
	}
	for _, d := range now {
		add(d.Label).Now++
	}
	for i := range counts {
		counts[i].Total = max(counts[i].Total, counts[i].Now)
	}
	slices.SortFunc(counts, func(a, b Count) int {
		if a.Total != b.Total {
			return b.Total - a.Total
		}
		return strings.Compare(a.Label, b.Label)
	})
	return counts
}

// past returns what was found at an earlier moment. Trails and counts are those of now.
func (v *sight) past(at time.Duration) View {
	v.mu.Lock()
	defer v.mu.Unlock()
	found := v.looks.At(at)
	view := View{Tallies: v.counter.Tallies(), Detections: v.visible(found)}
	for _, d := range found {
		if v.display.Blurs(d) {
			view.Blur = append(view.Blur, d.Box)
		}
	}
	view.Counts, view.Number = v.counts(view.Detections), v.next()
	return view
}

func (v *sight) tallies() []track.Tally {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.counter.Tallies()
}

func (v *sight) next() uint64 {
	v.number++
	return v.number
}
