package detector

import (
	"fmt"
	"math"
	"slices"
	"time"

	"handlens/inference"
	"handlens/inference/layout"
	"handlens/media"
)

// Result is what one frame of several gave; see [Detector.DetectBatch].
type Result struct {
	Found []inference.Detection
	// Timing is what the frame waited for: where several went through the engine in one run, the
	// time of all of them.
	Timing Timing
	Err    error
}

// What is known about running so many frames at once.
const (
	batchUntried uint32 = iota
	batchRefused
	batchProven
)

const (
	// maxBatch bounds how many frames go through the engine in one run. Two and four are tried.
	maxBatch = 4
	// batchRounds is how many times a batch is compared with single runs. If the model finds
	// nothing in them, ten times as many are allowed.
	batchRounds = 5
	// batchGain is the share of the single runs' time that a batch may take at most, so that noise
	// does not decide.
	batchGain = 0.9
	// maxBatchTrial bounds how long a batch may be expected to take: for a slower model none is
	// tried, since trying it would itself delay the frames.
	maxBatchTrial = 300 * time.Millisecond
	// compareScore is the least score from which answers are compared.
	compareScore = 0.05
)

// batch runs the model on n frames at once.
type batch struct {
	n       int
	session engine
	outputs sessionOutputs
	slots   []slot
	timing  Timing

	// rounds counts the comparisons, withObjects those in which anything was found.
	rounds, withObjects int
	single, joint       []time.Duration // how long each took
}

// batchable tells whether the model can take several frames in one run.
func (d *Detector) batchable() bool {
	return !d.input.Single && len(d.input.Extras) == 0 && !d.input.Grey &&
		d.session.Inputs()[d.input.Image].Shape[0] < 0
}

// Batch says how many frames to hand to [Detector.DetectBatch] when so many may be waiting; 1 where
// more would not be faster. It does not wait for a Detect that runs.
func (d *Detector) Batch(waiting int) int {
	n := 1
	for k := 2; k <= min(waiting, maxBatch); k *= 2 {
		switch d.batchStates[k].Load() {
		case batchRefused:
			return n
		case batchUntried:
			return k
		}
		n = k
	}
	return n
}

// DetectBatch runs the model on several frames, of any sizes, and returns a result for each, in
// order. Two or four of them go through the engine in one run where that is proven to be faster:
// the first few times both ways are taken on the same frames, and the one run stays only if it
// gives the same answers in clearly less time. Models with a fixed batch axis are run once for each
// frame.
func (d *Detector) DetectBatch(frames []*media.Frame) []Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	results := make([]Result, 0, len(frames))
	for len(frames) > 0 {
		n := d.Batch(len(frames))
		part := frames[:n]
		switch {
		case n == 1:
			results = append(results, d.single(part[0]))
		case d.batchStates[n].Load() == batchUntried:
			results = append(results, d.tryBatch(part)...)
		default:
			results = append(results, d.jointly(part)...)
		}
		frames = frames[n:]
	}
	return results
}

func (d *Detector) single(f *media.Frame) Result {
	found, timing, err := d.detect(f, nil)
	return Result{Found: found, Timing: timing, Err: err}
}

func (d *Detector) singly(frames []*media.Frame) []Result {
	results := make([]Result, len(frames))
	for i, f := range frames {
		results[i] = d.single(f)
	}
	return results
}

// jointly answers by a proven batch. When that fails, single runs answer from then on.
func (d *Detector) jointly(frames []*media.Frame) []Result {
	n := len(frames)
	b := d.batches[n]
	if b.prepare(d, frames) != nil {
		return d.singly(frames) // one of them is broken, and single runs say which
	}
	results, err := b.run(d)
	if err == nil {
		return results
	}
	d.refuse(n)
	return d.singly(frames)
}

// refuse frees a batch's memory and does not try it again.
func (d *Detector) refuse(n int) {
	d.batchStates[n].Store(batchRefused)
	if b := d.batches[n]; b != nil {
		b.session.Close()
		d.batches[n] = nil
	}
}

func (d *Detector) refuseBatches() {
	for n := range d.batches {
		d.refuse(n)
	}
}

// retryBatches has batches compared again, since another provider runs them. d.mu is held.
func (d *Detector) retryBatches() {
	d.refuseBatches()
	if !d.batchable() {
		return
	}
	for i := range d.batchStates {
		d.batchStates[i].Store(batchUntried)
	}
}

// tryBatch answers by single runs, and compares them with one run on the same frames.
func (d *Detector) tryBatch(frames []*media.Frame) []Result {
	n := len(frames)
	var took time.Duration
	results := make([]Result, n)
	singles := make([][]inference.Detection, n)
	for i, f := range frames {
		results[i] = d.single(f)
		if results[i].Err != nil {
			return append(results[:i+1], d.singly(frames[i+1:])...) // nothing to compare with
		}
		took += results[i].Timing.Total()
		singles[i], _ = d.read(&d.outputs, d.slot.where, compareScore, nil)
	}
	if !d.compareBatch(frames, singles, took) {
		d.refuse(n)
	}
	return results
}

// compareBatch runs a batch and compares it with what single runs found and how long they took
// together. It returns false when the batch cannot be used.
func (d *Detector) compareBatch(frames []*media.Frame, singles [][]inference.Detection,
	took time.Duration,
) bool {
	b, err := d.batchOf(len(frames), took)
	if err != nil || b.prepare(d, frames) != nil {
		return false
	}
	joint, err := b.run(d)
	if err != nil || !b.agrees(d, singles) {
		return false
	}
	b.single, b.joint = append(b.single, took), append(b.joint, joint[0].Timing.Total())
	b.judge(d, singles)
	return true
}

// judge counts a comparison, and decides after the last one.
func (b *batch) judge(d *Detector, singles [][]inference.Detection) {
	b.rounds++
	found := func(l []inference.Detection) bool { return len(l) > 0 }
	if slices.ContainsFunc(singles, found) {
		b.withObjects++
	}
	switch {
	case b.withObjects >= batchRounds && median(b.joint) <= batchGain*median(b.single):
		d.batchStates[b.n].Store(batchProven)
	case b.withObjects >= batchRounds || b.rounds >= 10*batchRounds:
		d.refuse(b.n)
	}
}

func median(list []time.Duration) float64 {
	slices.Sort(list)
	return float64(list[len(list)/2])
}

// batchOf returns the batch of n frames, made the first time; took is how long single runs just
// took for them.
func (d *Detector) batchOf(n int, took time.Duration) (*batch, error) {
	if b := d.batches[n]; b != nil {
		return b, nil
	}
	if took > maxBatchTrial {
		return nil, fmt.Errorf("%d pictures take %v", n, took)
	}
	b := &batch{n: n, session: fork(d.session), slots: make([]slot, n)}
	b.outputs.session = b.session
	d.batches[n] = b
	if err := d.allocate(b.session, n); err != nil {
		return nil, err
	}
	for i := range b.session.Outputs() {
		if t := b.session.Output(i); len(t.Shape) == 0 || t.Shape[0] != int64(n) {
			return nil, fmt.Errorf("output %s has the shape %v for %d pictures", t.Name, t.Shape, n)
		}
	}
	return b, nil
}

// prepare fills the input with n frames. It fails when one of them is broken.
func (b *batch) prepare(d *Detector, frames []*media.Frame) error {
	began := time.Now()
	for i, f := range frames {
		dst := inputOf(b.session.Input(d.input.Image), i, b.n)
		if err := d.fill(f, dst, &b.slots[i]); err != nil {
			return err
		}
	}
	b.timing.Preprocess = time.Since(began)
	return nil
}

// run runs the model on the frames that were prepared. An error is the whole batch's.
func (b *batch) run(d *Detector) ([]Result, error) {
	prepared := time.Now()
	if err := b.session.Run(); err != nil {
		return nil, err
	}
	ran := time.Now()
	results := make([]Result, b.n)
	for i := range results {
		found, err := d.read(b.part(i), b.slots[i].where, d.Confidence(), nil)
		if err != nil {
			return nil, err
		}
		results[i].Found = found
	}
	b.timing.Run, b.timing.Decode = ran.Sub(prepared), time.Since(ran)
	for i := range results {
		results[i].Timing = b.timing
	}
	return results, nil
}

// batchPart is what the outputs hold of frame i of a batch.
type batchPart struct {
	*batch
	i int
}

func (b *batch) part(i int) batchPart { return batchPart{b, i} }

// Output implements [layout.Outputs]: the output as a run of this frame alone would have left it.
func (p batchPart) Output(i int) *layout.Tensor {
	t := p.outputs.Output(i)
	if len(t.Shape) == 0 || t.Shape[0] != int64(p.n) {
		return &layout.Tensor{Name: t.Name, Type: t.Type, Shape: t.Shape}
	}
	shape := slices.Clone(t.Shape)
	shape[0] = 1
	return &layout.Tensor{
		Name: t.Name, Type: t.Type, Shape: shape,
		Float32: portion(t.Float32, p.i, p.n), Int64: portion(t.Int64, p.i, p.n),
		Int32: portion(t.Int32, p.i, p.n),
	}
}

// agrees compares what single runs found with the batch, down to low scores: the strongest
// detections of each frame must be in both.
func (b *batch) agrees(d *Detector, singles [][]inference.Detection) bool {
	for i, want := range singles {
		got, err := d.read(b.part(i), b.slots[i].where, compareScore/2, nil)
		if err != nil {
			return false
		}
		for _, w := range want[:min(len(want), 20)] {
			same := func(g inference.Detection) bool { return nearlyEqual(w, g) }
			if !slices.ContainsFunc(got, same) {
				return false
			}
		}
	}
	return true
}

// nearlyEqual tells whether two detections differ by no more than what the order of additions in
// the engine changes.
func nearlyEqual(a, b inference.Detection) bool {
	near := func(x, y float32) bool { return math.Abs(float64(x-y)) < 0.01 }
	return a.Class == b.Class && math.Abs(float64(a.Score-b.Score)) < 0.02 &&
		near(a.Box.X1, b.Box.X1) && near(a.Box.Y1, b.Box.Y1) && near(a.Box.X2, b.Box.X2) &&
		near(a.Box.Y2, b.Box.Y2)
}
