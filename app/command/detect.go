package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/track"
	"handlens/media"
	"handlens/media/filekind"
	"handlens/media/inputfile"
	"handlens/media/still"
)

var detectCommand = &cli.Command{
	Name: "detect", Args: "FILE…",
	Summary: "find objects in pictures and videos",
	About: `A folder stands for the pictures in it, and - for a file that comes in at standard
input. Pictures: ` + filekind.PicturesRead + `, turned upright as they say. Videos:
` + filekind.FilmsRead + `,
with square pixels. Output is in the order of the files. In a video each object has a number (id)
that it keeps from frame to frame.`,
	Notes: `Nothing is fetched from a network: save what is behind an address first. The status is
0 when every file was read, 1 when one failed or ends early, 2 when the options are wrong, 130 or
143 when Ctrl-C or SIGTERM came first.`,
	ArgPaths: cli.Files,
	New: func() cli.Options {
		return &detectFlags{ModelFlags: cli.DefaultModelFlags(), format: "text"}
	},
}

// detectFlags is what the command line of detect says.
type detectFlags struct {
	cli.ModelFlags
	format, out string
	videos      bool
	files       []string
}

func (o *detectFlags) Flags() []cli.Flag {
	return append([]cli.Flag{
		{
			Name: "format", To: &o.format, Placeholder: "FORMAT", Choices: reportFormats,
			Help: "what to write on standard output",
		},
		{
			Name: "out", To: &o.out, Placeholder: "DIR", Paths: cli.Folders,
			Help: "write each picture and video with its boxes drawn to DIR as NAME-boxes " +
				"(videos: .mp4 without audio); where that name is taken, as \"NAME-boxes (2)\" " +
				"and so on: no file is ever overwritten",
		},
		{
			Name: "with-videos", To: &o.videos,
			Help: "look at the videos in folders, too",
		},
	}, o.ModelFlags.Flags()...)
}

func (o *detectFlags) Check(args cli.Args) error {
	if err := o.ModelFlags.Check(); err != nil {
		return err
	}
	if o.files = args.Rest; len(o.files) == 0 {
		return errors.New("which pictures or videos? Name at least one file")
	}
	return cli.CheckChoice("format", o.format, reportFormats)
}

// Run finds objects in files and reports them on stdout. A file that fails is one line on stderr
// and the others go on.
func (o *detectFlags) Run(ctx context.Context, stdout, stderr io.Writer) error {
	job, err := o.start(stdout, stderr)
	if err != nil {
		return err
	}
	defer job.detector.Close()
	files := listInputs(ctx, o.files, o.videos, os.Stdin)
	defer files.close()
	return job.run(ctx, files)
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
	progress *progress
	index    int // of the next picture or video frame
	ids      *imageIDs
	found    []inference.Detection

	confidence float32
	allLabels  bool
	tracker    *track.Tracker // of the current video; nil for pictures
}

func (o *detectFlags) start(stdout, stderr io.Writer) (*detectJob, error) {
	model, err := o.Find()
	if err != nil {
		return nil, err
	}
	job := &detectJob{
		pool: new(media.Pool), model: model.Name, progress: newProgress(stderr),
	}
	job.stderr = job.progress.Above(stderr)
	job.buffered = bufio.NewWriter(job.progress.Above(stdout))
	if o.out != "" {
		if job.out, err = newAnnotator(o.out); err != nil {
			return nil, err
		}
	}
	// COCO results are for evaluation, where a box counts for each class that it may be.
	o.AllLabels = o.format == "coco"
	job.confidence, job.allLabels = float32(o.Confidence), o.AllLabels
	if job.detector, err = o.Open(model, stderr); err != nil {
		return nil, err
	}
	job.report = newReport(o.format, job.buffered, job.detector.Info().Labels)
	return job, nil
}

// run goes through all files. The error is cli.ErrReported when one of them failed.
func (j *detectJob) run(ctx context.Context, files *inputs) (failed error) {
	report := func(err error) {
		if err != nil {
			cli.Complain(j.stderr, "detect", err)
			failed = cli.ErrReported
		}
	}
	for _, note := range files.notes {
		cli.Complain(j.stderr, "detect", note)
	}
	j.ids = newImageIDs(pathsOf(files.files))
	j.progress.files = len(files.files)
	defer j.progress.End()
	for n, in := range files.files {
		j.progress.file(n)
		err := cli.Interrupted(ctx)
		if err == nil {
			err = in.err
			if err == nil {
				err = j.file(ctx, in)
			}
		}
		report(err)
		if errors.Is(err, errOutput) || err != nil && ctx.Err() != nil {
			break
		}
	}
	report(j.end())
	return failed
}

// errOutput says that the results cannot be written, so there is no point in going on.
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

// file finds objects in one picture or video.
func (j *detectJob) file(ctx context.Context, in input) error {
	f, err := inputfile.Open(in.path)
	if err != nil {
		return plainFileError(in.name, err)
	}
	defer f.Close()
	switch picture, err := still.Is(f); {
	case err != nil:
		return plainFileError(in.name, err)
	case picture:
		return j.picture(in.name, f)
	}
	return j.video(ctx, in)
}

// picture finds objects in one picture.
func (j *detectJob) picture(path string, f *os.File) error {
	img, err := still.Decode(f)
	if err != nil {
		return plainFileError(path, err)
	}
	frame, err := media.FromImage(img)
	if err != nil {
		return plainFileError(path, err)
	}
	defer frame.Release()
	if err := j.detect(scene{file: path}, frame); err != nil {
		return err
	}
	if left := still.Left(f); left != "" {
		cli.Complain(j.stderr, "detect", fmt.Errorf("%s: %s", path, left))
	}
	if j.out == nil {
		return nil
	}
	drawn, err := j.out.write(path, img, j.found)
	if err != nil {
		return err
	}
	j.sayWhere(path, drawn)
	return nil
}

// detect runs the detector on one frame and reports it.
func (j *detectJob) detect(s scene, f *media.Frame) error {
	var err error
	j.found, _, err = j.detector.Detect(f, j.found[:0])
	if err != nil {
		return fmt.Errorf("%s: %w", s.file, err)
	}
	if j.tracker != nil {
		j.track(s)
	}
	s.id = j.ids.of(s.file, s.video, j.index)
	s.model, s.width, s.height, s.found = j.model, f.Width, f.Height, j.found
	j.index++
	if err := j.report.scene(s); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return j.flush()
}

// track gives the objects in a video's frame their numbers, and the class on which each has
// settled. In an evaluation a box appears once for each class that it may be, so the classes stay
// as they were found.
func (j *detectJob) track(s scene) {
	tracked := j.tracker.Update(s.pts, j.found)
	if !j.allLabels {
		j.found = append(j.found[:0], tracked...)
		return
	}
	for i := range j.found {
		j.found[i].Track = tracked[i].Track
	}
}
