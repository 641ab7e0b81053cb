package browserbench

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"time"
)

// measurement is that of one architecture, between two moments.
type measurement struct {
	program       *program
	length        time.Duration
	boxes         *tab // where boxes come to be known
	phone, viewer *tab // viewer may be nil
	own           bool // it is that page which finds them, not the computer

	began, ended  time.Time
	noted         []box
	mark          int // in the program's events
	before, after map[*tab]counters
	loads         []Load
}

// box is one detection as page.js notes it, in milliseconds; nil is unknown.
type box struct {
	Known *float64 `json:"known"`
	Drawn *float64 `json:"drawn"`
	Took  *struct {
		Prepare, Run, Decode float64
	} `json:"took"`
}

// counters are what a page has sent and received so far.
type counters struct {
	Sent     float64 `json:"sent"`
	Received float64 `json:"received"`
	// Found and Told are boxes that were sent and received; they are among the others.
	Found  float64 `json:"found"`
	Told   float64 `json:"told"`
	Codec  string  `json:"codec"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
}

func sent(c counters) float64     { return c.Sent }
func received(c counters) float64 { return c.Received }
func found(c counters) float64    { return c.Found }
func told(c counters) float64     { return c.Told }

// String is what the video is.
func (c counters) String() string {
	return fmt.Sprintf("%d × %d, %s", c.Width, c.Height, strings.TrimPrefix(c.Codec, "video/"))
}

// webEngine is what runs a model in a browser.
type webEngine struct {
	Provider string `json:"provider"`
	Threads  int    `json:"threads"`
}

func (e webEngine) String() string {
	if e.Provider == "webgpu" {
		return "ONNX Runtime Web, WebGPU"
	}
	return fmt.Sprintf("ONNX Runtime Web, WASM × %d", e.Threads)
}

// warmUp is how long it runs before it is measured, at most: encoders and engines settle.
const warmUp = 3 * time.Second

// run waits for the first boxes, and measures from a while later on.
func (m *measurement) run(ctx context.Context) error {
	first, cancel := context.WithTimeout(ctx, start)
	defer cancel()
	if err := m.boxes.until(first, m.script()+".length"); err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("no boxes have come within %v", start)
		}
		return err
	}
	if err := pause(ctx, min(warmUp, m.length/2)); err != nil {
		return err
	}
	before, err := m.usages(ctx)
	if err != nil {
		return err
	}
	if m.before, err = m.counters(ctx); err != nil {
		return err
	}
	if err := m.boxes.evaluate(ctx, "bench.begin()", nil); err != nil {
		return err
	}
	m.began, m.mark = time.Now(), m.program.mark()
	if err := pause(ctx, m.length); err != nil {
		return err
	}
	if err := m.boxes.evaluate(ctx, m.script(), &m.noted); err != nil {
		return err
	}
	m.ended = time.Now()
	if m.after, err = m.counters(ctx); err != nil {
		return err
	}
	after, err := m.usages(ctx)
	if err != nil {
		return err
	}
	for i, d := range []string{computer, phone, viewer}[:len(after)] {
		m.loads = append(m.loads, load(d, before[i], after[i]))
	}
	return nil
}

// script has the page tell what it has noted.
func (m *measurement) script() string { return fmt.Sprintf("bench.boxes(%t)", m.own) }

// pages are those that take part.
func (m *measurement) pages() []*tab {
	if m.viewer == nil {
		return []*tab{m.phone}
	}
	return []*tab{m.phone, m.viewer}
}

// usages are the program's and each browser's.
func (m *measurement) usages(ctx context.Context) ([]usage, error) {
	all := []usage{m.program.usage()}
	for _, t := range m.pages() {
		u, err := t.of.usage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, nil
}

func (m *measurement) counters(ctx context.Context) (map[*tab]counters, error) {
	all := map[*tab]counters{}
	for _, t := range m.pages() {
		var c counters
		if err := t.evaluate(ctx, "bench.counters()", &c); err != nil {
			return nil, err
		}
		all[t] = c
	}
	return all, nil
}

// rate is how much of something there was in a second.
func (m *measurement) rate(t *tab, of func(counters) float64) float64 {
	return round((of(m.after[t])-of(m.before[t]))/m.ended.Sub(m.began).Seconds(), 0)
}

// architecture is what all have in common.
func (m *measurement) architecture(infer, by string) Architecture {
	var known, drawn []float64
	for _, b := range m.noted {
		if b.Known != nil {
			known = append(known, *b.Known)
		}
		if b.Drawn != nil {
			drawn = append(drawn, *b.Drawn)
		}
	}
	return Architecture{
		Infer: infer, By: by, Known: quantilesOf(known), Drawn: quantilesOf(drawn),
		Rate:  round(float64(len(m.noted))/m.ended.Sub(m.began).Seconds(), 1),
		Loads: m.loads,
	}
}

// inBrowser is what those have in common in which a browser infers.
func (m *measurement) inBrowser(ctx context.Context, infer string) (Architecture, error) {
	var ready webEngine
	if err := m.boxes.evaluate(ctx, "bench.engine()", &ready); err != nil {
		return Architecture{}, err
	}
	a := m.architecture(infer, ready.String())
	a.Engine, a.Whole = m.web()
	return a, nil
}

// native is what the engine and the whole of a detection take in the program, in milliseconds: the
// medians of its seconds.
func (m *measurement) native() (engine, whole float64) {
	var runs, wholes []float64
	for _, e := range m.program.since(m.mark) {
		if run, ok := e.Latency["engine"]; e.Event == "stats" && ok {
			runs = append(runs, run.P50)
			wholes = append(wholes,
				e.Latency["preprocess"].P50+run.P50+e.Latency["postprocess"].P50)
		}
	}
	return quantilesOf(runs).P50, quantilesOf(wholes).P50
}

// web is the same of a browser, by each detection.
func (m *measurement) web() (engine, whole float64) {
	var runs, wholes []float64
	for _, b := range m.noted {
		if b.Took != nil {
			runs = append(runs, b.Took.Run)
			wholes = append(wholes, b.Took.Prepare+b.Took.Run+b.Took.Decode)
		}
	}
	return quantilesOf(runs).P50, quantilesOf(wholes).P50
}

// loadAverage is how many processes wanted a processor in the last minute; 0 where it is unknown.
func loadAverage() float64 {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var one float64
	if _, err := fmt.Sscan(string(data), &one); err != nil || math.IsNaN(one) {
		return 0
	}
	return one
}
