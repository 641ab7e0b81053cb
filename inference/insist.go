package inference

import (
	"context"
	"errors"
	"fmt"

	"handlens/inference/ort"
)

// insist moves the model to a provider that was asked for by name. It need not be fast, but right.
func (d *Detector) insist(name string) error {
	ex, err := d.example()
	if err != nil {
		return err
	}
	release := d.history.markAnyway(name)
	defer release()
	words := ort.ProviderWords(name)
	t, err := inTime(context.Background(), insistTime, func() (trial, error) {
		return d.openOn(name, ex)
	}, closeTrial)
	if err != nil {
		if errors.Is(err, ErrProvider) {
			return err
		}
		return fmt.Errorf("%w: %s does not run this model: %s", ErrProvider, words,
			bareReason(err, words))
	}
	if err := d.sameAnswers(ex, t.session); err != nil {
		t.session.Close()
		return fmt.Errorf("%w: %s gives other answers for this model than the processor (%w); "+
			"choose auto or cpu", ErrProvider, words, err)
	}
	return d.replace(t.session,
		running{
			provider: words,
			why:      words + ": asked for by name; it gives the same answers as the CPU",
		})
}

// resume moves the model to what was proved before. Where that does not work any more, the
// processor goes on and the words say so.
func (d *Detector) resume(v verdict) {
	words := ort.ProviderWords(v.Provider)
	failed := func(reason string) {
		d.history.forget()
		d.now.Store(&running{
			provider: cpuWords,
			why:      fmt.Sprintf("%s: %s was faster before, but now: %s", cpuWords, words, reason),
			cpu:      true,
		})
	}
	ex, err := d.example()
	if err != nil {
		return
	}
	release, err := d.history.mark(v.Provider)
	if err != nil {
		failed(err.Error())
		return
	}
	defer release()
	t, err := inTime(context.Background(), resumeTime, func() (trial, error) {
		return d.openOn(v.Provider, ex)
	}, closeTrial)
	if err == nil {
		if err = d.sameAnswers(ex, t.session); err != nil {
			t.session.Close()
		}
	}
	if err != nil {
		failed(bareReason(err, words))
		return
	}
	_ = d.replace(t.session, running{provider: words, why: v.Why}) // it fails only when closed
}

// openOn opens the model on a provider and runs the example once.
func (d *Detector) openOn(name string, ex *example) (trial, error) {
	s, err := d.history.source.open(ort.Options{Provider: name})
	if err != nil {
		return trial{}, err
	}
	t := trial{session: s}
	if err := t.once(ex); err != nil {
		s.Close()
		return trial{}, err
	}
	return t, nil
}
