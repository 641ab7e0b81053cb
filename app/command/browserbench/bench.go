// Package browserbench measures what it costs to detect on this computer and in a browser: with the
// program itself, in a process of its own, and real Chromiums, one for each device that takes part.
// The pages are those that people get, and detect as they do for them. Run works on the caller's
// goroutine and ends what it has started. It knows the pages only by what people tap, by their data
// channels, and by what their workers say.
package browserbench

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Options say what is measured.
type Options struct {
	Program string // the file of Handlens; "" is the one that runs
	Browser string // as FindBrowser returns it
	// ModelFile, Provider, Confidence and IoU are as in the options of Handlens.
	ModelFile, Provider string
	Confidence, IoU     float64
	Camera              string // the file that the camera plays, in the YUV4MPEG2 format
	Dir                 string // for files that are of no use afterwards
	Length              time.Duration
}

// The devices.
const (
	computer = "computer"
	phone    = "phone"
	viewer   = "viewer"
)

// start is how long a page and its model may take until the first boxes.
const start = 90 * time.Second

//go:embed page.js
var pageScript string

// bench is one measurement of all architectures.
type bench struct {
	Options
	version string // of the browser
	opened  int    // how many browsers
}

// Run measures one architecture after the other. Model and Source of the result are the caller's.
func Run(ctx context.Context, o Options) (*Result, error) {
	b := &bench{Options: o}
	r := &Result{Seconds: o.Length.Seconds(), CPUs: runtime.NumCPU(), Busy: loadAverage()}
	for _, m := range []struct {
		name, settings string
		of             func(context.Context, *program) (Architecture, error)
	}{
		{"I", `{}`, b.onComputer},
		{"II phone", `{"detectOn":"phone"}`, b.onPhone},
		{"II viewer", `{"share":true}`, b.inViewer},
	} {
		a, err := b.measure(ctx, m.settings, m.of)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		a.Name = m.name
		r.Architectures = append(r.Architectures, a)
	}
	r.Browser = b.version
	return r, nil
}

// measure starts the program with these settings, and measures one architecture with it.
func (b *bench) measure(ctx context.Context, settings string,
	of func(context.Context, *program) (Architecture, error),
) (Architecture, error) {
	dir, err := os.MkdirTemp(b.Dir, "program-")
	if err != nil {
		return Architecture{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(settings),
		0o600); err != nil {
		return Architecture{}, err
	}
	p, err := startProgram(ctx, b.Options, dir)
	if err != nil {
		return Architecture{}, err
	}
	defer p.close()
	return of(ctx, p)
}

// onComputer has the phone send its picture; results come back over the data channel.
func (b *bench) onComputer(ctx context.Context, p *program) (Architecture, error) {
	t, end, err := b.openPhone(ctx, p)
	if err != nil {
		return Architecture{}, err
	}
	defer end()
	m := &measurement{program: p, length: b.Length, boxes: t, phone: t}
	if err := m.run(ctx); err != nil {
		return Architecture{}, err
	}
	model, _ := p.wait(ctx, "model", func(e event) bool { return e.State == "ready" })
	a := m.architecture(computer, "ONNX Runtime, "+model.Provider)
	a.Engine, a.Whole = m.native()
	a.Flows = []Flow{
		{Device: phone, Bytes: m.rate(t, sent)},
		{Device: computer, Bytes: m.rate(t, received), Results: m.rate(t, told)},
	}
	a.Leaves = []string{
		fmt.Sprintf("the phone sends its video to the computer (%s)", m.after[t]),
		"the computer sends its boxes to the phone",
	}
	return a, nil
}

// onPhone has the phone's page detect, as the settings want it.
func (b *bench) onPhone(ctx context.Context, p *program) (Architecture, error) {
	t, end, err := b.openPhone(ctx, p)
	if err != nil {
		return Architecture{}, err
	}
	defer end()
	m := &measurement{program: p, length: b.Length, boxes: t, phone: t, own: true}
	if err := m.run(ctx); err != nil {
		return Architecture{}, explain(err)
	}
	a, err := m.inBrowser(ctx, phone)
	a.Flows = []Flow{
		{Device: phone, Bytes: m.rate(t, sent), Results: m.rate(t, found)},
		{Device: computer, Bytes: m.rate(t, received)},
	}
	a.Leaves = []string{
		fmt.Sprintf("the phone sends its boxes to the computer, and its video, to be shown and "+
			"recorded there (%s)", m.after[t]),
		"the computer sends the model and the engine, once",
	}
	return a, err
}

// inViewer has another browser watch the phone and detect by itself. The computer passes the video
// on; it detects as well, for its own window.
func (b *bench) inViewer(ctx context.Context, p *program) (Architecture, error) {
	from, endPhone, err := b.openPhone(ctx, p)
	if err != nil {
		return Architecture{}, err
	}
	defer endPhone()
	sharing, err := p.wait(ctx, "sharing", func(e event) bool { return e.URL != "" })
	if err != nil {
		return Architecture{}, err
	}
	to, endViewer, err := b.open(ctx, sharing.URL)
	if err != nil {
		return Architecture{}, err
	}
	defer endViewer()
	first, cancel := context.WithTimeout(ctx, start)
	defer cancel()
	if err := to.tap(first, "live", "#detect"); err != nil {
		return Architecture{}, fmt.Errorf("the viewer has no picture: %w", err)
	}
	m := &measurement{program: p, length: b.Length, boxes: to, phone: from, viewer: to, own: true}
	if err := m.run(ctx); err != nil {
		return Architecture{}, explain(err)
	}
	a, err := m.inBrowser(ctx, viewer)
	a.Flows = []Flow{
		{Device: phone, Bytes: m.rate(from, sent)},
		{
			Device: computer, Bytes: m.rate(from, received) + m.rate(to, received),
			Results: m.rate(from, told) + m.rate(to, told),
		},
		{Device: viewer, Bytes: m.rate(to, sent)},
	}
	a.Leaves = []string{
		fmt.Sprintf("the phone sends its video to the computer (%s), once for all viewers",
			m.after[from]),
		"the computer sends the same video to the viewer, the model and the engine, once, and " +
			"the boxes that it has found for itself to both",
		"the viewer sends nothing but acknowledgements",
	}
	return a, err
}

// openPhone opens the phone's page in a browser of its own, and starts the camera.
func (b *bench) openPhone(ctx context.Context, p *program) (*tab, func(), error) {
	t, end, err := b.open(ctx, p.url)
	if err != nil {
		return nil, nil, err
	}
	first, cancel := context.WithTimeout(ctx, start)
	defer cancel()
	if err := t.tap(first, "ready", "#start"); err != nil {
		end()
		return nil, nil, fmt.Errorf("the phone's page does not start: %w", err)
	}
	return t, end, nil
}

// tap waits for the page to be in a state in which a button works, and taps it.
func (t *tab) tap(ctx context.Context, state, button string) error {
	if err := t.until(ctx, fmt.Sprintf(`document.documentElement.dataset.state === %q && `+
		`!document.querySelector(%q).disabled`, state, button)); err != nil {
		return err
	}
	return t.evaluate(ctx, fmt.Sprintf(`document.querySelector(%q).click()`, button), nil)
}

// open starts a browser with a page in it, and returns what ends it.
func (b *bench) open(ctx context.Context, url string) (*tab, func(), error) {
	ctx, cancel := context.WithTimeout(ctx, start)
	defer cancel()
	b.opened++
	dir := filepath.Join(b.Dir, fmt.Sprint("browser-", b.opened))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, nil, err
	}
	running, err := startBrowser(ctx, b.Browser, b.Camera, dir)
	if err != nil {
		return nil, nil, err
	}
	b.version = running.version
	t, err := running.open(ctx, url, pageScript)
	if err == nil {
		err = t.until(ctx, `globalThis.bench && document.documentElement.dataset.state`)
	}
	if err != nil {
		running.close()
		return nil, nil, err
	}
	return t, running.close, nil
}

// explain says what is likely to be missing when a browser cannot detect.
func explain(err error) error {
	return fmt.Errorf("the browser cannot detect (%w); is the engine for browsers there? It lies "+
		"in the folder browser beside the program, or where HANDLENS_BROWSER says", err)
}
