package command

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/track"
	"handlens/media"
	"handlens/media/inputfile"
)

const detectUsage = `handlens detect [options] FILE…    find objects in pictures and videos

A folder stands for the pictures in it. Pictures: JPEG, PNG, WebP, GIF (its first picture), BMP, TIFF. Output is in the order of the files.
In a video each object has a number (id) that it keeps from frame to frame.

  --format text|jsonl|coco|csv  what to write on standard output (text)
                              text   for people
                              jsonl  one JSON object a picture or video frame, boxes in 0..1
                              coco   COCO results: boxes x, y, width, height in pixels
                              csv    a table with one line for each object, boxes as in coco
  --out DIR           write each picture and video with its boxes drawn to DIR as NAME-boxes
                      (videos: .mp4 without sound); where that name is taken, as "NAME-boxes (2)"
                      and so on: no file is ever overwritten
  --model NAME|FILE   a model of the catalogue, or an .onnx file (the best one installed)
  --provider NAME     what runs the model: auto, cpu, webgpu, cuda, tensorrt, coreml, directml or openvino (auto: what
                      has proved itself faster than the processor with the same answers)
  --confidence C      the least score that is reported, 0..1 (0.4)
  --iou O             the overlap above which two boxes of a class are one, 0..1 (0.5)
  --classes A,B       only these classes
  --data-dir DIR      where models are kept

Only files are read: what comes out of a pipe is to be saved first.
The status is 0 when every file was read, 1 when one failed, 2 when the options are wrong, 130 or
143 when Ctrl-C or SIGTERM came first.
`

// detectFlags is what the command line of detect says.
type detectFlags struct {
	cli.ModelFlags
	format, out string
	files       []string
}

func parseDetect(args []string) (detectFlags, error) {
	var o detectFlags
	fs := flag.NewFlagSet("detect", flag.ContinueOnError)
	o.Register(fs)
	fs.StringVar(&o.format, "format", "text", "")
	fs.StringVar(&o.out, "out", "", "")
	var err error
	if o.files, err = cli.Parse(fs, args); err != nil {
		return o, err
	}
	if err := o.Check(); err != nil {
		return o, err
	}
	if len(o.files) == 0 {
		return o, errors.New("which pictures or videos? Name at least one file")
	}
	if _, err := newReport(o.format, io.Discard, nil); err != nil {
		return o, err
	}
	return o, nil
}

// runDetect finds objects in files and reports them on stdout. A file that fails is one line on
// stderr and the others go on.
func runDetect(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseDetect(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, detectUsage)
		return cli.Done
	}
	if err != nil {
		return cli.ComplainUsage(stderr, "detect", err)
	}
	job, err := startDetect(o, stdout, stderr)
	if err != nil {
		cli.Complain(stderr, "detect", err)
		return cli.Failed
	}
	defer job.detector.Close()
	return job.run(ctx, o.files)
}

// detectJob is one run of detect. It belongs to one goroutine.
type detectJob struct {
	detector *detector.Detector
	model    string
	pool     *media.Pool
	report   report
	out      *annotator // nil without --out
	buffered *bufio.Writer
	stderr   io.Writer
	index    int // of the next picture or frame
	found    []inference.Detection

	confidence float32
	allLabels  bool
	tracker    *track.Tracker // of the video at hand; nil for pictures
}

func startDetect(o detectFlags, stdout, stderr io.Writer) (*detectJob, error) {
	store, err := o.Store()
	if err != nil {
		return nil, err
	}
	model, err := store.Find(o.Model)
	if err != nil {
		return nil, err
	}
	job := &detectJob{
		pool: new(media.Pool), buffered: bufio.NewWriter(stdout), stderr: stderr,
		model: model.Name,
	}
	if o.out != "" {
		if job.out, err = newAnnotator(o.out); err != nil {
			return nil, err
		}
	}
	// COCO results are for evaluation, and there a box counts for each class that it may be.
	o.AllLabels = o.format == "coco"
	job.confidence, job.allLabels = float32(o.Confidence), o.AllLabels
	if job.detector, err = o.Open(model); err != nil {
		return nil, err
	}
	job.report, err = newReport(o.format, job.buffered, job.detector.Info().Labels)
	if err != nil {
		job.detector.Close()
		return nil, err
	}
	return job, nil
}

// run looks at all files and returns the exit status.
func (j *detectJob) run(ctx context.Context, args []string) int {
	status := cli.Done
	fail := func(err error) {
		if err != nil {
			cli.Complain(j.stderr, "detect", err)
			status = cli.Failed
		}
	}
	for _, in := range inputs(args) {
		err := cli.Interrupted(ctx)
		if err == nil {
			err = in.err
			if err == nil {
				err = j.file(ctx, in.path)
			}
		}
		fail(err)
		if errors.Is(err, errOutput) || err != nil && ctx.Err() != nil {
			break
		}
	}
	fail(j.end())
	return status
}

// errOutput says that the results cannot be written, so that going on makes no sense.
var errOutput = errors.New("writing the results failed")

func (j *detectJob) end() error {
	if err := j.report.end(); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return j.flush()
}

func (j *detectJob) flush() error {
	if err := j.buffered.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

// file looks at one picture or video.
func (j *detectJob) file(ctx context.Context, path string) error {
	f, err := inputfile.Open(path)
	if err != nil {
		return plainFileError(path, err)
	}
	defer f.Close()
	switch picture, err := isPicture(f); {
	case err != nil:
		return plainFileError(path, err)
	case picture:
		return j.picture(path, f)
	}
	return j.video(ctx, path)
}

// look runs the detector on one frame and reports it.
func (j *detectJob) look(s scene, f *media.Frame) error {
	var err error
	j.found, _, err = j.detector.Detect(f, j.found[:0])
	if err != nil {
		return fmt.Errorf("%s: %w", s.file, err)
	}
	if j.tracker != nil {
		j.follow(s)
	}
	s.index, s.model, s.width, s.height, s.found = j.index, j.model, f.Width, f.Height, j.found
	j.index++
	if err := j.report.scene(s); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return j.flush()
}

// follow gives the objects of a video's frame their numbers, and the class on which each has
// settled. In an evaluation a box stands once for each class that it may be, so the classes stay as
// they were found.
func (j *detectJob) follow(s scene) {
	tracked := j.tracker.Update(s.pts, j.found)
	if !j.allLabels {
		j.found = append(j.found[:0], tracked...)
		return
	}
	for i := range j.found {
		j.found[i].Track = tracked[i].Track
	}
}
