package detector

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

func openBatchModel(t testing.TB) *Detector {
	t.Helper()
	data, err := testmodel.BuildBatch(96)
	if err != nil {
		t.Fatal(err)
	}
	d, err := OpenBytes("batch.onnx", data, Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// scene is a frame of one phone, and what should be found in it.
type scene struct {
	f    *media.Frame
	want patch
}

// scenes are frames of different sizes and formats, whose padding lies in different places.
func scenes(t testing.TB) []scene {
	var all []scene
	for i, size := range [][2]int{{640, 360}, {360, 640}, {200, 200}, {320, 240}} {
		want := patch{i % 3, even(size[0], size[1], .2, .3, .7, .8)}
		all = append(all, scene{paint(t, size[0], size[1], media.Format(i&1), want), want})
	}
	return all
}

func framesOf(list []scene) []*media.Frame {
	var frames []*media.Frame
	for _, s := range list {
		frames = append(frames, s.f)
	}
	return frames
}

func expectAll(t *testing.T, d *Detector, list []scene, results []Result) {
	t.Helper()
	if len(results) != len(list) {
		t.Fatalf("%d answers for %d pictures", len(results), len(list))
	}
	for i, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		expect(t, d, list[i].f.Width, list[i].f.Height, r.Found, []patch{list[i].want})
		if r.Timing.Run <= 0 || r.Timing.Preprocess <= 0 {
			t.Errorf("the times are %+v", r.Timing)
		}
	}
}

// Each frame of a batch gets its own answer, whatever the frames are and in whatever order they
// come.
func TestBatchAnswersEachPicture(t *testing.T) {
	d := openBatchModel(t)
	for _, n := range []int{2, 4} {
		b, err := d.batchOf(n, 0)
		if err != nil {
			t.Fatal(err)
		}
		list := scenes(t)
		for range 5 {
			if err := b.prepare(d, framesOf(list[:n])); err != nil {
				t.Fatal(err)
			}
			results, err := b.run(d)
			if err != nil {
				t.Fatal(err)
			}
			expectAll(t, d, list[:n], results)
			list = append(list[1:], list[0])
		}
	}
}

// The answers are right before, during and after the comparison, for any number of frames, and the
// comparison ends.
func TestBatchComparison(t *testing.T) {
	d := openBatchModel(t)
	if d.Batch(1) != 1 || d.Batch(8) != 2 {
		t.Fatalf("wants %d of 1 and %d of 8 pictures, before anything is known", d.Batch(1),
			d.Batch(8))
	}
	list := scenes(t)
	for i := range 3 * batchRounds {
		n := 2 + i%3
		expectAll(t, d, list[:n], d.DetectBatch(framesOf(list[:n])))
	}
	if d.batchStates[2].Load() == batchUntried {
		t.Error("nothing is decided after many pictures")
	}
}

func TestBatchJudgement(t *testing.T) {
	seen, unseen := [][]inference.Detection{nil, {{Class: 1}}}, [][]inference.Detection{nil, nil}
	for _, c := range []struct {
		name          string
		single, batch time.Duration
		loose         [][]inference.Detection
		rounds        int
		before, state uint32
	}{
		{"faster", 40, 30, seen, batchRounds, batchUntried, batchProven},
		{"hardly faster", 40, 39, seen, batchRounds, batchUntried, batchRefused},
		{"slower", 40, 50, seen, batchRounds, batchUntried, batchRefused},
		{"faster on nothing", 40, 10, unseen, 10 * batchRounds, batchUntried, batchRefused},
	} {
		d := openBatchModel(t)
		b, err := d.batchOf(2, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.rounds {
			if got := d.batchStates[2].Load(); got != c.before {
				t.Fatalf("%s: the state after %d rounds is %d", c.name, i, got)
			}
			b.single, b.joint = append(b.single, c.single), append(b.joint, c.batch)
			b.judge(d, c.loose)
		}
		if got := d.batchStates[2].Load(); got != c.state {
			t.Errorf("%s: the state is %d, want %d", c.name, got, c.state)
		}
		if want := map[uint32]int{batchProven: 4, batchRefused: 1}[c.state]; d.Batch(8) != want {
			t.Errorf("%s: wants %d pictures of 8, want %d", c.name, d.Batch(8), want)
		}
	}
}

func TestBatchMustAgree(t *testing.T) {
	d := openBatchModel(t)
	b, err := d.batchOf(2, 0)
	if err != nil {
		t.Fatal(err)
	}
	list := scenes(t)[:2]
	var loose [][]inference.Detection
	for _, f := range framesOf(list) {
		loose = append(loose, d.single(f).Found)
	}
	if err := b.prepare(d, framesOf(list)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.run(d); err != nil || !b.agrees(d, loose) {
		t.Errorf("a batch with the same answers is said to differ (%v)", err)
	}
	slices.Reverse(loose)
	if b.agrees(d, loose) {
		t.Error("a batch with other answers is said to agree")
	}
}

// A broken frame gets its error and the others their answers, and the batch is not refused for it.
func TestBatchWithBrokenPicture(t *testing.T) {
	d := openBatchModel(t)
	if _, err := d.batchOf(2, 0); err != nil {
		t.Fatal(err)
	}
	list := scenes(t)[:2]
	broken := paint(t, 20, 20, media.I420)
	broken.Plane[1] = broken.Plane[1][:50]
	for _, state := range []uint32{batchUntried, batchProven} {
		d.batchStates[2].Store(state)
		results := d.DetectBatch([]*media.Frame{broken, list[1].f})
		if results[0].Err == nil {
			t.Error("a picture without its end was accepted")
		}
		expectAll(t, d, list[1:], results[1:])
		results = d.DetectBatch([]*media.Frame{list[0].f, broken})
		expectAll(t, d, list[:1], results[:1])
		if results[1].Err == nil || d.batchStates[2].Load() != state {
			t.Errorf("%v, state %d", results[1].Err, d.batchStates[2].Load())
		}
	}
	// When the engine fails in a batch, single runs answer from then on.
	d.batches[2].session.Close()
	d.batchStates[2].Store(batchProven)
	d.batches[2].session = fork(d.session)
	if err := d.allocate(d.batches[2].session, 2); err != nil {
		t.Fatal(err)
	}
	d.batches[2].outputs = sessionOutputs{session: d.batches[2].session}
	d.batches[2].slots = make([]slot, 2)
	expectAll(t, d, list, d.DetectBatch(framesOf(list)))
}

func TestBatchOfAModelForOnePicture(t *testing.T) {
	d := openTestModel(t, "yolov8", 64, Options{})
	if n := d.Batch(8); n != 1 {
		t.Errorf("wants %d pictures at once", n)
	}
	list := scenes(t)
	expectAll(t, d, list, d.DetectBatch(framesOf(list)))
	d.Close()
	for _, r := range d.DetectBatch(framesOf(list)) {
		if !errors.Is(r.Err, ErrClosed) {
			t.Errorf("after Close: %v", r.Err)
		}
	}
}

func TestBatchFromSeveralGoroutines(t *testing.T) {
	d := openBatchModel(t)
	list := scenes(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 4 {
				d.DetectBatch(framesOf(list[:max(2, d.Batch(4))]))
				d.Detect(list[3].f, nil)
			}
		})
	}
	wg.Wait()
	d.Close()
	if d.Batch(4) != 1 {
		t.Error("a closed detector wants several pictures")
	}
}

// BenchmarkBatch compares n single runs with one run of n, in turn so that both meet the same load
// of the machine, from frame to detections, and reports medians in milliseconds and the ratio,
// which is below 1 where a batch gains. HANDLENS_BENCH_MODEL names a model file.
func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{2, 4} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			d := openBatchModel(b)
			if path := os.Getenv("HANDLENS_BENCH_MODEL"); path != "" {
				var err error
				if d, err = Open(path, Options{}); err != nil {
					b.Fatal(err)
				}
				defer d.Close()
			}
			joint, err := d.batchOf(n, 0)
			if err != nil {
				b.Fatalf("%d pictures at once are not possible: %v", n, err)
			}
			frames := framesOf(scenes(b)[:n])
			for b.Loop() {
				began := time.Now()
				d.singly(frames)
				between := time.Now()
				if err := joint.prepare(d, frames); err != nil {
					b.Fatal(err)
				}
				if _, err := joint.run(d); err != nil {
					b.Fatal(err)
				}
				joint.single, joint.joint = append(joint.single, between.Sub(began)),
					append(joint.joint, time.Since(between))
			}
			b.ReportMetric(median(joint.single)/1e6, "single-ms")
			b.ReportMetric(median(joint.joint)/1e6, "batch-ms")
			b.ReportMetric(median(joint.joint)/median(joint.single), "batch/single")
			b.ReportMetric(0, "ns/op")
		})
	}
}
