package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/coco"
)

// TestCOCONumbering holds the table against category ids as they stand in COCO's own annotation
// files.
func TestCOCONumbering(t *testing.T) {
	labels := coco.Labels()
	id := cocoCategories(labels)
	for label, want := range map[string]int{
		"person": 1, "bicycle": 2, "fire hydrant": 11, "stop sign": 13, "backpack": 27,
		"umbrella": 28, "handbag": 31, "bottle": 44,
		"wine glass": 46, "potted plant": 64, "bed": 65, "dining table": 67, "toilet": 70, "tv": 72,
		"refrigerator": 82, "book": 84,
		"toothbrush": 90,
	} {
		if got := id(slices.Index(labels, label)); got != want {
			t.Errorf("%s is category %d, want %d", label, got, want)
		}
	}
	seen := map[int]bool{}
	for class := range labels {
		if n := id(class); n < 1 || n > 90 || seen[n] {
			t.Errorf("class %d is category %d", class, n)
		} else {
			seen[n] = true
		}
	}
	own := cocoCategories([]string{"red", "green"})
	if own(0) != 1 || own(1) != 2 {
		t.Errorf("a model's own classes are %d and %d, want 1 and 2", own(0), own(1))
	}
	few := cocoCategories([]string{"person", "bus"})
	if few(0) != 1 || few(1) != 6 {
		t.Errorf("person and bus alone are %d and %d, want COCO's 1 and 6", few(0), few(1))
	}
}

func sampleScenes() []scene {
	found := []inference.Detection{
		{
			Box: inference.Box{X1: 0.25, Y1: 0.5, X2: 0.5, Y2: 0.75}, Class: 79,
			Label: "toothbrush",
			Score: 0.87654,
		},
		{Box: inference.Box{X1: 0, Y1: 0, X2: 1, Y2: 1}, Class: 0, Label: "person", Score: 0.5},
	}
	return []scene{
		{file: "in/000000000285.jpg", id: 285, model: "m", width: 400, height: 200, found: found},
		{file: "holiday.jpg", id: 1, model: "m", width: 100, height: 100},
		{file: "12.mp4", id: 2, video: true, frame: 0, model: "m", width: 640, height: 360},
		{
			file: "12.mp4", id: 3, video: true, frame: 1, pts: 61500 * time.Millisecond,
			model: "m",
			width: 640, height: 360, found: found[:1],
		},
	}
}

func reported(t *testing.T, format string, scenes []scene) string {
	t.Helper()
	var out bytes.Buffer
	r := newReport(format, &out, coco.Labels())
	for _, s := range scenes {
		if err := r.scene(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTextReport(t *testing.T) {
	want := `in/000000000285.jpg (400 × 200): 2 objects
  toothbrush  0.88  100 × 50 at 100, 100
  person      0.50  400 × 200 at 0, 0
holiday.jpg (100 × 100): nothing found
12.mp4 at 1:01.500, frame 1 (640 × 360): 1 object
  toothbrush  0.88  160 × 90 at 160, 180
`
	if got := reported(t, "text", sampleScenes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A name is text, and a video without any object is not passed over in silence.
func TestTextReportOfNothing(t *testing.T) {
	var out bytes.Buffer
	r := newReport("text", &out, nil).(filmReport)
	for i := range 2 {
		for frame := range 3 {
			s := scene{file: "a\x1b[31m\n.mp4", video: true, frame: frame, width: 4, height: 2}
			if i == 1 && frame == 1 {
				s.found = []inference.Detection{{Label: "größer\a", Score: 0.5}}
			}
			if err := r.scene(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.filmEnd(); err != nil {
			t.Fatal(err)
		}
	}
	want := `a\x1b[31m\n.mp4 (4 × 2): nothing found in 3 frames
a\x1b[31m\n.mp4 at 0:00.000, frame 1 (4 × 2): 1 object
  größer\x07  0.50  0 × 0 at 0, 0
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestJSONReport(t *testing.T) {
	const toothbrush = `{"box":[0.25,0.5,0.5,0.75],"label":"toothbrush","confidence":0.877}`
	want := `{"file":"in/000000000285.jpg","width":400,"height":200,` +
		`"t":0,"age":0,"model":"m","detections":[` + toothbrush +
		`,{"box":[0,0,1,1],"label":"person","confidence":0.5}]}
{"file":"holiday.jpg","width":100,"height":100,"t":0,"age":0,"model":"m","detections":[]}
{"file":"12.mp4","width":640,"height":360,"frame":0,"pts":0,` +
		`"t":0,"age":0,"model":"m","detections":[]}
{"file":"12.mp4","width":640,"height":360,"frame":1,"pts":61.5,` +
		`"t":61500,"age":0,"model":"m","detections":[` + toothbrush + `]}
`
	if got := reported(t, "jsonl", sampleScenes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCOCOReport(t *testing.T) {
	var got []cocoResult
	if err := json.Unmarshal([]byte(reported(t, "coco", sampleScenes())), &got); err != nil {
		t.Fatal(err)
	}
	picture, frame := "in/000000000285.jpg", 1
	want := []cocoResult{
		{
			ImageID: 285, FileName: picture, CategoryID: 90,
			BBox: [4]float64{100, 100, 100, 50}, Score: 0.87654,
		},
		{
			ImageID: 285, FileName: picture, CategoryID: 1,
			BBox: [4]float64{0, 0, 400, 200}, Score: 0.5,
		},
		{
			ImageID: 3, FileName: "12.mp4", Frame: &frame, CategoryID: 90,
			BBox: [4]float64{160, 180, 160, 90}, Score: 0.87654,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := reported(t, "coco", nil); got != "[]\n" {
		t.Errorf("nothing at all is %q", got)
	}
}

func TestCOCOReportHasShapes(t *testing.T) {
	s := sampleScenes()[0]
	s.found = s.found[:1]
	s.found[0].Box = inference.Box{X1: 0.25, Y1: 0.5, X2: 0.5, Y2: 0.75} // of 400 × 200
	s.found[0].Shape = &inference.Shape{
		Outline:   []inference.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0.5, Y: 1}},
		Keypoints: []inference.Keypoint{{Point: inference.Point{X: 0.5, Y: 0.5}, Score: 0.9}},
	}
	var got []cocoResult
	if err := json.Unmarshal([]byte(reported(t, "coco", []scene{s})), &got); err != nil ||
		len(got) != 1 {
		t.Fatal(err, got)
	}
	if !reflect.DeepEqual(got[0].Segmentation, [][]float64{{100, 100, 200, 100, 150, 150}}) ||
		!reflect.DeepEqual(got[0].Keypoints, []float64{150, 125, 0.9}) {
		t.Errorf("got %+v", got[0])
	}
}

func TestReportsHaveRotatedBoxes(t *testing.T) {
	s := sampleScenes()[0] // of 400 × 200
	s.found = s.found[:1]
	s.found[0].Box, s.found[0].Shape, _ = inference.Rotated([4]inference.Point{
		{X: .25, Y: .25}, {X: .75, Y: .25}, {X: .75, Y: .75}, {X: .25, Y: .75},
	})
	for format, want := range map[string]string{
		"text":  "200 × 100 turned by 0° around 200, 100",
		"jsonl": `"corners":[[0.25,0.25],[0.75,0.25],[0.75,0.75],[0.25,0.75]]`,
		"coco":  `"segmentation":[[100,50,300,50,300,150,100,150]]`,
		"csv":   "100.00 50.00 300.00 50.00 300.00 150.00 100.00 150.00\n",
	} {
		if got := reported(t, format, []scene{s}); !strings.Contains(got, want) {
			t.Errorf("%s is %s\nwant %s in it", format, got, want)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestReportsPassErrorsOn(t *testing.T) {
	for _, format := range reportFormats {
		r := newReport(format.Name, brokenPipe{}, coco.Labels())
		if err := r.scene(sampleScenes()[0]); err == nil {
			t.Errorf("%s: a broken pipe went unnoticed", format.Name)
		}
	}
}
