package inference

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handlens/inference/ort"
)

const (
	// trialTime is how long a provider may take to be proved: to load, translate the model and run
	// it some times.
	trialTime = 30 * time.Second
	// insistTime is the same for one that was asked for by name: TensorRT may think for minutes
	// about a new model.
	insistTime = 5 * time.Minute
	// resumeTime is the same for one that was proved before, and is waited for.
	resumeTime = 10 * time.Second
	// trialRuns are timed, of which the median counts.
	trialRuns = 7
	// hopeless ends the timing of a provider that is so many times slower than the processor.
	hopeless = 5
)

// example is the drawn picture as the model sees it, and what the processor answers.
type example struct {
	inputs, outputs []ort.Tensor
	where           Transform
	found           []Detection
}

// trial is what a provider or a number of threads came to.
type trial struct {
	session *ort.Session
	median  time.Duration
	// short is set when the timing was given up since it was hopeless.
	short bool
}

// Prove finds out what runs this model best here: how many threads on the processor, and, where
// Options.Provider is "auto", whether something else is faster and gives the same answers. What
// wins takes over between two pictures, so that it may run beside Detect, which is a little slower
// meanwhile. The verdict goes to Options.Verdicts, and where it is known already Prove returns at
// once. It ends early with ctx.
func (d *Detector) Prove(ctx context.Context) error {
	t := d.history
	if t.known() || t.named() {
		return nil
	}
	ex, err := d.example()
	if err != nil {
		return err
	}
	best, err := d.proveThreads(ctx, ex)
	if err != nil {
		return err
	}
	v := verdict{Provider: "cpu", Threads: best.session.Threads()}
	var reasons []string
	for _, name := range t.candidates() {
		won, reason, err := d.proveProvider(ctx, name, ex, best)
		if errors.Is(err, errStopped) {
			best.session.Close()
			return err
		}
		reasons = append(reasons, reason)
		if err == nil {
			best.session.Close()
			best, v.Provider = won, name
		}
	}
	v.Why = t.sentence(v, reasons)
	before := d.Info()
	if err := d.replace(best.session,
		running{
			provider: best.session.Provider(), why: v.Why,
			cpu: v.Provider == "cpu",
		}); err != nil {
		return err
	}
	if now := d.Info(); now.Provider != before.Provider || now.Why != before.Why {
		d.tell()
	}
	return t.remember(v)
}

// example draws the picture and has the processor look at it.
func (d *Detector) example() (*example, error) {
	f := drawExample()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session == nil {
		return nil, ErrClosed
	}
	if err := d.preprocess(f); err != nil {
		return nil, err
	}
	if err := d.session.Run(); err != nil {
		return nil, err
	}
	ex := &example{
		inputs: cloneTensors(len(d.session.Inputs()), d.session.Input),
		where:  d.slot.where,
	}
	return ex, d.answers(ex, d.session)
}

// answers reads what a session has answered to the example. d.mu is held.
func (d *Detector) answers(ex *example, s *ort.Session) (err error) {
	ex.outputs = cloneTensors(len(s.Outputs()), s.Output)
	ex.found, err = d.read(s, ex.where, d.Confidence(), nil)
	return err
}

// proveThreads times the processor with 1, 2, 4 … threads, as long as one processor is left for
// other work, and returns the session with the fewest that are within a tenth of the best.
func (d *Detector) proveThreads(ctx context.Context, ex *example) (trial, error) {
	var all []trial
	defer func() {
		for _, t := range all {
			t.session.Close()
		}
	}()
	fastest := time.Duration(1<<63 - 1)
	for _, n := range threadCounts(d.history.options.Threads) {
		if ctx.Err() != nil {
			return trial{}, errStopped
		}
		t, err := d.attempt(ort.Options{Threads: n}, ex, 0)
		if err != nil {
			return trial{}, err
		}
		all, fastest = append(all, t), min(fastest, t.median)
	}
	i := slices.IndexFunc(all, func(t trial) bool { return t.median <= fastest+fastest/10 })
	best := all[i]
	all = slices.Delete(all, i, i+1)
	return best, nil
}

// proveProvider returns the trial of a provider that gives the same answers faster than the best so
// far, and in any case words on it.
func (d *Detector) proveProvider(ctx context.Context, name string, ex *example, best trial) (trial,
	string, error,
) {
	words := ort.ProviderWords(name)
	release, err := d.history.mark(name)
	if err != nil {
		return trial{}, words + " " + err.Error(), err
	}
	defer release()
	t, err := inTime(ctx, trialTime, func() (trial, error) {
		return d.attempt(ort.Options{Provider: name}, ex, best.median)
	}, closeTrial)
	if err != nil {
		return t, fmt.Sprintf("%s was tried and cannot be used: %s", words, bareReason(err, words)),
			err
	}
	if err := d.sameAnswers(ex, t.session); err != nil {
		t.session.Close()
		return t, fmt.Sprintf("%s gave other answers (%s)", words, err), err
	}
	if t.short || t.median >= best.median {
		t.session.Close()
		return t,
			fmt.Sprintf("%s gave the same answers but %s (%s against %s)", words,
				slower(t.median, best.median),
				inMs(t.median), inMs(best.median)), errNotFaster
	}
	return t,
		fmt.Sprintf("%s gave the same answers and was %s faster than %s (%s against %s)", words,
			times(best.median, t.median),
			best.session.Provider(), inMs(t.median), inMs(best.median)), nil
}

var errNotFaster = errors.New("it is not faster")

func closeTrial(t trial, _ error) {
	if t.session != nil {
		t.session.Close()
	}
}

// attempt opens the model anew and times it on the example; against is what it is held against, or
// 0. The caller closes the session.
func (d *Detector) attempt(o ort.Options, ex *example, against time.Duration) (trial, error) {
	s, err := d.history.source.open(o)
	if err != nil {
		return trial{}, err
	}
	t := trial{session: s}
	if err := t.measure(ex, against); err != nil {
		s.Close()
		return trial{}, err
	}
	return t, nil
}

// once gives the session the example and runs it.
func (t *trial) once(ex *example) error {
	shapes := make([][]int64, len(ex.inputs))
	for i := range shapes {
		shapes[i] = ex.inputs[i].Shape
	}
	if err := t.session.Allocate(shapes...); err != nil {
		return err
	}
	for i := range ex.inputs {
		copyTensor(t.session.Input(i), &ex.inputs[i])
	}
	return t.session.Run()
}

// measure times the session, and gives up when it is hopeless against another time; 0 is none.
func (t *trial) measure(ex *example, against time.Duration) error {
	if err := t.once(ex); err != nil {
		return err
	}
	var took []time.Duration
	for range trialRuns {
		began := time.Now()
		if err := t.session.Run(); err != nil {
			return err
		}
		took = append(took, time.Since(began))
		if against > 0 && took[len(took)-1] > hopeless*against && len(took) > 1 {
			t.short = true
			break
		}
	}
	slices.Sort(took)
	t.median = took[len(took)/2]
	return nil
}

// times says how many times as much a is as b.
func times(a, b time.Duration) string {
	r := float64(a) / float64(max(b, 1))
	if r >= 10 {
		return fmt.Sprintf("%.0f times", r)
	}
	return fmt.Sprintf("%.1f times", r)
}

// slower says how much slower a is than b, which it is.
func slower(a, b time.Duration) string {
	if float64(a) < 1.05*float64(b) {
		return "was no faster"
	}
	return "was " + times(a, b) + " slower"
}

func inMs(t time.Duration) string {
	text := fmt.Sprintf("%.1f", float64(t)/float64(time.Millisecond))
	if t >= 10*time.Millisecond {
		text, _, _ = strings.Cut(text, ".")
	}
	return text + " ms"
}
