package detector

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"handlens/inference/ort"
)

const (
	// tuneTimeout is how long a provider may take to be tried: to load, translate the model and run
	// it a few times.
	tuneTimeout = 30 * time.Second
	// timedRuns are measured, of which the median counts.
	timedRuns = 7
	// hopeless ends the measurement of a provider that is so many times slower than the processor.
	hopeless = 5
)

// timed is a session that was measured.
type timed struct {
	session engine
	median  time.Duration
	// cut is set when the measurement was ended because it was hopeless.
	cut bool
}

// Tune finds out what runs this model best on this computer: how many threads on the processor,
// and, if Options.Provider is "auto", whether something else is faster and gives the same answers.
// The winner takes over between two frames, so that Tune may run beside Detect, which is a little
// slower meanwhile. The result is stored in Options.TuneCache; when it is known already, Tune
// returns at once. It ends early with ctx.
func (d *Detector) Tune(ctx context.Context) error { return d.tuner.tune(ctx) }

func (t *tuner) tune(ctx context.Context) error {
	if t.cache.known() || t.named() {
		return nil
	}
	ref, err := t.detector.reference()
	if err != nil {
		return err
	}
	best, err := t.tuneThreads(ctx, ref)
	if err != nil {
		return err
	}
	r := tuneResult{Provider: "cpu", Threads: best.session.Threads()}
	var reasons []string
	for _, name := range t.candidates() {
		won, reason, err := t.tuneProvider(ctx, name, ref, best)
		if errors.Is(err, errStopped) {
			best.session.Close()
			return err
		}
		reasons = append(reasons, reason)
		if err == nil {
			best.session.Close()
			best, r.Provider = won, name
		}
	}
	r.Why = t.why(r.Provider, reasons)
	before := t.detector.Info()
	if err := t.detector.replace(best.session, activeProvider{
		provider: best.session.Provider(), why: r.Why, cpu: r.Provider == "cpu",
	}); err != nil {
		return err
	}
	if now := t.detector.Info(); now.Provider != before.Provider || now.Why != before.Why {
		t.tell()
	}
	return t.cache.remember(r)
}

// tuneThreads measures the processor with 1, 2, 4 … threads, as long as one core is left for other
// work, and returns the session with the fewest threads that is within a tenth of the best.
func (t *tuner) tuneThreads(ctx context.Context, ref *reference) (timed, error) {
	var all []timed
	defer func() {
		for _, m := range all {
			m.session.Close()
		}
	}()
	fastest := time.Duration(1<<63 - 1)
	for _, n := range threadCounts(t.options.Threads) {
		if ctx.Err() != nil {
			return timed{}, errStopped
		}
		m, err := t.measure(ort.Options{Threads: n}, ref, 0)
		if err != nil {
			return timed{}, err
		}
		all, fastest = append(all, m), min(fastest, m.median)
	}
	i := slices.IndexFunc(all, func(m timed) bool { return m.median <= fastest+fastest/10 })
	best := all[i]
	all = slices.Delete(all, i, i+1)
	return best, nil
}

// threadCounts are worth measuring: one core is left for decoding and painting, and more than 8
// threads have never helped a detector.
func threadCounts(asked int) []int {
	if asked > 0 {
		return []int{asked}
	}
	all := []int{1}
	for n := 2; n <= min(runtime.NumCPU()-1, 8); n *= 2 {
		all = append(all, n)
	}
	return all
}

// tuneProvider returns the session of a provider that gives the same answers faster than the best
// so far, else an error; and in any case a reason in words.
func (t *tuner) tuneProvider(ctx context.Context, name string, ref *reference,
	best timed,
) (timed, string, error) {
	words := ort.ProviderWords(name)
	release, err := t.marks.set(name)
	if err != nil {
		return timed{}, words + " " + err.Error(), err
	}
	defer release()
	m, err := inTime(ctx, tuneTimeout, func() (timed, error) {
		return t.measure(ort.Options{Provider: name}, ref, best.median)
	}, closeTimed)
	if err != nil {
		return m, fmt.Sprintf("%s was tried and cannot be used: %s", words, bareReason(err, words)),
			err
	}
	if err := t.detector.compare(ref, m.session); err != nil {
		m.session.Close()
		return m, fmt.Sprintf("%s gave other answers (%s)", words, err), err
	}
	if m.cut || m.median >= best.median {
		m.session.Close()
		return m, fmt.Sprintf("%s gave the same answers but %s (%s against %s)", words,
			slower(m.median, best.median), inMs(m.median), inMs(best.median)), errNotFaster
	}
	return m, fmt.Sprintf("%s gave the same answers and was %s faster than %s (%s against %s)",
		words, times(best.median, m.median), best.session.Provider(), inMs(m.median),
		inMs(best.median)), nil
}

var errNotFaster = errors.New("it is not faster")

func closeTimed(m timed, _ error) {
	if m.session != nil {
		m.session.Close()
	}
}

// openRun opens the model once more and runs it on the reference. The caller closes the session.
func (t *tuner) openRun(o ort.Options, ref *reference) (timed, error) {
	s, err := t.model.open(o)
	if err != nil {
		return timed{}, err
	}
	if err := ref.run(s); err != nil {
		s.Close()
		return timed{}, err
	}
	return timed{session: s}, nil
}

// measure opens the model once more and measures it. It gives up when that is hopeless against
// another time; 0 is none. The caller closes the session.
func (t *tuner) measure(o ort.Options, ref *reference, against time.Duration) (timed, error) {
	m, err := t.openRun(o, ref)
	if err != nil {
		return timed{}, err
	}
	if err := m.measure(against); err != nil {
		m.session.Close()
		return timed{}, err
	}
	return m, nil
}

func (m *timed) measure(against time.Duration) error {
	var took []time.Duration
	for range timedRuns {
		began := time.Now()
		if err := m.session.Run(); err != nil {
			return err
		}
		took = append(took, time.Since(began))
		if against > 0 && took[len(took)-1] > hopeless*against && len(took) > 1 {
			m.cut = true
			break
		}
	}
	slices.Sort(took)
	m.median = took[len(took)/2]
	return nil
}

// times says how many times b goes into a.
func times(a, b time.Duration) string {
	r := float64(a) / float64(max(b, 1))
	if r >= 10 {
		return fmt.Sprintf("%.0f times", r)
	}
	return fmt.Sprintf("%.1f times", r)
}

// slower says how much slower a is than b, which is faster or equal.
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
