package desktop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"handlens/app/priority"
	"handlens/app/session"
	"handlens/inference/detector"
	"handlens/inference/overlay"
	"handlens/inference/remote"
	"handlens/media/whip"
	"handlens/models"
	"handlens/ui"
)

// modelState is what is known of the detector.
type modelState struct {
	// State is "loading", "ready" or "failed".
	State session.ModelState
	// Name is the model's, "" while none is chosen.
	Name string
	// Info is filled in when it is ready.
	Info detector.Info
	// License is the catalogue's word, or else the model's own.
	License string
	// BuiltIn says that it is the starter, which is a part of the program.
	BuiltIn bool
	// Server is the address of a server that was asked for, whether it runs the model now or not.
	Server string
	// Choices are the models that are here or can be had.
	Choices []ui.ModelChoice
	// Err is why no model could be loaded, for ModelFailed, and for ModelReady why another model
	// than the chosen one is used, or none on the server; else nil.
	Err error
}

// detectorManager finds, loads and replaces the model in the background. load runs on goroutines of
// its own, one at a time. The changed function is told of each state and must not wait.
type detectorManager struct {
	ctx     context.Context // nothing is loaded after its end
	store   *models.Store
	worker  *session.Worker
	options detector.Options
	server  string // the address of the last one that was asked for
	changed func(modelState)

	loading sync.Mutex
	done    sync.WaitGroup

	mu       sync.Mutex
	state    modelState
	latest   *generation        // of the model that is in use
	stopLast context.CancelFunc // ends that generation
	page     whip.ModelFile     // the same model for pages; without Open while there is none
}

// use takes another model, or has another provider run it. It returns at once.
func (dm *detectorManager) use(nameOrFile, provider string) {
	dm.mu.Lock()
	dm.options.Provider = provider
	dm.mu.Unlock()
	dm.load(nameOrFile)
}

// load puts the model of that name or file to work, or the best one installed for "". Where it
// cannot be had, the best one that can stands in for it. It returns at once.
func (dm *detectorManager) load(nameOrFile string) {
	// The engine's threads inherit the priority of the one that makes them.
	dm.done.Go(func() {
		priority.Low(func() {
			dm.loading.Lock()
			defer dm.loading.Unlock()
			dm.loadFirst(nameOrFile, "", models.Starter)
		})
	})
}

// loadFirst loads the first of these that can be; of the others the first one's fault is told.
func (dm *detectorManager) loadFirst(names ...string) {
	var wanting, last error
	var first models.Model
	var tried []string // paths, since a file may have another model's name; the starter's is ""
	for _, name := range names {
		if dm.ctx.Err() != nil {
			return
		}
		m, err := dm.store.Find(name)
		if err == nil {
			if slices.Contains(tried, m.Path) {
				continue
			}
			if tried = append(tried, m.Path); len(tried) == 1 {
				first = m
			}
			err = dm.open(m, wanting)
		}
		if err == nil {
			return
		}
		if wanting == nil {
			wanting = err
		}
		last = err
	}
	if len(tried) > 0 {
		dm.describe(first) // nothing runs it here, but a phone may
	}
	// The starter lacks nothing, so that what it says is what is wrong with this computer.
	dm.set(modelState{State: session.ModelFailed, Name: models.Starter, Err: last})
}

// open puts a model to work. wanting is why the one that was chosen cannot be, or nil.
func (dm *detectorManager) open(m models.Model, wanting error) error {
	dm.set(modelState{State: session.ModelLoading, Name: m.Name, License: m.License})
	ctx, cancel := context.WithCancel(dm.ctx)
	g := &generation{manager: dm}
	dm.mu.Lock()
	o := dm.options
	if dm.stopLast != nil {
		dm.stopLast()
	}
	dm.latest, dm.stopLast = g, cancel
	if remote.IsAddress(o.Provider) {
		dm.server = o.Provider
	}
	g.server = dm.server
	dm.mu.Unlock()
	g.model, g.wanting = m, wanting
	d, put, err := g.open(o)
	if err != nil {
		return err
	}
	st := g.state(put.Info())
	dm.describe(m)
	if dm.ctx.Err() == nil {
		dm.set(st)
	}
	dm.worker.SetDetector(put) // which closes what comes after the end
	if served, ok := put.(*detector.Served); ok {
		dm.done.Go(func() { priority.Low(func() { served.Keep(ctx) }) })
	}
	// Phones need not wait for this, so it is done while the model is at work already. What fails
	// here changes nothing.
	dm.done.Go(func() {
		priority.Low(func() {
			if len(d.Review()) > len(st.Info.Warnings) {
				g.changed(put.Info())
			}
			_ = d.Tune(ctx)
		})
	})
	return nil
}

// get downloads a model on the user's word.
func (dm *detectorManager) get(
	ctx context.Context, name string, progress func(done, total int64),
) error {
	_, err := dm.store.Get(ctx, name, progress)
	return err
}

// choices are the models that are here or can be had.
func (dm *detectorManager) choices() []ui.ModelChoice {
	var all []ui.ModelChoice
	for _, e := range dm.store.List() {
		all = append(all, ui.ModelChoice{
			Offer: ui.Offer{
				Name: e.Name, Title: e.Title, License: e.License, Size: e.Size,
				MAP: e.COCOmAP,
			},
			Installed: e.Installed(),
		})
	}
	return all
}

// add copies a model into the store and returns its name there.
func (dm *detectorManager) add(path string) (string, error) {
	// What cannot be opened is refused here, where the user still looks, and not at the next start.
	if _, err := dm.check(path); err != nil {
		return "", err
	}
	m, err := dm.store.Add(path)
	return m.Name, err
}

// check opens a model file as it would be used, and returns what is known of it then.
func (dm *detectorManager) check(path string) (ui.Model, error) {
	dm.mu.Lock()
	o := dm.options
	dm.mu.Unlock()
	o.Provider = "cpu" // and no server
	if _, err := models.File(path); err != nil {
		return ui.Model{}, err
	}
	d, err := detector.Open(path, o)
	if err != nil {
		return ui.Model{}, err
	}
	defer d.Close()
	if err := d.Check(); err != nil {
		return ui.Model{}, err
	}
	return modelView(modelState{State: session.ModelReady, Info: d.Info()}), nil
}

// now returns what is known at this moment.
func (dm *detectorManager) now() modelState {
	dm.mu.Lock()
	defer dm.mu.Unlock()
	return dm.state
}

// set tells everybody of another state. It reads which models there are, since those who are told
// must not wait for the disk: they may hear of a provider's failure in the middle of a frame.
func (dm *detectorManager) set(st modelState) {
	st.Choices = dm.choices()
	dm.mu.Lock()
	dm.state = st
	dm.mu.Unlock()
	dm.changed(st)
}

// wait returns when nothing is being loaded any more.
func (dm *detectorManager) wait() { dm.done.Wait() }

// coloursSent bounds how many classes' colours go to a phone; with more classes the page chooses
// its own.
const coloursSent = 200

// text words Err in English, for scripts, phones and the terminal; the window has its own words.
func (st modelState) text() string {
	switch {
	case st.Err == nil:
		return ""
	case st.State == session.ModelFailed:
		return st.Err.Error()
	}
	text := fmt.Sprintf("The model %s is at work, since %s", st.Name, st.Err)
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// message tells a phone of the model, over the control channel, and of the colours in which its
// classes are drawn.
func (st modelState) message() session.ModelMessage {
	m := session.ModelMessage{
		Name: st.Name, State: st.State, Text: st.text(),
		Size: max(st.Info.InputWidth, st.Info.InputHeight),
	}
	if n := len(st.Info.Labels); n <= coloursSent {
		m.Colours = make(map[string]string, n)
		for class, label := range st.Info.Labels {
			c := overlay.Color(class)
			m.Colours[label] = fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
		}
	}
	return m
}
