package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"handlens/app/cli"
)

// referenceObject is one of ../shared/data/reference/photos.json.
type referenceObject struct {
	Class string     `json:"class"`
	Score float64    `json:"score"`
	Box   [4]float64 `json:"box_xyxy"`
}

// TestDetectAgainstReference compares real models on real photos with an independent
// implementation's results, where those files are at hand. Where they are not, the tests above do
// the same with models and pictures of our own.
func TestDetectAgainstReference(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "data")
	data, err := os.ReadFile(filepath.Join(shared, "reference", "photos.json"))
	if err != nil {
		t.Logf("no reference results are at hand: %v", err)
		return
	}
	var reference map[string]map[string][]referenceObject
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	for _, model := range []string{
		"deimv2_femto_416", "yolox_nano_416", "yolov8n_640",
		"yolo26n_640",
	} {
		stdout, _ := detect(t, cli.Done, "--format", "jsonl", "--confidence", "0.25",
			"--model", filepath.Join(shared, "models", model+".onnx"),
			filepath.Join(shared, "images", "photos"))
		for _, l := range parseLines(t, stdout) {
			objects := reference[model][filepath.Base(l.File)]
			for i, want := range objects {
				// The reference gives each of a box's classes, best first, and we the best one.
				secondary := slices.ContainsFunc(objects[:i], func(o referenceObject) bool {
					return o.Box == want.Box
				})
				if want.Score >= 0.5 && !secondary && !hasObject(l, want) {
					t.Errorf("%s, %s: nothing like %+v", model, filepath.Base(l.File), want)
				}
			}
		}
	}
}

// hasObject says whether a line has that object: its class, a score within 0.1 and boxes that
// overlap by 0.8.
func hasObject(l detectLine, want referenceObject) bool {
	for _, d := range l.Detections {
		w, h := float64(l.Width), float64(l.Height)
		box := [4]float64{d.Box[0] * w, d.Box[1] * h, d.Box[2] * w, d.Box[3] * h}
		if d.Label == want.Class && d.Confidence > want.Score-0.1 &&
			d.Confidence < want.Score+0.1 && overlap(box, want.Box) >= 0.8 {
			return true
		}
	}
	return false
}

// overlap is the area that two boxes share over the area that they cover.
func overlap(a, b [4]float64) float64 {
	area := func(r [4]float64) float64 { return max(0, r[2]-r[0]) * max(0, r[3]-r[1]) }
	both := area([4]float64{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])})
	return both / (area(a) + area(b) - both)
}
