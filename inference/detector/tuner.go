package detector

import (
	"slices"
	"strings"
	"sync/atomic"

	"handlens/inference/ort"
	"handlens/inference/remote"
)

// tuner finds out what runs a Detector's model best, puts that to work, and remembers it. It is the
// Detector's part that knows of providers.
type tuner struct {
	detector *Detector
	model    modelSource
	options  Options // Provider is in lower case
	cache    tuneCache
	marks    tryMarks
	active   atomic.Pointer[activeProvider]
	server   *remote.Client // what runs it; nil for this computer
}

// newTuner refuses a provider that cannot be available, and looks up what is known if there is a
// choice to make.
func newTuner(model modelSource, o Options) (*tuner, error) {
	t := &tuner{model: model, options: o}
	if t.named() {
		if err := ort.Offered(o.Provider); err != nil {
			return nil, err
		}
	}
	version, _, err := ort.LoadedVersion()
	if err != nil {
		return nil, err
	}
	where := hardwareID() + "; ONNX Runtime " + version
	if plugins := ort.Plugins(); len(plugins) > 0 {
		where += "; " + strings.Join(plugins, ", ")
	}
	t.marks = tryMarks{path: o.TuneCache, where: where}
	if o.TuneCache != "" && !t.named() {
		t.cache = newTuneCache(o.TuneCache, model, t.choice(), o.Threads, where)
	}
	return t, nil
}

// start puts the provider to work that was asked for by name, or is known to be best. Until then
// the processor runs the model.
func (t *tuner) start(known tuneResult) error {
	t.active.Store(&activeProvider{provider: cpuName, why: t.whyAtStart(known), cpu: true})
	switch {
	case t.named():
		return t.force(t.options.Provider)
	case known.Provider != "" && known.Provider != "cpu":
		t.restore(known)
	}
	return nil
}

// choice is "auto" or "cpu".
func (t *tuner) choice() string {
	if t.options.Provider == "auto" {
		return "auto"
	}
	return "cpu"
}

// named tells whether a certain device was asked for.
func (t *tuner) named() bool {
	return !slices.Contains([]string{"", "auto", "cpu"}, t.options.Provider)
}

// candidates are the devices worth trying, best first.
func (t *tuner) candidates() []string {
	var all []string
	if t.options.Provider == "auto" {
		for _, name := range Providers() {
			if name != "auto" && name != "cpu" {
				all = append(all, name)
			}
		}
	}
	return all
}

// whyAtStart is the sentence before anything was tried.
func (t *tuner) whyAtStart(known tuneResult) string {
	if known.Provider == "cpu" {
		return known.Why
	}
	if t.choice() == "auto" && len(t.candidates()) > 0 {
		return cpuName + ": nothing else has been tried with this model yet"
	}
	return t.why("cpu", nil)
}

// why is the sentence that says why a provider was chosen.
func (t *tuner) why(provider string, reasons []string) string {
	why := strings.Join(reasons, "; ")
	switch {
	case t.options.Provider == "":
		return ""
	case t.options.Provider == "cpu":
		why = "asked for by name"
	case why == "":
		why = "nothing else is available on this computer"
	}
	return ort.ProviderWords(provider) + ": " + why
}

// failed remembers that what runs fails in the middle, so that it is not chosen again.
func (t *tuner) failed(why string) {
	if t.choice() == "auto" {
		threads := t.cache.result().Threads
		// When it cannot be stored, the sentence is shown now all the same.
		_ = t.cache.remember(tuneResult{Provider: "cpu", Why: why, Threads: threads})
	}
}

// tell reports a change of the provider.
func (t *tuner) tell() {
	if changed := t.options.Changed; changed != nil {
		changed(t.detector.Info())
	}
}
