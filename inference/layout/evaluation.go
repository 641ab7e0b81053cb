package layout

import (
	"strings"

	"handlens/inference"
)

// evalThresholds are the thresholds with which the families' authors evaluate on COCO, by the
// beginning of the family's name.
var evalThresholds = []struct {
	family          string
	confidence, iou float32
}{
	{"Handlens", 0.001, 0.65},         // models/starter/README.md
	{"YOLOX", 0.001, 0.65},            // its tools/eval.py has 0.01; below that little changes
	{"YOLOv5", 0.001, 0.6},            // val.py
	{"NanoDet", 0.05, 0.6},            // nanodet/model/head/nanodet_plus_head.py, get_bboxes
	{"YOLO", 0.001, 0.7},              // Ultralytics' val mode
	{"", 0.001, inference.DefaultIoU}, // those without suppression
}

// EvalThresholds returns the confidence and the IoU, both 0..1, with which the family's authors
// evaluate it on COCO.
func (l *Layout) EvalThresholds() (confidence, iou float32) {
	for _, e := range evalThresholds {
		if strings.HasPrefix(l.family, e.family) {
			return e.confidence, e.iou
		}
	}
	return 0, 0 // never: the last family fits all
}
