package inference

import "strings"

// published are the thresholds with which the families' authors evaluate on COCO, by the beginning
// of the family's name.
var published = []struct {
	family          string
	confidence, iou float32
}{
	{"Handlens", 0.001, 0.65}, // models/starter/README.md
	{"YOLOX", 0.001, 0.65},    // its tools/eval.py has 0.01; below that little changes
	{"YOLOv5", 0.001, 0.6},    // val.py
	{"NanoDet", 0.05, 0.6},    // nanodet/model/head/nanodet_plus_head.py, get_bboxes
	{"YOLO", 0.001, 0.7},      // Ultralytics' val mode
	{"", 0.001, DefaultIoU},   // those without suppression
}

// evaluating returns the options with what the family is evaluated with.
func (o Options) evaluating(family string) Options {
	o.AllLabels = true
	for _, p := range published {
		if strings.HasPrefix(family, p.family) {
			o.Confidence, o.IoU = p.confidence, p.iou
			break
		}
	}
	return o
}
