package recording

import (
	"image"
	"time"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media/record"
)

// Head is the first line of a sidecar.
type Head struct {
	// Handlens is the version of this form, 1.
	Handlens int    `json:"handlens"`
	Phone    string `json:"phone,omitempty"`
	// Rule is what the rule is called that had the video made; "" for none.
	Rule   string   `json:"rule,omitempty"`
	Model  string   `json:"model,omitempty"`
	Labels []string `json:"labels,omitempty"`
	// Canvas is the video's size in pixels.
	Canvas [2]int `json:"canvas"`
	// Start is when the video's first frame was taken.
	Start time.Time `json:"start"`
	// Regions are the lines and zones that counted when the video began.
	Regions []track.Region `json:"regions,omitempty"`
	// Film is the file's name, and Clean that of the stream as it came, whose first frame lies
	// CleanAt milliseconds after the video's: before it as a rule, since it begins at a key frame.
	Film    string `json:"film"`
	Clean   string `json:"clean,omitempty"`
	CleanAt int64  `json:"clean_at,omitempty"`
}

// Line is each other line of a sidecar: one frame.
type Line struct {
	// T is the time in milliseconds since the video's first frame, At since 1970.
	T  int64 `json:"t"`
	At int64 `json:"at"`
	// Width and Height are the frame's own, upright, in pixels.
	Width  int `json:"w"`
	Height int `json:"h"`
	// Detections are all that was found, also what was not shown; boxes, outlines and keypoints
	// are relative to the frame.
	Detections []inference.Detection `json:"detections"`
	// Detected says that the detector ran on this very frame; else the boxes lie between its
	// results before and after.
	Detected bool `json:"looked,omitempty"`
	// Dropped says that the video lacks this frame.
	Dropped bool `json:"dropped,omitempty"`
	// Rules are those that have come true since the frame before.
	Rules []Mark `json:"rules,omitempty"`
}

// canvas is the size of the video that was recorded: what the head says, or else what a recording
// is given that begins with a frame of that size.
func (h Head) canvas(width, height int) image.Point {
	const least, most = 16, 3840
	x, y := h.Canvas[0], h.Canvas[1]
	if x < least || y < least || x > most || y > most || x%2 != 0 || y%2 != 0 {
		return record.CanvasFor(width, height)
	}
	return image.Pt(x, y)
}

// version is the one of the form that is written here.
const version = 1

func (l Line) time() time.Duration { return time.Duration(l.T) * time.Millisecond }

// newLine describes a frame at that time of the video, which was taken then.
func newLine(t time.Duration, taken time.Time, w, h int, fo frameOverlay, dropped bool) Line {
	l := Line{
		T: t.Milliseconds(), At: taken.UnixMilli(), Width: w, Height: h, Detections: fo.all,
		Detected: fo.detected, Dropped: dropped, Rules: fo.marks,
	}
	if l.Detections == nil {
		l.Detections = []inference.Detection{}
	}
	return l
}
