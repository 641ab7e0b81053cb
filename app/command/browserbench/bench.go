// Package browserbench measures what it costs to detect on this computer and in a browser: with the
// program itself, in a process of its own, and real Chromiums, one for each device that takes part.
// Run works on the caller's goroutine and ends what it has started. It knows the pages only by what
// people tap, by their data channels, and by assets/web/detect.
package browserbench

import (
	"context"
	_ "embed"
	"encoding/json"
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
	program *program
	version string // of the browser
	opened  int    // how many browsers
	codec   string // that the phone has chosen
}

// Run measures one architecture after the other. Model and Source of the result are the caller's.
func Run(ctx context.Context, o Options) (*Result, error) {
	b := &bench{Options: o}
	r := &Result{Seconds: o.Length.Seconds(), CPUs: runtime.NumCPU(), Busy: loadAverage()}
	var err error
	if b.program, err = startProgram(ctx, o, o.Dir); err != nil {
		return nil, err
	}
	defer b.program.close()
	for _, measure := range []func(context.Context) (Architecture, error){
		b.onComputer, b.onPhone, b.inViewer,
	} {
		a, err := measure(ctx)
		if err != nil {
			return nil, err
		}
		r.Architectures = append(r.Architectures, a)
	}
	r.Browser = b.version
	return r, nil
}

// onComputer has the phone send its picture; results come back over the data channel.
func (b *bench) onComputer(ctx context.Context) (Architecture, error) {
	t, end, err := b.open(ctx)
	if err != nil {
		return Architecture{}, err
	}
	defer end()
	for _, step := range []func() error{
		func() error { return t.until(ctx, `document.documentElement.dataset.state === "ready"`) },
		func() error { return t.evaluate(ctx, `document.querySelector("#start").click()`, nil) },
	} {
		if err := step(); err != nil {
			return Architecture{}, err
		}
	}
	m := &measurement{bench: b, boxes: t, phone: t}
	if err := m.run(ctx); err != nil {
		return Architecture{}, err
	}
	b.codec = m.after[t].Codec
	model, _ := b.program.wait(ctx, "model", func(e event) bool { return e.State == "ready" })
	a := m.architecture("I", computer, "ONNX Runtime, "+model.Provider)
	a.Engine, a.Whole = m.native()
	a.Flows = []Flow{
		{Device: phone, Bytes: m.rate(t, sent)},
		{Device: computer, Bytes: m.rate(t, received), Results: m.rate(t, results)},
	}
	a.Leaves = []string{
		fmt.Sprintf("the phone sends its video to the computer (%s)", m.after[t]),
		"the computer sends its boxes to the phone",
	}
	return a, nil
}

// onPhone has the phone's page detect by itself, in the context of the page: once the page does so
// on the computer's word ("detect" of the message "set"), this is the place to have it say that
// word, and to wait for boxes on the channel in the other direction.
func (b *bench) onPhone(ctx context.Context) (Architecture, error) {
	t, end, err := b.open(ctx)
	if err != nil {
		return Architecture{}, err
	}
	defer end()
	var ready webEngine
	if err := t.evaluate(ctx, b.call("detect"), &ready); err != nil {
		return Architecture{}, b.explain(err)
	}
	m := &measurement{bench: b, boxes: t, phone: t}
	if err := m.run(ctx); err != nil {
		return Architecture{}, err
	}
	a := m.architecture("II phone", phone, ready.String())
	a.Engine, a.Whole = m.web()
	a.Flows = []Flow{
		{Device: phone, Bytes: m.rate(t, results), Results: m.rate(t, results)},
		{Device: computer},
	}
	a.Leaves = []string{
		"the phone sends nothing but boxes to the computer, and no picture; where the computer " +
			"is to show the picture, the video of I comes on top",
		"the computer sends the model and the engine, once",
	}
	return a, nil
}

// inViewer has another browser watch the phone and detect by itself. The video goes peer to peer: a
// page of viewers that has it by way of the program would add what the program needs to pass it on.
func (b *bench) inViewer(ctx context.Context) (Architecture, error) {
	from, endPhone, err := b.open(ctx)
	if err != nil {
		return Architecture{}, err
	}
	defer endPhone()
	to, endViewer, err := b.open(ctx)
	if err != nil {
		return Architecture{}, err
	}
	defer endViewer()
	var offer, answer string
	if err := from.evaluate(ctx, call("offer", b.codec), &offer); err != nil {
		return Architecture{}, err
	}
	if err := to.evaluate(ctx, call("answer", offer), &answer); err != nil {
		return Architecture{}, err
	}
	if err := from.evaluate(ctx, call("accept", answer), nil); err != nil {
		return Architecture{}, err
	}
	var ready webEngine
	if err := to.evaluate(ctx, b.call("watch"), &ready); err != nil {
		return Architecture{}, b.explain(err)
	}
	m := &measurement{bench: b, boxes: to, phone: from, viewer: to}
	if err := m.run(ctx); err != nil {
		return Architecture{}, err
	}
	a := m.architecture("II viewer", viewer, ready.String())
	a.Engine, a.Whole = m.web()
	a.Flows = []Flow{
		{Device: phone, Bytes: m.rate(from, sent)},
		{Device: computer},
		{Device: viewer, Bytes: m.rate(to, sent)},
	}
	a.Leaves = []string{
		fmt.Sprintf("the phone sends its video to the viewer (%s), and to each further viewer "+
			"again", m.after[from]),
		"the viewer sends nothing but acknowledgements; the computer the model and the engine, " +
			"once",
	}
	return a, nil
}

// open starts a browser with the phone's page in it, and returns what ends it.
func (b *bench) open(ctx context.Context) (*tab, func(), error) {
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
	t, err := running.open(ctx, b.program.url, pageScript)
	if err == nil {
		err = t.until(ctx, `globalThis.bench && document.documentElement.dataset.state`)
	}
	if err != nil {
		running.close()
		return nil, nil, err
	}
	return t, running.close, nil
}

// call is a call of one of the functions of page.js.
func call(function string, argument any) string {
	data, _ := json.Marshal(argument) // such plain values always can be
	return fmt.Sprintf("bench.%s(%s)", function, data)
}

// call is one with what detection needs.
func (b *bench) call(function string) string {
	return call(function, map[string]any{
		"token":  b.program.token(),
		"limits": map[string]float64{"confidence": b.Confidence, "iou": b.IoU},
	})
}

// explain says what is likely to be missing when a browser cannot detect.
func (b *bench) explain(err error) error {
	return fmt.Errorf("the browser cannot detect (%w); is the engine for browsers there? It lies "+
		"in the folder browser beside the program, or where HANDLENS_BROWSER says", err)
}
