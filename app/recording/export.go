package recording

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"handlens/inference"
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
// and keypoints are in pixels of the frame as the phone sent it; a table has the boxes only.
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

// visit is called for a frame of the video, which are numbered from 0.
type visit func(r *replayer, frame int, l Line, shown []inference.Detection) error

// eachShown visits each frame of the video.
func eachShown(ctx context.Context, path string, f Filter, do visit) error {
	r, err := openReplayer(path, f)
	if err != nil {
		return err
	}
	defer r.close()
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
		if err := do(r, frame, l, fo.shown); err != nil {
			return err
		}
		frame++
	}
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
