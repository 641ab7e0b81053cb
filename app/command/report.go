package command

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/inference"
	"handlens/inference/coco"
	"handlens/media/plaintext"
)

// scene is one picture, or one frame of a video, with its detections, best first.
type scene struct {
	file          string
	id            int64 // no other picture or frame of the run has it
	video         bool
	frame         int // of a video, from 0
	pts           time.Duration
	model         string
	width, height int // in pixels
	found         []inference.Detection
}

// report writes scenes in one format. scene borrows what it is given.
type report interface {
	scene(s scene) error
	end() error
}

// filmReport is a report that says something at the end of each video.
type filmReport interface {
	report
	filmEnd() error
}

// reportFormats are the values of --format.
var reportFormats = []cli.Choice{
	{Name: "text", Help: "for people"},
	{Name: "jsonl", Help: "one JSON object for each picture or frame, boxes in 0..1"},
	{Name: "coco", Help: "COCO results: boxes as x, y, width, height in pixels"},
	{Name: "csv", Help: "a table with one line for each object, boxes as in coco"},
}

// newReport returns the report in one of the reportFormats. labels are the model's.
func newReport(format string, w io.Writer, labels []string) report {
	switch format {
	case "jsonl":
		return jsonReport{json.NewEncoder(w)}
	case "coco":
		return &cocoReport{w: w, category: cocoCategories(labels)}
	case "csv":
		return csvReport{recording.NewTable(w)}
	}
	return &textReport{w: w}
}

// textReport is for people: a line for the picture and one for each object. Video frames without
// objects are left out; a video in which there is none at all has one line.
type textReport struct {
	w      io.Writer
	frames int // of the current video
	empty  int // those of them without objects, of which last is the newest
	last   scene
}

func (r *textReport) scene(s scene) error {
	if s.video {
		if r.frames++; len(s.found) == 0 {
			r.last = s
			r.empty++
			return nil
		}
	}
	where := plaintext.Shown(s.file)
	if s.video {
		where += fmt.Sprintf(" at %s, frame %d", clock(s.pts), s.frame)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%d × %d): %s\n", where, s.width, s.height, count(len(s.found)))
	longest := 0
	for _, d := range s.found {
		longest = max(longest, utf8.RuneCountInString(plaintext.Shown(d.Label)))
	}
	for _, d := range s.found {
		x, y, w, h := pixels(d.Box, s.width, s.height)
		fmt.Fprintf(&text, "  %-*s  %.2f  %.0f × %.0f at %.0f, %.0f", longest,
			plaintext.Shown(d.Label), d.Score, w,
			h, x, y)
		if d.Track > 0 {
			fmt.Fprintf(&text, "  id %d", d.Track)
		}
		text.WriteByte('\n')
	}
	_, err := io.WriteString(r.w, text.String())
	return err
}

// filmEnd says so when a video had no object in any of its frames.
func (r *textReport) filmEnd() error {
	frames, empty, last := r.frames, r.empty, r.last
	*r = textReport{w: r.w}
	if frames == 0 || empty < frames {
		return nil
	}
	_, err := fmt.Fprintf(r.w, "%s (%d × %d): nothing found in %d frames\n",
		plaintext.Shown(last.file), last.width, last.height, frames)
	return err
}

func (*textReport) end() error { return nil }

func count(n int) string {
	switch n {
	case 0:
		return "nothing found"
	case 1:
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}

// clock writes a time in a video as minutes, seconds and milliseconds.
func clock(t time.Duration) string {
	ms := t.Milliseconds()
	return fmt.Sprintf("%d:%02d.%03d", ms/60_000, ms/1000%60, ms%1000)
}

// pixels returns a box as left, top, width and height in pixels.
func pixels(b inference.Box, width, height int) (x, y, w, h float64) {
	sx, sy := float64(width), float64(height)
	return float64(b.X1) * sx, float64(b.Y1) * sy, float64(b.X2-b.X1) * sx, float64(b.Y2-b.Y1) * sy
}

// jsonReport writes the message of the data channel, one a line, with the file that it is about.
type jsonReport struct{ enc *json.Encoder }

// jsonScene is a line: the message's own fields and the file's. Frame and PTS (seconds) are there
// for videos only.
type jsonScene struct {
	File   string   `json:"file"`
	Width  int      `json:"width"`
	Height int      `json:"height"`
	Frame  *int     `json:"frame,omitempty"`
	PTS    *float64 `json:"pts,omitempty"`
	inference.Message
}

func (r jsonReport) scene(s scene) error {
	line := jsonScene{File: s.file, Width: s.width, Height: s.height}
	if s.video {
		seconds := float64(s.pts.Microseconds()) / 1e6
		line.Frame, line.PTS = &s.frame, &seconds
	}
	line.Message = inference.Message{T: s.pts.Milliseconds(), Model: s.model, Detections: s.found}
	if s.found == nil {
		line.Detections = []inference.Detection{}
	}
	return r.enc.Encode(line)
}

func (jsonReport) end() error { return nil }

// cocoReport writes the results format of https://cocodataset.org/#format-results: one array of
// boxes, with mask outlines as polygons and keypoints as x, y, score where the model has them.
type cocoReport struct {
	w        io.Writer
	category func(class int) int
	written  bool
}

type cocoResult struct {
	ImageID    int64      `json:"image_id"`
	CategoryID int        `json:"category_id"`
	BBox       [4]float64 `json:"bbox"`
	Score      float64    `json:"score"`

	// No fields of COCO's own: the file, and in videos the frame, counted from 0, and the object.
	FileName string `json:"file_name"`
	Frame    *int   `json:"frame,omitempty"`
	TrackID  int    `json:"track_id,omitempty"`

	Segmentation [][]float64 `json:"segmentation,omitempty"`
	Keypoints    []float64   `json:"keypoints,omitempty"`
}

func (r *cocoReport) scene(s scene) error {
	for _, d := range s.found {
		x, y, w, h := pixels(d.Box, s.width, s.height)
		result := cocoResult{
			ImageID: s.id, FileName: s.file,
			CategoryID: r.category(d.Class),
			BBox: [4]float64{
				recording.Round(x, 2), recording.Round(y, 2),
				recording.Round(w, 2), recording.Round(h, 2),
			},
			Score:   recording.Round(float64(d.Score), 5),
			TrackID: d.Track,
		}
		if s.video {
			result.Frame = &s.frame
		}
		outline, keypoints := d.Shape.Pixels(d.Box, s.width, s.height)
		if outline != nil {
			result.Segmentation = [][]float64{outline}
		}
		result.Keypoints = keypoints
		line, err := json.Marshal(result)
		if err != nil {
			return err
		}
		lead := ",\n"
		if !r.written {
			lead, r.written = "[\n", true
		}
		if _, err := fmt.Fprintf(r.w, "%s%s", lead, line); err != nil {
			return err
		}
	}
	return nil
}

func (r *cocoReport) end() error {
	text := "\n]\n"
	if !r.written {
		text = "[]\n"
	}
	_, err := io.WriteString(r.w, text)
	return err
}

// cocoCategories returns the numbering for a model's classes: COCO's own where all of them have the
// names of COCO's, else 1, 2, 3, …
func cocoCategories(labels []string) func(class int) int {
	numbers := make([]int, len(labels))
	for class, label := range labels {
		place := slices.Index(coco.Labels(), label)
		if place < 0 {
			return func(class int) int { return class + 1 }
		}
		numbers[class] = coco.Number(place)
	}
	return func(class int) int { return numbers[class] }
}
