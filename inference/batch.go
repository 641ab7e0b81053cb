package inference

import (
	"fmt"
	"math"
	"slices"
	"time"

	"handlens/inference/ort"
	"handlens/media"
)

// Result is what one picture of several gave: see [Detector.DetectBatch].
type Result struct {
	Found []Detection
	// Timing is what the picture waited for: where several went through the engine in one run, the
	// time of all of them.
	Timing Timing
	Err    error
}

// What is known of looking at so many pictures in one run.
const (
	untried uint32 = iota
	refused
	gains
)

const (
	// maxBatch bounds how many pictures go through the engine in one run. Two and four are tried.
	maxBatch = 4
	// trials is how many times a batch is compared with single runs; in ten times as many something
	// must have been seen.
	trials = 5
	// worthwhile is the share of the single runs' time that a batch may take at most, so that noise
	// does not decide.
	worthwhile = 0.9
	// maxTrial bounds how long a batch may be expected to take: a slower model isn't tried, since
	// the trial itself would hold the pictures up.
	maxTrial = 300 * time.Millisecond
	// trialScore is the least score that answers are compared from.
	trialScore = 0.05
)

// batch runs the model on n pictures at once.
type batch struct {
	n       int
	session *ort.Session
	slots   []slot
	timing  Timing

	// rounds counts the trials, told those in which anything was seen.
	rounds, told    int
	single, jointly []time.Duration
}

// Batch says how many pictures to hand to [Detector.DetectBatch] when so many may be waiting; 1
// where no more gain. It does not wait for a Detect that runs.
func (d *Detector) Batch(waiting int) int {
	n := 1
	for k := 2; k <= min(waiting, maxBatch); k *= 2 {
		switch d.verdicts[k].Load() {
		case refused:
			return n
		case untried:
			return k
		}
		n = k
	}
	return n
}

// DetectBatch looks at several pictures, of any sizes, and answers for each in its place. Two or
// four of them go through the engine in one run where that is proved to gain: the first few times
// both ways are taken on the same pictures, and one run stays only if it gives the same answers in
// clearly less time. Models whose batch axis is fixed are run once for each picture.
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
		case d.verdicts[n].Load() == untried:
			results = append(results, d.try(part)...)
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

// jointly answers by a batch that is proved; when that fails, by single runs from here on.
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

func (d *Detector) singly(frames []*media.Frame) []Result {
	results := make([]Result, len(frames))
	for i, f := range frames {
		results[i] = d.single(f)
	}
	return results
}

// refuse gives a batch's memory back; it isn't tried again.
func (d *Detector) refuse(n int) {
	d.verdicts[n].Store(refused)
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

// try answers by single runs, and goes on with the proof of the batch on the same pictures.
func (d *Detector) try(frames []*media.Frame) []Result {
	n := len(frames)
	var took time.Duration
	results := make([]Result, n)
	loose := make([][]Detection, n)
	for i, f := range frames {
		results[i] = d.single(f)
		if results[i].Err != nil {
			return append(results[:i+1], d.singly(frames[i+1:])...) // nothing to compare with
		}
		took += results[i].Timing.Total()
		loose[i], _ = d.read(d.session, d.slot.where, trialScore, nil)
	}
	b, err := d.batchOf(n, took)
	if err != nil {
		d.refuse(n)
		return results
	}
	if b.prepare(d, frames) != nil {
		d.refuse(n)
		return results
	}
	joint, err := b.run(d)
	if err != nil || !b.agrees(d, loose) {
		d.refuse(n)
		return results
	}
	b.single, b.jointly = append(b.single, took), append(b.jointly, joint[0].Timing.Total())
	b.judge(d, loose)
	return results
}

// judge counts a trial in, and decides after the last one.
func (b *batch) judge(d *Detector, loose [][]Detection) {
	b.rounds++
	if slices.ContainsFunc(loose, func(l []Detection) bool { return len(l) > 0 }) {
		b.told++
	}
	switch {
	case b.told >= trials && middle(b.jointly) <= worthwhile*middle(b.single):
		d.verdicts[b.n].Store(gains)
	case b.told >= trials || b.rounds >= 10*trials:
		d.refuse(b.n)
	}
}

func middle(list []time.Duration) float64 {
	slices.Sort(list)
	return float64(list[len(list)/2])
}

// batchOf returns the batch of n pictures, made the first time; singly they just took so long.
func (d *Detector) batchOf(n int, took time.Duration) (*batch, error) {
	if b := d.batches[n]; b != nil {
		return b, nil
	}
	if took > maxTrial {
		return nil, fmt.Errorf("%d pictures take %v", n, took)
	}
	b := &batch{n: n, session: d.session.Fork(), slots: make([]slot, n)}
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

// prepare fills the input with n pictures. It fails when one of them is broken.
func (b *batch) prepare(d *Detector, frames []*media.Frame) error {
	began := time.Now()
	for i, f := range frames {
		if err := d.fill(f, inputOf(b.session.Input(d.input.image), i, b.n),
			&b.slots[i]); err != nil {
			return err
		}
	}
	b.timing.Preprocess = time.Since(began)
	return nil
}

// run looks at the pictures that were prepared. An error is the whole batch's.
func (b *batch) run(d *Detector) ([]Result, error) {
	prepared := time.Now()
	if err := b.session.Run(); err != nil {
		return nil, err
	}
	ran := time.Now()
	results := make([]Result, b.n)
	for i := range results {
		var err error
		if results[i].Found, err = d.read(b.of(i), b.slots[i].where, d.Confidence(),
			nil); err != nil {
			return nil, err
		}
	}
	b.timing.Run, b.timing.Decode = ran.Sub(prepared), time.Since(ran)
	for i := range results {
		results[i].Timing = b.timing
	}
	return results, nil
}

// part is what the outputs hold of one picture of a batch.
type part struct {
	*batch
	i int
}

func (b *batch) of(i int) part { return part{b, i} }

// Output implements outputs: the output as a run of this picture alone would have left it.
func (p part) Output(i int) *ort.Tensor {
	t := p.session.Output(i)
	if len(t.Shape) == 0 || t.Shape[0] != int64(p.n) {
		return &ort.Tensor{Name: t.Name, Type: t.Type, Shape: t.Shape}
	}
	shape := slices.Clone(t.Shape)
	shape[0] = 1
	return &ort.Tensor{
		Name: t.Name, Type: t.Type, Shape: shape,
		Float32: portion(t.Float32, p.i, p.n), Int64: portion(t.Int64, p.i, p.n),
		Int32: portion(t.Int32, p.i, p.n),
	}
}

// agrees compares what the single runs found with the batch, down to low scores: the strongest of
// each picture must be there again.
func (b *batch) agrees(d *Detector, loose [][]Detection) bool {
	for i, want := range loose {
		got, err := d.read(b.of(i), b.slots[i].where, trialScore/2, nil)
		if err != nil {
			return false
		}
		for _, w := range want[:min(len(want), 20)] {
			if !slices.ContainsFunc(got, func(g Detection) bool { return alike(w, g) }) {
				return false
			}
		}
	}
	return true
}

// alike tells whether two detections are the same but for what the order of additions changes.
func alike(a, b Detection) bool {
	near := func(x, y float32) bool { return math.Abs(float64(x-y)) < 0.01 }
	return a.Class == b.Class && math.Abs(float64(a.Score-b.Score)) < 0.02 &&
		near(a.Box.X1, b.Box.X1) && near(a.Box.Y1, b.Box.Y1) && near(a.Box.X2, b.Box.X2) &&
		near(a.Box.Y2, b.Box.Y2)
}
