package recording

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handlens/inference"
	"handlens/media/ffmpeg"
)

// ExportOptions says what is exported.
type ExportOptions struct {
	// Format is "coco" for one JSON object with the pictures of the recording, what was found in
	// each, and the categories, or "csv" for a table with one line for each thing in each picture,
	// or "counts" for a table of what the lines and zones have counted.
	Format string
	// Filter says what is shown.
	Filter Filter
	// Categories numbers a model's classes for COCO; nil counts from 1.
	Categories func(labels []string) func(class int) int
}

// ErrFormat says that there is no such form of export.
var ErrFormat = errors.New("recordings are exported as coco, csv or counts")

// ErrNoRegions says that there was no line or zone when a video began.
var ErrNoRegions = errors.New("no line or zone counted when this recording began")

// Export writes what was found in the frames of a video, from its sidecar. Boxes, silhouettes
// and keypoints are in pixels of that video, whose size is the same from its beginning to its end,
// whatever the phone sent; a table has the boxes only. Nothing below Filter.Confidence is written.
// When ctx ends, its cause is the error.
func Export(ctx context.Context, lines string, o ExportOptions, w io.Writer) error {
	out := bufio.NewWriter(w)
	var err error
	switch o.Format {
	case "csv":
		err = exportCSV(ctx, lines, o, out)
	case "counts":
		err = exportCounts(ctx, lines, o, out)
	case "coco":
		err = exportCOCO(ctx, lines, o, out)
	default:
		return fmt.Errorf("%w, not %q", ErrFormat, o.Format)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// visit is called for a frame of the video, which are numbered from 0. Its size, and where things
// are in it, are those of the video.
type visit func(r *replayer, frame int, l Line, shown []inference.Detection) error

// eachShown visits each frame of the video.
func eachShown(ctx context.Context, path string, f Filter, do visit) error {
	r, err := openReplayer(path, f)
	if err != nil {
		return err
	}
	defer r.close()
	r.head.Film = filmBeside(path, r.head.Film)
	var canvas image.Point
	for frame := 0; ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l, fo, err := r.step()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if l.Dropped {
			continue
		}
		if frame == 0 {
			canvas = r.head.canvas(l.Width, l.Height)
		}
		shown := onCanvas(canvas, l, r.reaching(fo.shown))
		l.Width, l.Height = canvas.X, canvas.Y
		if err := do(r, frame, l, shown); err != nil {
			return err
		}
		frame++
	}
}

// reaching are the detections that are shown and have the least score themselves. In a video an
// object stays while its score varies around that; a list says what it says.
func (r *replayer) reaching(shown []inference.Detection) []inference.Detection {
	return slices.DeleteFunc(slices.Clone(shown), func(d inference.Detection) bool {
		return d.Score < r.confidence
	})
}

// onCanvas moves what was found in a frame to where it lies in the video, whose canvas has bars
// beside frames of another shape.
func onCanvas(canvas image.Point, l Line, found []inference.Detection) []inference.Detection {
	at := ffmpeg.FitInto(canvas, image.Pt(l.Width, l.Height))
	if at.Empty() || at.Size() == canvas {
		return found
	}
	w, h := float32(canvas.X), float32(canvas.Y)
	left, top := float32(at.Min.X)/w, float32(at.Min.Y)/h
	sx, sy := float32(at.Dx())/w, float32(at.Dy())/h
	for i, d := range found { // shapes are in coordinates of the box
		found[i].Box = inference.Box{
			X1: left + d.Box.X1*sx, Y1: top + d.Box.Y1*sy,
			X2: left + d.Box.X2*sx, Y2: top + d.Box.Y2*sy,
		}
	}
	return found
}

// filmBeside is the name of the video that a sidecar is about: it says what that was called at
// first, but both may have been renamed since.
func filmBeside(sidecar, film string) string {
	dir, name := filepath.Split(sidecar)
	now := strings.TrimSuffix(name, ".jsonl") + ".mp4"
	if now == film || isFile(filepath.Join(dir, filepath.Base(film))) ||
		!isFile(filepath.Join(dir, now)) {
		return film
	}
	return now
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

func exportCSV(ctx context.Context, path string, o ExportOptions, w io.Writer) error {
	table := NewTable(w)
	rows := func(v *replayer, frame int, l Line, shown []inference.Detection) error {
		return table.Add(TableFrame{
			File: v.head.Film, Width: l.Width, Height: l.Height,
			Video: true, Frame: frame, At: time.Duration(l.T) * time.Millisecond,
		}, shown)
	}
	if err := eachShown(ctx, path, o.Filter, rows); err != nil {
		return err
	}
	return table.Flush()
}
