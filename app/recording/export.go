package recording

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"handlens/inference"
)

// ExportOptions says what is exported.
type ExportOptions struct {
	// Format is "coco" for one JSON object with the pictures of the film, what was found in each,
	// and the categories, or "csv" for a table with one line for each thing in each picture, or
	// "counts" for a table of what the lines and zones have counted.
	Format string
	// Choice is what is to be seen.
	Choice Choice
	// Categories numbers a model's classes for COCO; nil counts from 1.
	Categories func(labels []string) func(class int) int
}

// ErrFormat says that there is no such form of export.
var ErrFormat = errors.New("recordings are exported as coco, csv or counts")

// ErrNoRegions says that there was no line or zone when a film began.
var ErrNoRegions = errors.New("no line or zone counted when this recording began")

// Export writes what was found in the pictures of a film, from its sidecar. Boxes, silhouettes
// and key points are in pixels of the picture as the phone sent it; a table has the boxes only.
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

// visit is called for a picture of the film, which are numbered from 0.
type visit func(v *review, frame int, l Line, shown []inference.Detection) error

// eachShown visits each picture of the film.
func eachShown(ctx context.Context, path string, c Choice, do visit) error {
	v, err := openReview(path, c)
	if err != nil {
		return err
	}
	defer v.close()
	for frame := 0; ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l, s, err := v.step()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if l.Dropped {
			continue
		}
		if err := do(v, frame, l, s.shown); err != nil {
			return err
		}
		frame++
	}
}

func exportCSV(ctx context.Context, path string, o ExportOptions, w io.Writer) error {
	table := NewTable(w)
	rows := func(v *review, frame int, l Line, shown []inference.Detection) error {
		return table.Add(TableFrame{
			File: v.head.Film, Width: l.Width, Height: l.Height,
			Video: true, Frame: frame, At: time.Duration(l.T) * time.Millisecond,
		}, shown)
	}
	if err := eachShown(ctx, path, o.Choice, rows); err != nil {
		return err
	}
	return table.Flush()
}

// cocoImage, cocoAnnotation and cocoCategory are as in https://cocodataset.org/#format-data, with a
// film's own fields behind them.
type cocoImage struct {
	ID         int     `json:"id"`
	FileName   string  `json:"file_name"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
	FrameIndex int     `json:"frame_index"`
	Time       float64 `json:"time"`
}

type cocoAnnotation struct {
	ID       int        `json:"id"`
	ImageID  int        `json:"image_id"`
	Category int        `json:"category_id"`
	BBox     [4]float64 `json:"bbox"`
	Area     float64    `json:"area"`
	IsCrowd  int        `json:"iscrowd"`
	Score    float64    `json:"score"`
	TrackID  int        `json:"track_id,omitempty"`

	// Segmentation is one polygon; keypoints are x, y and whether it is seen (2) or not known (0),
	// as in COCO, their scores a film's own field.
	Segmentation   [][]float64 `json:"segmentation,omitempty"`
	Keypoints      []float64   `json:"keypoints,omitempty"`
	NumKeypoints   int         `json:"num_keypoints,omitempty"`
	KeypointScores []float64   `json:"keypoint_scores,omitempty"`
}

// shape adds what is known beside the box; the area is then the silhouette's.
func (a *cocoAnnotation) shape(d inference.Detection, width, height int) {
	outline, keypoints := d.Shape.Pixels(d.Box, width, height)
	if outline != nil {
		a.Segmentation, a.Area = [][]float64{outline}, Round(polygonArea(outline), 2)
	}
	for i := 0; i < len(keypoints); i += 3 {
		x, y, seen := 0.0, 0.0, 0.0
		if d.Shape.Keypoints[i/3].Seen() {
			x, y, seen = keypoints[i], keypoints[i+1], 2
			a.NumKeypoints++
		}
		a.Keypoints = append(a.Keypoints, x, y, seen)
		a.KeypointScores = append(a.KeypointScores, keypoints[i+2])
	}
}

// polygonArea is that of a polygon x, y, x, y, … (the shoelace formula).
func polygonArea(v []float64) float64 {
	sum := 0.0
	for i := 0; i < len(v); i += 2 {
		j := (i + 2) % len(v)
		sum += v[i]*v[j+1] - v[j]*v[i+1]
	}
	return math.Abs(sum) / 2
}

type cocoCategory struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// exportCOCO reads the sidecar twice, for the pictures and for what is in them, so that an hour of
// film needs no memory to speak of.
func exportCOCO(ctx context.Context, path string, o ExportOptions, w io.Writer) error {
	var labels []string
	var category func(class int) int
	// A label that the head does not know may come at any time.
	known := func(v *review) {
		if category != nil && len(labels) == len(v.head.Labels) {
			return
		}
		labels, category = v.head.Labels, func(class int) int { return class + 1 }
		if o.Categories != nil {
			category = o.Categories(labels)
		}
	}
	images := &list{w: w}
	images.begin(`{"images":[`)
	image := func(v *review, frame int, l Line, _ []inference.Detection) error {
		known(v)
		return images.add(cocoImage{frame + 1, v.head.Film, l.Width, l.Height, frame,
			float64(l.T) / 1000})
	}
	if err := eachShown(ctx, path, o.Choice, image); err != nil {
		return err
	}
	annotations := &list{w: w}
	annotations.begin(`],"annotations":[`)
	found := func(_ *review, frame int, l Line, shown []inference.Detection) error {
		for _, d := range shown {
			width, height := float64(d.Box.X2-d.Box.X1)*float64(l.Width),
				float64(d.Box.Y2-d.Box.Y1)*float64(l.Height)
			a := cocoAnnotation{
				ID: annotations.n + 1, ImageID: frame + 1, Category: category(d.Class),
				BBox: [4]float64{
					Round(float64(d.Box.X1)*float64(l.Width), 2),
					Round(float64(d.Box.Y1)*float64(l.Height), 2), Round(width, 2),
					Round(height, 2),
				},
				Area: Round(width*height, 2), Score: Round(float64(d.Score), 3), TrackID: d.Track,
			}
			a.shape(d, l.Width, l.Height)
			if err := annotations.add(a); err != nil {
				return err
			}
		}
		return nil
	}
	if err := eachShown(ctx, path, o.Choice, found); err != nil {
		return err
	}
	categories := &list{w: w}
	categories.begin(`],"categories":[`)
	for i, label := range labels {
		if err := categories.add(cocoCategory{category(i), label}); err != nil {
			return err
		}
	}
	categories.begin("]}\n")
	return errors.Join(images.err, annotations.err, categories.err)
}

// list writes the elements of a JSON list, one a line.
type list struct {
	w   io.Writer
	n   int
	err error
}

// begin writes what stands around the elements.
func (l *list) begin(text string) {
	if _, err := io.WriteString(l.w, text); err != nil && l.err == nil {
		l.err = err
	}
}

func (l *list) add(v any) error {
	if l.err != nil {
		return l.err
	}
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	lead := ",\n"
	if l.n == 0 {
		lead = "\n"
	}
	l.n++
	_, err = fmt.Fprintf(l.w, "%s%s", lead, line)
	return err
}
