package detector

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/inference/testmodel"
	"handlens/media"
)

// openBeside writes a test model and its sidecar into a folder, and opens it.
func openBeside(t *testing.T, layout, said string) (*Detector, error) {
	t.Helper()
	data, err := testmodel.Build(layout, 416)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "thing.onnx")
	for file, data := range map[string][]byte{
		path: data,
		strings.TrimSuffix(path, "onnx") + "json": []byte(said),
	} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Open(path, Options{})
	if err == nil {
		t.Cleanup(d.Close)
	}
	return d, err
}

// found names what is found in the frame with a red and a green patch.
func found(t *testing.T, d *Detector) string {
	t.Helper()
	w, h := 640, 480
	got, _, err := d.Detect(paint(t, w, h, media.I420, patch{0, even(w, h, .1, .15, .4, .5)},
		patch{1, even(w, h, .55, .1, .95, .35)}), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, g := range got {
		all = append(all, fmt.Sprintf("%s %.3f", g.Label, g.Score))
	}
	return strings.Join(all, ", ")
}

func TestSidecarGoesOverWhatWasRecognised(t *testing.T) {
	for _, c := range []struct{ layout, said, want string }{
		{"yolov8", `{"name": "x", "sha256": "00"}`, "red 0.980, green 0.980"},
		{"yolov8", `["no sidecar at all"`, "red 0.980, green 0.980"},
		{"yolov8", `{"size": 7, "layout": {"labels": ["r", "g", "b"]}}`, "r 0.980, g 0.980"},
		// Red in the plane of blue: the model, which takes rgb, sees blue.
		{"yolov8", `{"layout": {"input": {"order": "bgr"}}}`, "green 0.980, blue 0.980"},
		{"yolox", `{"layout": {"input": {"range": 1}}}`, ""},
		{
			"yolox",
			`{"layout": {"input": {"range": 1, "std": [0.00392157, 0.00392157, 0.00392157]}}}`,
			"red 0.980, green 0.980",
		},
		// With a mean for red only, no red is left, in whichever plane it is.
		{"yolov8", `{"layout": {"input": {"mean": [0.9, 0, 0]}}}`, "green 0.980"},
		{"yolox", `{"layout": {"input": {"mean": [230, 0, 0]}}}`, "green 0.980"},
		{"yolov8", `{"layout": {"scores": "sigmoid", "family": "yolov8"}}`, ""},
	} {
		d, err := openBeside(t, c.layout, c.said)
		if err != nil {
			t.Errorf("%s with %s: %v", c.layout, c.said, err)
			continue
		}
		if c.want == "" {
			d.SetConfidence(.73) // a logit of 0.98 is 0.727
		}
		if got := found(t, d); got != c.want {
			t.Errorf("%s with %s finds %q, want %q", c.layout, c.said, got, c.want)
		}
	}
}

func TestSidecarScoresAndFit(t *testing.T) {
	for _, layout := range []string{"yolov8", "yolov8-rows", "yolov5", "yolox", "end2end", "deim"} {
		d, err := openBeside(t, layout,
			`{"layout": {"scores": "sigmoid", "input": {"fit": "top-left"}}}`)
		if err != nil {
			t.Fatal(err)
		}
		d.SetConfidence(.51)
		want := "red 0.727, green 0.727"
		switch layout {
		case "yolov5", "yolox": // objectness 0.98 and class score 1, both through the sigmoid
			want = "red 0.532, green 0.532"
		}
		if got := found(t, d); got != want {
			t.Errorf("%s finds %q, want %q", layout, got, want)
		}
		if got := d.layout.Place(640, 480).Place; got != image.Rect(0, 0, 416, 312) {
			t.Errorf("%s: the picture lies at %v, not top left", layout, got)
		}
	}
}

func TestBadSidecars(t *testing.T) {
	for said, want := range map[string]string{
		`{"layout": 7}`: "thing.json: layout is a number, where an " +
			"object is wanted",
		`{"layout": {"labels": "a"}}`: "thing.json: layout.labels is a string, " +
			"where a list is wanted",
		`{"layout": {"family": "yolov99"}}`: `thing.json: family is "yolov99", and must be one of nanodet-plus, yolo26-obb, yolov10, yolov5, yolov8, yolov8-obb, yolox`,
		`{"layout": {"family": "nanodet-plus"}}`: "thing.json says family nanodet-plus, " +
			"which has another shape",
		`{"layout": {"input": {"order": "grb"}}}`: `input.order is "grb", and must be one of bgr, rgb`,
		`{"layout": {"input": {"ordr": "bgr"}}}`:  `thing.json cannot be read: unknown field "ordr"`,
		`{"layout": {"input": {"range": 2}}}`:     "thing.json: input.range must be 1 or 255",
		`{"layout": {"input": {"mean": [1]}}}`: "thing.json: input.mean must be three " +
			"numbers",
		`{"layout": {"input": {"std": [1, 1, 0]}}}`: "thing.json: input.std must be three " +
			"numbers above 0",
		`{"layout": {"input": {"fit": "crop"}}}`: "one of centre, stretch, top-left",
		`{"layout": {"scores": "softmax"}}`:      "scores cannot be softmax for YOLOv8",
		`{"layout": {"nms": "yes"}}`: "thing.json: layout.nms is a string, " +
			"where true or false is wanted",
		`{"layout": {`: "thing.json cannot be read",
		`{"layout": {}}` + strings.Repeat(" ", 1<<20): "is longer than 1 MiB",
	} {
		if _, err := openBeside(t, "yolov8", said); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: the error is %v, want %q", said, err, want)
		}
	}
}

// TestModelSaysItsLayout opens a model that contains what a sidecar would say.
func TestModelSaysItsLayout(t *testing.T) {
	open := func(said string) (*Detector, error) {
		data, err := testmodel.Build("yolov8", 416)
		if err != nil {
			t.Fatal(err)
		}
		// A further entry of ONNX's metadata_props; two messages in a row are one in protobuf.
		entry := fmt.Appendf([]byte{1<<3 | 2, byte(len("handlens.layout"))},
			"handlens.layout%c%c%s", 2<<3|2, len(said), said)
		d, err := OpenBytes("thing.onnx",
			slices.Concat(data, []byte{14<<3 | 2, byte(len(entry))}, entry), Options{})
		if err == nil {
			t.Cleanup(d.Close)
		}
		return d, err
	}
	d, err := open(`{"title": "Handmade", "labels": ["r", "g", "b"], "input": {"smooth": true}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := found(t, d); got != "r 0.980, g 0.980" || d.Info().Family != "Handmade" ||
		!d.layout.Preparation().Antialias {
		t.Errorf("found are %s; it is %+v, %+v", got, d.Info(), d.layout)
	}
	for _, said := range []string{`{"tile": 1}`, `[]`, `{"scores": "guess"}`, "{"} {
		if _, err := open(said); err == nil || !strings.Contains(err.Error(), "handlens.layout") {
			t.Errorf("%s: %v", said, err)
		}
	}
}
