package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/media"
	"handlens/ui"
)

// GlassCommand returns the command that measures the delay from glass to glass: the app, with a
// window that shows a code to the phone.
func GlassCommand() *cli.Command {
	return &cli.Command{
		Name:    "glass",
		Summary: "measure the delay from glass to glass: the phone films a code on this screen",
		Notes: `A window opens. Let the phone join by the QR code, then hold it so that it films the
moving code beside its own picture, large and straight. When enough pictures were read, the window
closes and the delay is printed.

It is the time from drawing the code until its picture was drawn by the same screen, and so that
from light to light: the display's lag, the camera's exposure and processing, encoding, the network,
decoding and painting. A picture may have been taken at any time between two changes of the code;
half of that is said as the error of each reading.`,
		New: func() cli.Options { return &glassOptions{options: *newOptions(), readings: 150} },
	}
}

const (
	maxGlassReadings = maxReadings
	// leastReadings is how many make a result when the window is closed before the end.
	leastReadings = 20
)

// glassOptions is what the command line of glass says.
type glassOptions struct {
	options
	readings int
	json     bool
}

// glassRun is one run of the command, as the window reports to it. Any goroutine may use it.
type glassRun struct {
	readings int
	done     context.CancelFunc

	mu   sync.Mutex
	last ui.Delay
}

func (g *glassOptions) Flags() []cli.Flag {
	return slices.Concat([]cli.Flag{
		{
			Name: "readings", To: &g.readings, Placeholder: "N",
			Help: "how many pictures are to be read",
		},
		{Name: "json", To: &g.json, Help: "write one JSON object instead of the sentences"},
	}, g.addressFlags(), g.ModelFlags.Flags(), []cli.Flag{g.eventsFlag()})
}

func (g *glassOptions) Check(args cli.Args) error {
	switch {
	case len(args.Rest) > 0:
		return fmt.Errorf("it takes nothing, not %q", args.Rest[0])
	case g.readings < leastReadings || g.readings > maxGlassReadings:
		return fmt.Errorf("--readings %d is outside %d..%d", g.readings, leastReadings,
			maxGlassReadings)
	case g.json && g.events == "-":
		return errors.New("--json and --events - both write to standard output")
	}
	return g.options.Check(args)
}

// Run opens the window and prints what was measured.
func (g *glassOptions) Run(ctx context.Context, stdout, stderr io.Writer) error {
	if fault := cli.DisplayFault(); fault != "" {
		return fmt.Errorf("%s, and the phone must see the code on a screen", fault)
	}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	run := &glassRun{readings: g.readings, done: cancel}
	o := g.options
	o.glass = run
	if err := runApp(within, o, stdout, stderr); err != nil {
		return err
	}
	if err := cli.Interrupted(ctx); err != nil {
		return err
	}
	return run.print(stdout, g.json)
}

// each takes note of one more picture.
func (r *glassRun) each(d ui.Delay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last.Readings < r.readings {
		r.last = d
	}
	if r.last.Readings >= r.readings {
		r.done()
	}
}

func (r *glassRun) print(w io.Writer, asJSON bool) error {
	r.mu.Lock()
	d := r.last
	r.mu.Unlock()
	if d.Readings < leastReadings {
		return fmt.Errorf("only %d pictures of the code could be read; hold the phone so that it "+
			"films the code, large, straight and sharp", d.Readings)
	}
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			Median   float64 `json:"median_ms"`
			P95      float64 `json:"p95_ms"`
			Error    float64 `json:"error_ms"`
			Readings int     `json:"readings"`
		}{ms(d.Median), ms(d.P95), ms(d.Error), d.Readings})
	}
	_, err := fmt.Fprintf(w, `From glass to glass: median %.0f ms, 95 %% within %.0f ms.
%d pictures were read, each wrong by up to %.0f ms either way.
It includes the display, exposure and camera, encoding, the network, decoding and painting.
`, ms(d.Median), ms(d.P95), d.Readings, ms(d.Error))
	return err
}

// glassLines says at the terminal what the window shows: where the phone has to go.
type glassLines struct {
	noListener
	console *console
}

// Pairing implements listener.
func (g glassLines) Pairing(offer pairingOffer) { g.console.Pairing(offer) }

// Joined implements session.Sink.
func (g glassLines) Joined(s *session.Session) { g.console.Joined(s) }

// Left implements session.Sink.
func (g glassLines) Left(s *session.Session, reason media.Reason) { g.console.Left(s, reason) }

// Glass writes one event for each picture of the code that was read. Times are in milliseconds:
// captured since 1970, the others since then. The delay is left out for a number that this window
// did not draw.
func (e *events) Glass(s *session.Session, r delayReading) {
	captured := int64(0)
	if !r.captured.IsZero() {
		captured = r.captured.UnixMicro()
	}
	since := func(at time.Time) float64 {
		if r.captured.IsZero() {
			return 0
		}
		return ms(at.Sub(r.captured))
	}
	e.write(struct {
		head
		Number   int     `json:"number"`
		Captured float64 `json:"captured,omitempty"`
		Decoded  float64 `json:"decoded,omitempty"`
		Painted  float64 `json:"painted,omitempty"`
		Delay    float64 `json:"delay,omitempty"`
		Error    float64 `json:"error,omitempty"`
	}{
		begin("glass", s), r.number, float64(captured) / 1000, since(r.decoded), since(r.painted),
		ms(r.delay), ms(r.off),
	})
}
