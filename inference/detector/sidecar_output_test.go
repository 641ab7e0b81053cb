package detector

import (
	"errors"
	"strings"
	"testing"

	"handlens/inference/layout"
	"handlens/media"
)

// TestSidecarDescribesOutputs reads models as if nobody knew their family, by what a sidecar says
// of their outputs, with boxes and classes where they are.
func TestSidecarDescribesOutputs(t *testing.T) {
	for kind, said := range map[string]string{
		"yolov5":  `{"columns": ["x","y","w","h","object","scores"]}`,
		"yolov8":  `{"columns": ["x","y","w","h","scores"], "transposed": true}`,
		"end2end": `{"columns": ["x1","y1","x2","y2","score","class"], "unit": "pixels"}`,
		"efficientdet": `{"columns": ["-","y1","x1","y2","x2","score","class"],
			"classes": "from-1"}`,
		"yolo-nas-flat": `{"columns": ["-","x1","y1","x2","y2","score","class"]}`,
		"rt-detr-rows":  `{"columns": ["x","y","w","h","scores"], "unit": "shares"}`,
		"yolo-nas":      `{"boxes": "output", "scores": "907"}`,
		"ssd-scores": `{"boxes": "boxes", "scores": "scores", "unit": "shares",
			"background": "first"}`,
		"ssd": `{"boxes": "detection_boxes", "scores": "detection_scores",
			"labels": "detection_classes", "count": "num_detections", "form": "yxyx",
			"unit": "shares", "classes": "from-1"}`,
	} {
		input := `{"range": 1, "fit": "stretch"}`
		switch kind {
		case "ssd", "efficientdet":
			input = `{"fit": "stretch"}`
		case "ssd-scores":
			input = `{"range": 255, "mean": [127,127,127], "std": [128,128,128]}`
		}
		d, err := openBeside(t, kind, `{"layout": {"title": "strange", "output": `+said+
			`, "input": `+input+`}}`)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		w, h := 640, 480
		want := []patch{{0, even(w, h, .1, .15, .4, .5)}, {1, even(w, h, .55, .1, .95, .35)}}
		got, _, err := d.Detect(paint(t, w, h, media.I420, want...), nil)
		if err != nil || d.Info().Family != "strange" {
			t.Errorf("%s: %v, of %s", kind, err, d.Info().Family)
		}
		t.Run(kind, func(t *testing.T) { expect(t, d, w, h, got, want) })
	}
}

// TestSidecarOutputsInWords: what does not fit is said.
func TestSidecarOutputsInWords(t *testing.T) {
	for said, want := range map[string]string{
		`{}`: "columns of one output, or the " +
			"names",
		`{"columns": ["x1","y1"]}`:                             "x1, y1, x2, y2 or x, y, w, h",
		`{"columns": ["x","y","w","h"]}`:                       "with a score",
		`{"columns": ["x","x"]}`:                               "none comes twice",
		`{"columns": ["q"]}`:                                   "must be one of",
		`{"columns": ["x","y","w","h","score"]}`:               "names 5 columns",
		`{"columns": ["x","y","w","h","scores","class"]}`:      "scores at the end",
		`{"boxes": "nothing", "scores": "output0"}`:            `output.boxes is "nothing"`,
		`{"boxes": "output0", "scores": "output0", "form": 1}`: "a text is wanted",
		`{"unknown": 1}`:                                       "unknown field",
	} {
		_, err := openBeside(t, "end2end", `{"layout": {"output": `+said+`}}`)
		if err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "thing.json") {
			t.Errorf("%s gives %v, not %s", said, err, want)
		}
	}
	_, err := openBeside(t, "end2end", `{"layout": {"family": "yolox", "output": {"columns":
		["x1","y1","x2","y2","score","class"]}}}`)
	if err == nil || errors.Is(err, layout.ErrUnknown) || !strings.Contains(err.Error(), "family") {
		t.Errorf("a family beside it gives %v", err)
	}
}
