package session

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/testmodel"
	"handlens/media"
)

// The time here is simulated: it passes in steps, at each of which every camera puts a frame into
// its mailbox, and only while the detector runs or there is nothing for it to run on.

// camera stands in for a session whose phone films without end, through the same mailbox as a real
// one.
type camera struct {
	t       *testing.T
	pool    *media.Pool
	now     *uint64
	every   uint64 // steps from frame to frame
	pending *media.Mailbox[*media.Frame]
	// taken is how old each frame was when the detector took it up, known when the answer was
	// there, both in steps; at is when that was.
	taken, known, at []uint64
}

func newCamera(t *testing.T, pool *media.Pool, now *uint64, every uint64) *camera {
	return &camera{
		t: t, pool: pool, now: now, every: every,
		pending: media.NewMailbox((*media.Frame).Release),
	}
}

func (c *camera) film() {
	if *c.now%c.every != 0 {
		return
	}
	f, err := c.pool.Get(2, 2, media.I420)
	if err != nil {
		c.t.Fatal(err)
	}
	f.Seq = *c.now
	c.pending.Put(f)
}

func (c *camera) nextFrame() (*media.Frame, bool) {
	f, ok := c.pending.TryTake()
	if ok {
		c.taken = append(c.taken, *c.now-f.Seq)
	}
	return f, ok
}

func (c *camera) detected(f *media.Frame, _ []inference.Detection, _ detector.Timing,
	_ detector.Info,
) {
	c.known, c.at = append(c.known, *c.now-f.Seq), append(c.at, *c.now)
}

func (c *camera) undetected(err error) { c.t.Error(err) }

// slowEye takes some steps for each run.
type slowEye struct {
	steps func()
	batch int
	runs  []int
}

func (e *slowEye) Detect(*media.Frame, []inference.Detection) ([]inference.Detection,
	detector.Timing, error,
) {
	e.steps()
	e.runs = append(e.runs, 1)
	return nil, detector.Timing{}, nil
}

func (e *slowEye) Batch(waiting int) int { return min(waiting, max(e.batch, 1)) }

func (e *slowEye) DetectBatch(frames []*media.Frame) []detector.Result {
	e.steps()
	e.runs = append(e.runs, len(frames))
	return make([]detector.Result, len(frames))
}
func (e *slowEye) Info() detector.Info { return detector.Info{Name: "slow"} }
func (e *slowEye) Close()              {}

// simulate lets cameras, of that many steps from frame to frame, film for a while with a
// detector of that many steps and batch.
func simulate(t *testing.T, steps, slow uint64, batch int, every ...uint64) (cameras []*camera,
	e *slowEye,
) {
	t.Helper()
	defer goleak.VerifyNone(t)
	var pool media.Pool
	var now uint64
	w := NewWorker()
	for _, k := range every {
		c := newCamera(t, &pool, &now, k)
		cameras = append(cameras, c)
		w.add(c)
	}
	pass := func() {
		now++
		for _, c := range cameras {
			c.film()
		}
	}
	e = &slowEye{batch: batch, steps: func() {
		for range slow {
			pass()
		}
	}}
	w.SetDetector(e)
	for now < steps {
		if !w.turn() {
			pass()
		}
	}
	for _, c := range cameras {
		c.pending.Close()
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w.Run(ctx)
	return cameras, e
}

func percentile(list []uint64, p int) uint64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)*p/100]
}

// Eight phones share a slow detector: at no time has the detector run on one more than once more
// often than another.
func TestEightPhonesShareTheDetector(t *testing.T) {
	for _, batch := range []int{1, 2, 3, 4} {
		cameras, _ := simulate(t, 3000, 10, batch, 1, 1, 1, 1, 1, 1, 1, 1)
		for moment := uint64(0); moment <= 3000; moment += 10 {
			least, most := 1<<30, 0
			for _, c := range cameras {
				n, _ := slices.BinarySearch(c.at, moment)
				least, most = min(least, n), max(most, n)
			}
			if most-least > 1 {
				t.Fatalf("batches of %d: after %d steps one phone was looked at %d times, "+
					"another %d", batch, moment, most, least)
			}
		}
		// A phone waits for the others at most: 8 runs of 10 steps, fewer in batches.
		longest := uint64(0)
		for _, c := range cameras {
			for i := range c.at[1:] {
				longest = max(longest, c.at[i+1]-c.at[i])
			}
		}
		if want := uint64((8+batch-1)/batch) * 10; longest > want {
			t.Errorf("batches of %d: a phone waited %d steps from look to look, want %d at most",
				batch, longest, want)
		}
	}
}

// Phones that film rarely have each of their frames detected; those that film without end share
// what is left.
func TestSlowPhonesAreNotStarved(t *testing.T) {
	cameras, _ := simulate(t, 6000, 10, 1, 1, 1, 1, 200, 300)
	for i, every := range map[int]uint64{3: 200, 4: 300} {
		if n, want := len(cameras[i].at), int(6000/every); n < want-1 {
			t.Errorf("camera %d was looked at %d times for %d pictures", i, n, want)
		}
		if oldest := slices.Max(cameras[i].taken); oldest > 5*10 {
			t.Errorf("camera %d waited %d steps", i, oldest)
		}
	}
}

// Ten seconds of 30 frames each with a detector ten times too slow: what it takes up is never
// older than one step, the answer no older than its own time and that step, and the last seconds
// are as the first ones.
func TestPicturesDoNotAge(t *testing.T) {
	const second, slow = 30, 10
	for _, phones := range []int{1, 3} {
		every := slices.Repeat([]uint64{1}, phones)
		cameras, _ := simulate(t, 10*second, slow, 1, every...)
		for i, c := range cameras {
			if len(c.known) < 10*second/slow/phones-1 {
				t.Fatalf("phone %d of %d was looked at %d times", i, phones, len(c.known))
			}
			if p := percentile(c.taken, 99); p > 1 {
				t.Errorf("phone %d of %d: the detector takes up pictures of %d steps", i, phones, p)
			}
			if p := percentile(c.known, 99); p > slow+1 {
				t.Errorf("phone %d of %d: the answers are %d steps late, want %d", i, phones, p,
					slow+1)
			}
			half := len(c.known) / 2
			if a, b := slices.Max(c.known[:half]), slices.Max(c.known[half:]); b > a {
				t.Errorf("phone %d of %d: the delay grew from %d to %d steps", i, phones, a, b)
			}
			puts, drops := c.pending.Counts()
			if looked := uint64(len(c.known)); puts-drops-looked > 1 {
				t.Errorf("phone %d of %d: of %d pictures %d were looked at and %d dropped", i,
					phones, puts, looked, drops)
			}
		}
	}
}

// As many frames go together as the detector wants, and no more than wait.
func TestWorkerHandsOverSeveral(t *testing.T) {
	_, e := simulate(t, 600, 10, 4, 1, 1, 1, 1, 1, 1)
	if slices.Max(e.runs) != 4 || slices.Min(e.runs[1:]) != 4 {
		t.Errorf("runs of %d to %d pictures, want 4", slices.Min(e.runs[1:]), slices.Max(e.runs))
	}
	_, e = simulate(t, 600, 1, 4, 7, 7)
	if slices.Max(e.runs) != 2 {
		t.Errorf("runs of %d pictures with two phones", slices.Max(e.runs))
	}
}

// The real detector takes the frames of two phones through its proof and beyond it, whatever
// comes out of that.
func TestWorkerWithRealBatches(t *testing.T) {
	data, err := testmodel.BuildBatch(64)
	if err != nil {
		t.Fatal(err)
	}
	d, err := detector.OpenBytes("batch.onnx", data,
		detector.Options{Threads: 1, Provider: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	a, b := &patient{pool: &pool, left: 60, done: func() {}},
		&patient{pool: &pool, left: 40, done: func() {}}
	w := NewWorker()
	w.add(a)
	w.add(b)
	w.SetDetector(d)
	turns := 0
	for w.turn() {
		turns++
	}
	if a.detections != 60 || b.detections != 40 || len(a.errs)+len(b.errs) > 0 {
		t.Errorf("looked at %d and %d pictures, want 60 and 40; errors %v %v", a.detections,
			b.detections,
			a.errs, b.errs)
	}
	if turns >= 100 {
		t.Error("no two pictures went together")
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
	w.close()
}

// A batcher that breaks down takes nobody along, and each session hears of it.
func TestWorkerSurvivesABatch(t *testing.T) {
	var pool media.Pool
	told := 0
	a := &patient{pool: &pool, left: 1, done: func() { told++ }}
	b := &patient{pool: &pool, left: 1, done: func() { told++ }}
	w := NewWorker()
	w.add(a)
	w.add(b)
	w.SetDetector(&slowEye{batch: 2, steps: func() { panic("broken") }})
	if !w.turn() || w.turn() {
		t.Fatal("both pictures were not taken in one turn")
	}
	if told != 2 || len(a.errs) != 1 || len(b.errs) != 1 || pool.Outstanding() != 0 {
		t.Errorf("told %d times of %v and %v, %d frames are left", told, a.errs, b.errs,
			pool.Outstanding())
	}
	removed := make(chan struct{})
	go func() { w.remove(a); w.remove(b); close(removed) }()
	select {
	case <-removed:
	case <-time.After(10 * time.Second):
		t.Error("the sessions can't be removed")
	}
}
