package command

import (
	"context"
	"fmt"
	"image"
	"io"
	"strconv"
	"time"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/remote"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/models"
)

var benchCommand = &cli.Command{
	Name:    "bench",
	Summary: "what each stage costs on this machine",
	Notes: `Stages: decode (videos), convert (to RGBA for the screen), preprocess, engine run and
layout (the three parts of detect), detect as a whole, and the bare engine run on the same input,
which alternates with detect so that what disturbs one disturbs both. With a server as --provider,
"detect here" is the same on this computer's processor, likewise.

With --browser it compares where detection can run instead: on this computer, on the phone and in a
viewer, the latter two in a browser. The phone and the viewer are Chromiums that it starts, and the
program runs without its window; all of them share this computer.`,
	New: func() cli.Options {
		return &benchFlags{ModelFlags: cli.DefaultModelFlags(), runs: 200, seconds: 15}
	},
}

const (
	maxBenchRuns = 100_000
	benchWarmUp  = 10
	maxThreads   = 256 // the engine takes no more
)

// benchFlags is what the command line of bench says.
type benchFlags struct {
	cli.ModelFlags
	source string
	runs   int
	json   bool

	browser     bool
	browserPath string
	seconds     int
}

func (o *benchFlags) Flags() []cli.Flag {
	return append([]cli.Flag{
		{
			Name: "source", To: &o.source, Placeholder: "FILE", Paths: cli.Files,
			Help:    "a video or a picture to work on",
			Default: "a picture of 1280 × 720 that is drawn for it",
		},
		{
			Name: "runs", To: &o.runs, Placeholder: "N",
			Help: "how many frames are measured, after a warm-up",
		},
		{
			Name: "threads", To: threadCount(&o.Threads), Placeholder: "N",
			Help:    fmt.Sprintf("threads of the engine on the processor, 1..%d", maxThreads),
			Default: "what is measured to be fastest here",
		},
		{
			Name: "browser", To: &o.browser,
			Help: "compare detection here with detection in a browser",
		},
		{
			Name: "browser-path", To: &o.browserPath, Placeholder: "FILE", Paths: cli.Files,
			Help: "the Chromium for --browser", Default: "one that is installed",
		},
		{
			Name: "seconds", To: &o.seconds, Placeholder: "N",
			Help: "how long --browser measures each",
		},
		jsonFlag(&o.json),
	}, o.ModelFlags.Flags()...)
}

func (o *benchFlags) Check(args cli.Args) error {
	switch {
	case len(args.Rest) > 0:
		return fmt.Errorf("what is %q? A file to work on goes with --source", args.Rest[0])
	case o.runs < 1 || o.runs > maxBenchRuns:
		return fmt.Errorf("--runs %d is outside 1..%d", o.runs, maxBenchRuns)
	}
	if err := o.checkBrowser(args.Given); err != nil {
		return err
	}
	return o.ModelFlags.Check()
}

// threadCount reads the value of --threads. Without the option the engine chooses, so 0 is an error
// like any other wrong number.
func threadCount(to *int) func(string) error {
	return func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxThreads {
			return fmt.Errorf("a whole number from 1 to %d is wanted", maxThreads)
		}
		*to = n
		return nil
	}
}

// Run measures the stages one after the other on one goroutine and writes a table, or JSON.
func (o *benchFlags) Run(ctx context.Context, stdout, stderr io.Writer) error {
	if o.browser {
		return o.runBrowser(ctx, stdout)
	}
	result, err := o.bench(ctx, stderr)
	if err != nil {
		return err
	}
	return result.write(stdout, o.json)
}

func (o *benchFlags) bench(ctx context.Context, stderr io.Writer) (*benchResult, error) {
	source, err := openSource(o.source)
	if err != nil {
		return nil, err
	}
	defer source.close()
	model, err := o.Find()
	if err != nil {
		return nil, err
	}
	detector, err := o.Open(model, stderr)
	if err != nil {
		return nil, err
	}
	defer detector.Close()
	if err := detector.Tune(ctx); err != nil { // measure what would run the model
		return nil, err
	}
	b := &benchRun{detector: detector, source: source, converter: ffmpeg.NewConverter()}
	defer b.converter.Close()
	if remote.IsAddress(o.Provider) {
		if b.here, err = o.openHere(ctx, model, stderr); err != nil {
			return nil, err
		}
		defer b.here.Close()
	}
	progress := cli.NewMeter(stderr, "rounds")
	defer progress.End()
	for i := range benchWarmUp + o.runs {
		if err := cli.Interrupted(ctx); err != nil {
			return nil, err
		}
		if i == benchWarmUp {
			b.stages = stageTimes{}
		}
		progress.Count(i, benchWarmUp+o.runs)
		if err := b.round(i%2 == 0); err != nil {
			return nil, err
		}
	}
	return b.result(model.Name), nil
}

// openHere opens the model on this computer's processor, for comparison with a server.
func (o *benchFlags) openHere(ctx context.Context, m models.Model, stderr io.Writer,
) (*detector.Detector, error) {
	own := o.ModelFlags
	own.Provider, own.ProviderCA = "cpu", ""
	d, err := own.Open(m, stderr)
	if err != nil {
		return nil, err
	}
	if err := d.Tune(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// benchRun is one measurement. It belongs to one goroutine.
type benchRun struct {
	detector  *detector.Detector
	here      *detector.Detector // where the detector is a server's; else nil
	source    benchSource
	converter *ffmpeg.Converter
	screen    *image.RGBA
	found     []inference.Detection
	foundHere []inference.Detection
	stages    stageTimes
	warm      bool // the detector has seen a frame, so the bare run has an input
}

// round takes one frame through all stages. Detect and the bare run swap places from round to
// round.
func (b *benchRun) round(detectFirst bool) error {
	start := time.Now()
	frame, decoded, err := b.source.next()
	if err != nil {
		return err
	}
	defer frame.Release()
	if decoded {
		b.stages.add("decode", time.Since(start))
	}
	if err := b.convert(frame); err != nil {
		return err
	}
	if detectFirst || !b.warm {
		b.warm = true
		if err := b.detect(frame); err != nil {
			return err
		}
		return b.bare()
	}
	if err := b.bare(); err != nil {
		return err
	}
	return b.detect(frame)
}

func (b *benchRun) convert(f *media.Frame) error {
	if b.screen == nil || b.screen.Rect != f.Bounds() {
		b.screen = image.NewRGBA(f.Bounds())
	}
	start := time.Now()
	if err := b.converter.ToRGBA(b.screen, f); err != nil {
		return fmt.Errorf("converting for the screen: %w", err)
	}
	b.stages.add("convert", time.Since(start))
	return nil
}

func (b *benchRun) detect(f *media.Frame) error {
	start := time.Now()
	found, timing, err := b.detector.Detect(f, b.found[:0])
	total := time.Since(start)
	if err != nil {
		return err
	}
	b.found = found
	b.stages.add("preprocess", timing.Preprocess)
	b.stages.add("engine run", timing.Run)
	b.stages.add("layout", timing.Decode)
	b.stages.add("detect", total)
	if b.here == nil {
		return nil
	}
	start = time.Now()
	if b.foundHere, _, err = b.here.Detect(f, b.foundHere[:0]); err != nil {
		return err
	}
	b.stages.add("detect here", time.Since(start))
	return nil
}

func (b *benchRun) bare() error {
	start := time.Now()
	if err := b.detector.BareRun(); err != nil {
		return fmt.Errorf("running the bare engine: %w", err)
	}
	b.stages.add("bare engine run", time.Since(start))
	return nil
}

func (b *benchRun) result(model string) *benchResult {
	info := b.detector.Info()
	return newBenchResult(model, info, b.detector.Threads(), b.source.name(), b.screen.Rect.Size(),
		&b.stages)
}
