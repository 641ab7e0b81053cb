package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/inference"
	"handlens/media/atomicfile"
	"handlens/media/ffmpeg"
	"handlens/media/inputfile"
)

var renderCommand = &cli.Command{
	Name: "render", Args: "RECORDING",
	Summary: "draw a recording again, or export its detections",
	About: `RECORDING is any of its files: NAME.mp4, NAME.clean.mkv or NAME.jsonl. The detections
are read from NAME.jsonl. The video is drawn again over NAME.clean.mkv; both are beside NAME.mp4
when the settings told the app to keep them.`,
	Notes: `Objects are tracked again with that confidence, from all that the detector had found, so
lowering it shows more than was shown before. In the video an object stays until its score falls
below half of it, as in the window. Boxes in coco and csv are in pixels of NAME.mp4.`,
	ArgPaths: cli.Files,
	New:      func() cli.Options { return &renderFlags{confidence: inference.DefaultConfidence} },
}

// renderFormats are the values of --format.
var renderFormats = []cli.Choice{
	{Name: "mp4", Help: "a video with its boxes"},
	{Name: "coco", Help: "one COCO object: images, annotations, categories"},
	{Name: "csv", Help: "a table with one line for each object in each frame"},
	{Name: "counts", Help: "a table of what the lines and zones that were there when the " +
		"recording began have counted, by class"},
}

// renderFlags is what the command line of render says.
type renderFlags struct {
	format, out string
	confidence  float64
	choice      recording.Filter
	file        string
}

func (o *renderFlags) Flags() []cli.Flag {
	confidence := cli.ConfidenceFlag(&o.confidence)
	confidence.Help = "least score of what is written, 0..1"
	return []cli.Flag{
		{
			Name: "format", To: &o.format, Placeholder: "FORMAT", Choices: renderFormats,
			Help: "what to make", Default: "mp4, or what the ending of --out says",
		},
		{
			Name: "out", To: &o.out, Placeholder: "FILE", Paths: cli.Files,
			Help:    "where to write",
			Default: "a video: \"NAME again.mp4\"; all else: standard output",
		},
		confidence,
		cli.ClassesFlag(&o.choice.Classes),
		{
			Name: "blur", To: &o.choice.Blur, Placeholder: "A,B",
			Help: "make these classes unrecognisable (videos only)",
		},
	}
}

func (o *renderFlags) Check(args cli.Args) (err error) {
	if err := cli.CheckShare("confidence", o.confidence); err != nil {
		return err
	}
	if o.format == "" {
		o.format = formatOf(o.out)
	}
	if err := cli.CheckChoice("format", o.format, renderFormats); err != nil {
		return err
	}
	switch {
	case o.format != "mp4" && len(o.choice.Blur) > 0:
		return errors.New("--blur is for videos only")
	case o.format == "mp4" && o.out != "" && filepath.Ext(o.out) != ".mp4":
		return fmt.Errorf("--out %s: the name of a video ends in .mp4", o.out)
	}
	o.choice.Confidence = float32(o.confidence)
	o.file, err = oneRecording(args)
	return err
}

// oneRecording is the file of a recording that the arguments name.
func oneRecording(args cli.Args) (string, error) {
	switch files := args.Rest; {
	case len(files) == 0:
		return "", errors.New("which recording? Name one of its files")
	case len(files) > 1:
		return "", fmt.Errorf("one recording at a time: %s is one more", files[1])
	default:
		return files[0], nil
	}
}

// Run makes a video or an export of one recording.
func (o *renderFlags) Run(ctx context.Context, stdout, stderr io.Writer) error {
	if o.format == "mp4" {
		return o.video(ctx, stdout, stderr)
	}
	return o.export(ctx, stdout)
}

// formatOf is the format that the name of a file asks for.
func formatOf(out string) string {
	switch strings.ToLower(filepath.Ext(out)) {
	case ".csv":
		return "csv"
	case ".json":
		return "coco"
	}
	return "mp4"
}

// recordingEndings are the endings of a recording's files, the longer ones first.
var recordingEndings = []string{".clean.mkv", ".part.mp4", ".mp4", ".jsonl"}

// recordingFile returns one file of the recording that another file belongs to.
func recordingFile(of, ending, what string) (string, error) {
	if _, err := inputfile.Stat(of); err != nil {
		return "", plainFileError(of, err)
	}
	base, known := of, false
	for _, e := range recordingEndings {
		if base, known = strings.CutSuffix(of, e); known {
			break
		}
	}
	if !known {
		return "", fmt.Errorf("%s is not a file of a recording: those end in .mp4, .clean.mkv or "+
			".jsonl", of)
	}
	path := base + ending
	if _, err := inputfile.Stat(path); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("%s has no %s beside it (%s); the settings say what a "+
				"recording keeps", of, what, filepath.Base(path))
		}
		return "", plainFileError(path, err)
	}
	return path, nil
}

// video draws the recording again.
func (o *renderFlags) video(ctx context.Context, stdout, stderr io.Writer) error {
	lines, err := recordingFile(o.file, ".jsonl", "data")
	if err != nil {
		return err
	}
	clean, err := recordingFile(o.file, ".clean.mkv", "clean stream")
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := nothingAt(o.out); err != nil {
			return err
		}
	}
	progress := cli.NewMeter(stderr, "")
	path, err := recording.Render(ctx, clean, lines,
		recording.RenderOptions{Filter: o.choice, Out: o.out, Progress: progress.Part})
	progress.End()
	if errors.Is(err, ffmpeg.ErrNotVideo) {
		return notVideo(clean, err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, path)
	return err
}

// export writes the detections in another format.
func (o *renderFlags) export(ctx context.Context, stdout io.Writer) error {
	lines, err := recordingFile(o.file, ".jsonl", "data")
	if err != nil {
		return err
	}
	options := recording.ExportOptions{
		Format: o.format, Filter: o.choice,
		Categories: cocoCategories,
	}
	if o.out == "" {
		return recording.Export(ctx, lines, options, stdout)
	}
	if err := nothingAt(o.out); err != nil {
		return err
	}
	err = atomicfile.Create(o.out, 0o644, func(w io.Writer) error {
		return recording.Export(ctx, lines, options, w)
	})
	if errors.Is(err, fs.ErrExist) {
		return nothingAt(o.out)
	}
	return err
}

// nothingAt returns an error when the name is taken.
func nothingAt(out string) error {
	if _, err := os.Lstat(out); err == nil {
		return fmt.Errorf("%s already exists", out)
	}
	return nil
}
