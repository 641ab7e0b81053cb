package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"handlens/inference"
)

// cocoImage, cocoAnnotation and cocoCategory are as in https://cocodataset.org/#format-data, with a
// video's own fields behind them.
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
	// as in COCO, their scores a video's own field.
	Segmentation   [][]float64 `json:"segmentation,omitempty"`
	Keypoints      []float64   `json:"keypoints,omitempty"`
	NumKeypoints   int         `json:"num_keypoints,omitempty"`
	KeypointScores []float64   `json:"keypoint_scores,omitempty"`
}

// shape adds what is known beside the box; the area is then the outline's.
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

// exportCOCO reads the sidecar twice, for the frames and for what is in them, so that an hour of
// video needs no memory to speak of.
func exportCOCO(ctx context.Context, path string, o ExportOptions, w io.Writer) error {
	c := cocoCategories{number: o.Categories}
	images := &list{w: w}
	images.begin(`{"images":[`)
	image := func(r *replayer, frame int, l Line, _ []inference.Detection) error {
		c.update(r.head.Labels)
		return images.add(cocoImage{
			frame + 1, r.head.Film, l.Width, l.Height, frame, float64(l.T) / 1000,
		})
	}
	if err := eachShown(ctx, path, o.Filter, image); err != nil {
		return err
	}
	annotations := &list{w: w}
	annotations.begin(`],"annotations":[`)
	found := func(_ *replayer, frame int, l Line, shown []inference.Detection) error {
		for _, d := range shown {
			a := newAnnotation(d, l.Width, l.Height)
			a.ID, a.ImageID, a.Category = annotations.n+1, frame+1, c.of(d.Class)
			if err := annotations.add(a); err != nil {
				return err
			}
		}
		return nil
	}
	if err := eachShown(ctx, path, o.Filter, found); err != nil {
		return err
	}
	categories := &list{w: w}
	categories.begin(`],"categories":[`)
	for i, label := range c.labels {
		if err := categories.add(cocoCategory{c.of(i), label}); err != nil {
			return err
		}
	}
	categories.begin("]}\n")
	return errors.Join(images.err, annotations.err, categories.err)
}

// newAnnotation describes a detection in a frame of that size, without its numbers.
func newAnnotation(d inference.Detection, width, height int) cocoAnnotation {
	w, h := float64(width), float64(height)
	bw, bh := float64(d.Box.X2-d.Box.X1)*w, float64(d.Box.Y2-d.Box.Y1)*h
	a := cocoAnnotation{
		BBox: [4]float64{
			Round(float64(d.Box.X1)*w, 2), Round(float64(d.Box.Y1)*h, 2), Round(bw, 2),
			Round(bh, 2),
		},
		Area: Round(bw*bh, 2), Score: Round(float64(d.Score), 3), TrackID: d.Track,
	}
	a.shape(d, width, height)
	return a
}

// cocoCategories numbers the classes of a recording's model.
type cocoCategories struct {
	number func(labels []string) func(class int) int // nil counts from 1
	labels []string
	of     func(class int) int
}

// update takes over the labels: one that the head does not know may come at any time.
func (c *cocoCategories) update(labels []string) {
	if c.of != nil && len(c.labels) == len(labels) {
		return
	}
	c.labels, c.of = labels, func(class int) int { return class + 1 }
	if c.number != nil {
		c.of = c.number(labels)
	}
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
