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

// Count is how many objects of a class there are.
type Count struct {
	Label string
	Class int
	// Now is how many are in the frame, Total how many different ones were seen.
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
	// Number differs from View to View; the first one is 1.
	Number uint64
}

// trackingState joins the detector's results, which come from time to time, into what is known at
// any time: which object is which, where each is now, what was counted. Any goroutine may use it.
type trackingState struct {
	timeline timeline.Timeline

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

	detectedAt time.Duration // the frame of the newest results
	detected   bool          // there were any

	// Owned by the goroutine that brings the frames.
	egomotion egomotion.Estimator
	tracked   []inference.Detection
	boxes     []inference.Box
}

// egomotionFor is for how long after the last results the camera's motion is followed.
const egomotionFor = 3 * time.Second

func newTrackingState(d Display) *trackingState {
	t := &trackingState{classes: make(map[string]int), changes: 1}
	t.reset(d)
	return t
}

// reset starts all counts again; the caller holds the lock or is alone.
func (t *trackingState) reset(d Display) {
	t.display = d
	t.tracker = track.New(track.Options{Confidence: d.Confidence})
	t.counter = track.NewCounter(d.Regions)
}

// restart starts all counts again.
func (t *trackingState) restart() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reset(t.display)
	t.changes++
}

// set changes what is shown, from the next View on.
func (t *trackingState) set(d Display) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.EqualFunc(d.Regions, t.display.Regions, sameRegion) {
		t.counter.SetRegions(d.Regions)
	}
	t.display = d
	t.tracker.SetConfidence(d.Confidence)
	t.changes++
}

func sameRegion(a, b track.Region) bool {
	return a.Name == b.Name &&
		slices.Equal(a.Points, b.Points)
}

// update takes in what the detector found in the frame of that moment and returns it with the
// objects' numbers: all of it, and what is shown of it. Neither is changed any more.
func (t *trackingState) update(at time.Duration, found []inference.Detection) (all,
	shown []inference.Detection,
) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all = t.tracker.Update(at, found)
	t.detectedAt, t.detected = at, true
	for _, d := range all {
		t.classes[d.Label] = d.Class
	}
	shown = t.visible(all)
	t.counter.Update(at, shown)
	t.changes++
	t.timeline.Add(at, all)
	return all, shown
}

// wantsMotion says whether it helps to know how the camera moved up to that moment: a detector is
// at work.
func (t *trackingState) wantsMotion(at time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.detected && at-t.detectedAt < egomotionFor
}

// camera takes in the next frame, before it is shown, for how the camera moved.
func (t *trackingState) camera(f *media.Frame) {
	if !t.wantsMotion(f.PTS) {
		return
	}
	t.mu.Lock()
	t.tracked = t.tracker.Predict(f.PTS, t.tracked[:0])
	t.boxes = t.boxes[:0]
	for _, d := range t.tracked {
		t.boxes = append(t.boxes, d.Box)
	}
	t.mu.Unlock()
	moved, _ := t.egomotion.Next(f, f.PTS, t.boxes)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tracker.Camera(f.PTS, moved)
	t.changes++
}

// visible returns those that the display lets through.
func (t *trackingState) visible(all []inference.Detection) []inference.Detection {
	shown := make([]inference.Detection, 0, len(all))
	for _, d := range all {
		if t.display.Shows(d) {
			shown = append(shown, d)
		}
	}
	return shown
}

// at returns what is drawn over the frame of that moment. The View is shared: it must not
// be changed.
func (t *trackingState) at(at time.Duration) View {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.viewOf == t.changes && t.viewAt == at {
		return t.view
	}
	tracked := t.tracker.Predict(at, nil)
	view := View{Trails: t.tracker.Trails(nil), Tallies: t.counter.Tallies()}
	view.Detections = t.visible(tracked)
	for _, d := range tracked {
		if t.display.Blurs(d) {
			view.Blur = append(view.Blur, d.Box)
		}
	}
	if len(t.display.Blurred) > 0 {
		// What no track has taken up is in the last results only.
		for _, d := range t.timeline.At(t.timeline.Until()) {
			if d.Track == 0 && t.display.Blurs(d) {
				view.Blur = append(view.Blur, d.Box)
			}
		}
	}
	view.Counts, view.Number = t.counts(view.Detections), t.next()
	t.view, t.viewAt, t.viewOf = view, at, t.changes
	return view
}

func (t *trackingState) counts(now []inference.Detection) []Count {
	seen := t.tracker.Seen()
	counts := make([]Count, 0, len(seen)+len(now))
	index := make(map[string]int, len(seen))
	add := func(label string) *Count {
		i, ok := index[label]
		if !ok {
			i = len(counts)
			index[label] = i
			counts = append(counts, Count{Label: label, Class: t.classes[label]})
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

// shows is what is to be seen now.
func (t *trackingState) shows() Display {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.display
}

// past returns what was found at an earlier moment. Trails and counts are those of now.
func (t *trackingState) past(at time.Duration) View {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := t.timeline.At(at)
	view := View{Tallies: t.counter.Tallies(), Detections: t.visible(found)}
	for _, d := range found {
		if t.display.Blurs(d) {
			view.Blur = append(view.Blur, d.Box)
		}
	}
	view.Counts, view.Number = t.counts(view.Detections), t.next()
	return view
}

func (t *trackingState) tallies() []track.Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counter.Tallies()
}

func (t *trackingState) next() uint64 {
	t.number++
	return t.number
}
