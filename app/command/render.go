package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/inference"
	"handlens/media/atomicfile"
	"handlens/media/ffmpeg"
	"handlens/media/inputfile"
)

const renderUsage = `handlens render [options] RECORDING    make a film of a recording again, or export what was found

RECORDING is any of its files: NAME.mp4, NAME.clean.mkv or NAME.jsonl. What was found is read from NAME.jsonl. A film is drawn anew
over NAME.clean.mkv; both are beside NAME.mp4 when the settings had them kept.

  --format mp4|coco|csv|counts  what to make (mp4, or by the ending of --out)
                           mp4   a film with its boxes
                           coco  one COCO object: pictures, annotations, categories
                           csv   a table with one line for each object in each picture
                           counts  a table of what the lines and zones that were there at its beginning have counted, by class
  --out FILE          where to (a film: NAME again.mp4; else standard output)
  --confidence C      the least score that is shown, 0..1 (0.4)
  --classes A,B       only these classes
  --blur A,B          make these classes unrecognisable (films only)

Objects are followed anew with that confidence, from all that the detector had found, so that lowering it shows more than was shown before.
`

// renderFlags is what the command line of render says.
type renderFlags struct {
	format, out string
	choice      recording.Filter
	file        string
}

func parseRender(args []string) (renderFlags, error) {
	var o renderFlags
	confidence := float64(inference.DefaultConfidence)
	fs := flag.NewFlagSet("render", flag.ContinueOnError)
	fs.StringVar(&o.format, "format", "", "")
	fs.StringVar(&o.out, "out", "", "")
	fs.Float64Var(&confidence, "confidence", confidence, "")
	fs.Func("classes", "", cli.List(&o.choice.Classes))
	fs.Func("blur", "", cli.List(&o.choice.Blur))
	files, err := cli.Parse(fs, args)
	if err != nil {
		return o, err
	}
	o.choice.Confidence = float32(confidence)
	if o.format == "" {
		o.format = formatOf(o.out)
	}
	switch {
	case !(confidence > 0 && confidence <= 1):
		return o, fmt.Errorf("--confidence %g is outside 0..1", confidence)
	case !slices.Contains([]string{"mp4", "coco", "csv", "counts"}, o.format):
		return o, fmt.Errorf("--format is mp4, coco, csv or counts, not %q", o.format)
	case o.format != "mp4" && len(o.choice.Blur) > 0:
		return o, errors.New("--blur is for films only")
	case o.format == "mp4" && o.out != "" && filepath.Ext(o.out) != ".mp4":
		return o, fmt.Errorf("--out %s: the name of a film ends in .mp4", o.out)
	case len(files) == 0:
		return o, errors.New("which recording? Name one of its files")
	case len(files) > 1:
		return o, fmt.Errorf("one recording at a time: %s is one more", files[1])
	}
	o.file = files[0]
	return o, nil
}

// formatOf is what the name of a file asks for.
func formatOf(out string) string {
	switch strings.ToLower(filepath.Ext(out)) {
	case ".csv":
		return "csv"
	case ".json":
		return "coco"
	}
	return "mp4"
}

// runRender makes a film or an export of one recording.
func runRender(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseRender(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, renderUsage)
		return cli.Done
	}
	if err != nil {
		return cli.ComplainUsage(stderr, "render", err)
	}
	if o.format == "mp4" {
		err = renderFilm(ctx, o, stdout, stderr)
	} else {
		err = renderExport(ctx, o, stdout)
	}
	if err != nil {
		cli.Complain(stderr, "render", err)
		return cli.Failed
	}
	return cli.Done
}

// recordingEndings are what the files of a recording end in after its name; the longer ones come
// first.
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
		return "", fmt.Errorf("%s is no file of a recording: those end in .mp4, .clean.mkv or "+
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

func renderFilm(ctx context.Context, o renderFlags, stdout, stderr io.Writer) error {
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
	progress := newPercent(stderr)
	path, err := recording.Render(ctx, clean, lines,
		recording.RenderOptions{Filter: o.choice, Out: o.out, Progress: progress.tell})
	progress.end()
	if errors.Is(err, ffmpeg.ErrNotVideo) {
		return notVideo(clean, err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, path)
	return err
}

func renderExport(ctx context.Context, o renderFlags, stdout io.Writer) error {
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

// nothingAt refuses a name that is taken.
func nothingAt(out string) error {
	if _, err := os.Lstat(out); err == nil {
		return fmt.Errorf("%s is there already", out)
	}
	return nil
}

// percent tells on a terminal how far something is. It belongs to one goroutine at a time.
type percent struct {
	to   io.Writer // nil for nobody
	told int
}

// newPercent tells terminals only: files and pipes want the outcome alone.
func newPercent(to io.Writer) *percent {
	if f, ok := to.(*os.File); ok {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
			return &percent{to: to, told: -1}
		}
	}
	return &percent{}
}

func (p *percent) tell(part float64) {
	if n := int(math.Round(100 * part)); p.to != nil && n != p.told {
		p.told = n
		fmt.Fprintf(p.to, "\r%3d %%", n)
	}
}

func (p *percent) end() {
	if p.to != nil && p.told >= 0 {
		fmt.Fprint(p.to, "\r     \r")
	}
}
