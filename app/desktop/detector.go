package desktop

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/inference/detector"
	"handlens/inference/overlay"
	"handlens/models"
	"handlens/ui"
)

// modelState is what is known of the detector.
type modelState struct {
	State session.ModelState
	// Name is the model's, "" while none is chosen.
	Name string
	// Info is filled in when it is ready.
	Info detector.Info
	// License is the catalogue's word, or else the model's own.
	License string
	// BuiltIn says that it is the starter, which is a part of the program.
	BuiltIn bool
	// Choices are the models that are here or can be had.
	Choices []ui.ModelChoice
	// Text is one sentence for ModelFailed, and for ModelReady when another model than the chosen one has to do; else "".
	Text string
}

// brain finds, loads and exchanges the model in the background. load runs on goroutines of its own, one at a time; everybody who
// wants to know is told by the changed function, which must not wait.
type brain struct {
	ctx     context.Context // nothing is loaded after its end
	store   *models.Store
	worker  *session.Worker
	options detector.Options
	changed func(modelState)

	loading sync.Mutex
	done    sync.WaitGroup

	mu       sync.Mutex
	state    modelState
	latest   *proof             // of the model that is in use
	stopLast context.CancelFunc // ends that proof
}

// proof is one model's time in use, in which what runs it may change.
type proof struct{ brain *brain }

// use takes another model, or has another provider run it. It returns at once.
func (b *brain) use(nameOrFile, provider string) {
	b.mu.Lock()
	b.options.Provider = provider
	b.mu.Unlock()
	b.load(nameOrFile)
}

// load puts the model of that name or file to work, or the best one installed for "". Where it cannot be had, the best one that can does its work. It
// returns at once.
func (b *brain) load(nameOrFile string) {
	b.done.Go(func() {
		b.loading.Lock()
		defer b.loading.Unlock()
		b.loadFirst(nameOrFile, "", models.Starter)
	})
}

// loadFirst loads the first of these that can be; of the others the first one's fault is told.
func (b *brain) loadFirst(names ...string) {
	var wanting, last error
	var tried []string // paths, since a file may have another model's name; the starter's is ""
	for _, name := range names {
		if b.ctx.Err() != nil {
			return
		}
		m, err := b.store.Find(name)
		if err == nil {
			if slices.Contains(tried, m.Path) {
				continue
			}
			tried = append(tried, m.Path)
			err = b.open(m, wanting)
		}
		if err == nil {
			return
		}
		if wanting == nil {
			wanting = err
		}
		last = err
	}
	// The starter lacks nothing, so that what it says is what is wrong with this computer.
	b.set(modelState{State: session.ModelFailed, Name: models.Starter, Text: last.Error()})
}

// open puts a model to work, in place of the one that was wanted if that is not nil.
func (b *brain) open(m models.Model, wanting error) error {
	b.set(modelState{State: session.ModelLoading, Name: m.Name, License: m.License})
	ctx, cancel := context.WithCancel(b.ctx)
	p := &proof{b}
	b.mu.Lock()
	o := b.options
	if b.stopLast != nil {
		b.stopLast()
	}
	b.latest, b.stopLast = p, cancel
	b.mu.Unlock()
	o.Changed = p.changed
	d, err := cli.OpenModel(m, o)
	if err != nil {
		return err
	}
	st := modelState{State: session.ModelReady, Info: d.Info(), BuiltIn: m.Data != nil}
	st.Name, st.License = st.Info.Name, cmp.Or(m.License, st.Info.License)
	if wanting != nil {
		st.Text = fmt.Sprintf("The model %s is at work, since %s", st.Name, wanting)
		if !strings.HasSuffix(st.Text, ".") && !strings.HasSuffix(st.Text, "?") {
			st.Text += "."
		}
	}
	if b.ctx.Err() == nil {
		b.set(st)
	}
	b.worker.SetDetector(d) // which closes what comes after the end
	// The phone need not wait for this, so that it is done while the model is at work already. What fails here changes nothing.
	b.done.Go(func() { _ = d.Tune(ctx) })
	return nil
}

// changed takes note that something else runs the model from now on, and tells everybody.
func (p *proof) changed(info detector.Info) {
	b := p.brain
	b.mu.Lock()
	st := b.state
	if b.latest != p || st.State != session.ModelReady {
		b.mu.Unlock()
		return
	}
	st.Info = info
	b.state = st
	b.mu.Unlock()
	b.changed(st)
}

// get downloads a model on the user's word.
func (b *brain) get(ctx context.Context, name string, progress func(done, total int64)) error {
	_, err := b.store.Get(ctx, name, progress)
	return err
}

// choices are the models that are here or can be had.
func (b *brain) choices() []ui.ModelChoice {
	var all []ui.ModelChoice
	for _, e := range b.store.List() {
		all = append(all, ui.ModelChoice{
			Offer:     ui.Offer{Name: e.Name, Title: e.Title, License: e.License, Size: e.Size, MAP: e.COCOmAP},
			Installed: e.Installed(),
		})
	}
	return all
}

// add copies a model into the store and returns its name there.
func (b *brain) add(path string) (string, error) {
	// What cannot be opened is refused here, where the user still looks, and not at the next start.
	b.mu.Lock()
	o := b.options
	b.mu.Unlock()
	o.Provider = "cpu"
	d, err := detector.Open(path, o)
	if err != nil {
		return "", err
	}
	err = d.Check()
	d.Close()
	if err != nil {
		return "", err
	}
	m, err := b.store.Add(path)
	return m.Name, err
}

// now returns what is known at this moment.
func (b *brain) now() modelState {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// set tells everybody of another state. It reads which models there are, since those who are told
// must not wait for the disk: they may hear of a provider's failure in the middle of a picture.
func (b *brain) set(st modelState) {
	st.Choices = b.choices()
	b.mu.Lock()
	b.state = st
	b.mu.Unlock()
	b.changed(st)
}

// wait returns when nothing is being loaded any more.
func (b *brain) wait() { b.done.Wait() }

// coloursSent bounds how many classes' colours go to a phone; with more classes the page chooses its own.
const coloursSent = 200

// message tells a phone of the model, over the control channel, and of the colours in which its
// classes are drawn.
func (st modelState) message() session.ModelMessage {
	m := session.ModelMessage{Name: st.Name, State: st.State, Text: st.Text}
	if n := len(st.Info.Labels); n <= coloursSent {
		m.Colours = make(map[string]string, n)
		for class, label := range st.Info.Labels {
			c := overlay.Color(class)
			m.Colours[label] = fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
		}
	}
	return m
}

// greeter tells each phone that introduces itself which model looks at its picture.
type greeter struct {
	session.NoSink
	p *program
}

// Hello implements session.Sink.
func (g greeter) Hello(s *session.Session) { s.Tell(g.p.brain.now().message()) }
