package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"strconv"
	"time"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/ffmpeg"
)

const benchUsage = `handlens bench [options]    what each stage costs on this machine

  --source FILE       a video or a picture to work on (a picture of 1280 × 720 that is drawn for it)
  --runs N            how many pictures are measured, after a warm-up (200)
  --threads N         the engine's threads on the processor, 1..256 (what proves itself fastest here)
  --json              one JSON object in place of the table
  --model NAME|FILE   a model of the catalogue, or an .onnx file (the best one installed)
  --provider NAME     what runs the model: auto, cpu, webgpu, cuda, tensorrt, coreml, directml or openvino (auto: what
                      has proved itself faster than the processor with the same answers)
  --confidence C, --iou O, --classes A,B, --data-dir DIR   as for handlens detect

Stages: decode (videos), convert (to RGBA for the screen), preprocess, engine run and layout (the three parts of detect), detect
as a whole, and the bare engine run on the same input, which takes turns with detect so that what disturbs one disturbs both.
`

const (
	benchRuns    = 200
	maxBenchRuns = 100_000
	benchWarmUp  = 10
)

// benchFlags is what the command line of bench says.
type benchFlags struct {
	cli.ModelFlags
	source string
	runs   int
	json   bool
}

func parseBench(args []string) (benchFlags, error) {
	var o benchFlags
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	o.Register(fs)
	fs.Func("threads", "", threadCount(&o.Threads))
	fs.StringVar(&o.source, "source", "", "")
	fs.IntVar(&o.runs, "runs", benchRuns, "")
	fs.BoolVar(&o.json, "json", false, "")
	files, err := cli.Parse(fs, args)
	switch {
	case err != nil:
		return o, err
	case len(files) > 0:
		return o, fmt.Errorf("what is %q? A file to work on goes with --source", files[0])
	case o.runs < 1 || o.runs > maxBenchRuns:
		return o, fmt.Errorf("--runs %d is outside 1..%d", o.runs, maxBenchRuns)
	}
	return o, o.Check()
}

// maxThreads is what the engine takes at most.
const maxThreads = 256

// threadCount is the value of --threads. Naming none leaves the number to the engine, so that 0 is
// an error like any other wrong number.
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

// runBench measures the stages one after the other on one goroutine and writes a table, or JSON, to
// stdout.
func runBench(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseBench(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, benchUsage)
		return cli.Done
	}
	if err != nil {
		return cli.ComplainUsage(stderr, "bench", err)
	}
	result, err := bench(ctx, o)
	if err == nil {
		err = result.write(stdout, o.json)
	}
	if err != nil {
		cli.Complain(stderr, "bench", err)
		return cli.Failed
	}
	return cli.Done
}

func bench(ctx context.Context, o benchFlags) (*benchResult, error) {
	detector, name, err := benchDetector(o)
	if err != nil {
		return nil, err
	}
	defer detector.Close()
	if err := detector.Tune(ctx); err != nil { // what will run it is what is to be measured
		return nil, err
	}
	source, err := openSource(o.source)
	if err != nil {
		return nil, err
	}
	defer source.close()
	b := &benchRun{detector: detector, source: source, converter: ffmpeg.NewConverter()}
	defer b.converter.Close()
	for i := range benchWarmUp + o.runs {
		if err := cli.Interrupted(ctx); err != nil {
			return nil, err
		}
		if i == benchWarmUp {
			b.stages = stageTimes{}
		}
		if err := b.round(i%2 == 0); err != nil {
			return nil, err
		}
	}
	return b.result(name), nil
}

// benchDetector opens the model that was asked for, or else the best one that is here.
func benchDetector(o benchFlags) (*detector.Detector, string, error) {
	store, err := o.Store()
	if err != nil {
		return nil, "", err
	}
	model, err := store.Find(o.Model)
	if err != nil {
		return nil, "", err
	}
	d, err := o.Open(model)
	return d, model.Name, err
}

// benchRun is one measurement. It belongs to one goroutine.
type benchRun struct {
	detector  *detector.Detector
	source    benchSource
	converter *ffmpeg.Converter
	screen    *image.RGBA
	found     []inference.Detection
	stages    stageTimes
	warm      bool // the detector has seen a picture, so that the bare run has an input
}

// round takes one picture through all stages. Detect and the bare run change places from round to
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
