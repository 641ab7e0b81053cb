package detector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handlens/inference/ort"
)

const (
	// forceTimeout is how long a provider may take that was asked for by name: TensorRT may work
	// for minutes on a new model.
	forceTimeout = 5 * time.Minute
	// restoreTimeout is the same for one that was found to be best before, which delays the start.
	restoreTimeout = 10 * time.Second
)

// force moves the model to a provider that was asked for by name. It need not be fast, but must
// give the right answers.
func (t *tuner) force(name string) error {
	ref, err := t.detector.reference()
	if err != nil {
		return err
	}
	release := t.marks.setAnyway(name)
	defer release()
	words := ort.ProviderWords(name)
	m, err := inTime(context.Background(), forceTimeout, func() (timed, error) {
		return t.openRun(ort.Options{Provider: name}, ref)
	}, closeTimed)
	if err != nil {
		if errors.Is(err, ErrProvider) {
			return err
		}
		return fmt.Errorf("%w: %s does not run this model: %s", ErrProvider, words,
			bareReason(err, words))
	}
	if err := t.detector.compare(ref, m.session); err != nil {
		m.session.Close()
		return fmt.Errorf("%w: %s gives other answers for this model than the processor (%w); "+
			"choose auto or cpu", ErrProvider, words, err)
	}
	return t.detector.replace(m.session, activeProvider{
		provider: words,
		why:      words + ": asked for by name; it gives the same answers as the CPU",
	})
}

// restore moves the model to what was found to be best before. If that no longer works, the
// processor goes on and the sentence says so.
func (t *tuner) restore(known tuneResult) {
	words := ort.ProviderWords(known.Provider)
	failed := func(reason string) {
		t.cache.forget()
		t.active.Store(&activeProvider{
			provider: cpuName,
			why:      fmt.Sprintf("%s: %s was faster before, but now: %s", cpuName, words, reason),
			cpu:      true,
		})
	}
	ref, err := t.detector.reference()
	if err != nil {
		return
	}
	release, err := t.marks.set(known.Provider)
	if err != nil {
		failed(err.Error())
		return
	}
	defer release()
	m, err := inTime(context.Background(), restoreTimeout, func() (timed, error) {
		return t.openRun(ort.Options{Provider: known.Provider}, ref)
	}, closeTimed)
	if err == nil {
		if err = t.detector.compare(ref, m.session); err != nil {
			m.session.Close()
		}
	}
	if err != nil {
		failed(bareReason(err, words))
		return
	}
	// It fails only when the Detector is closed.
	_ = t.detector.replace(m.session, activeProvider{provider: words, why: known.Why})
}
