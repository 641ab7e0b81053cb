package testmodel

import "math"

// family adds the graph of one of the Families.
func (g *graph) family(layout string, n int64) {
	switch layout {
	case "yolov5":
		g.objects(g.patches(n, false), n)
	case "yolov8-rows":
		g.rowsOf(g.patches(n, false), n)
	case "yolov8-half":
		g.input("images", typeHalf, 1, 3, n, n)
		g.columnsWith(g.patchesIn(g.node("Cast", []string{"images"}, one("to", typeFloat)), n), n,
			0, "")
	case "detr":
		g.queries(g.patches(n, false), n)
	case "ssd":
		g.input("image_tensor", typeUint8, 1, n, n, 3)
		planes := g.node("Transpose",
			[]string{g.node("Cast", []string{"image_tensor"}, one("to", typeFloat))},
			many("perm", 0, 3, 1, 2))
		g.finished(g.patchesIn(g.node("Mul", []string{planes, g.number(1.0 / 255)}), n), n)
	default:
		g.export(layout, n)
	}
}

// inRows returns centre and size of each patch, [1,3,4].
func (g *graph) inRows(f found) []string {
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	return []string{cx, cy, w, h}
}

// objects is [1, 3*cells, 5+3]: centre, size, objectness, class scores.
func (g *graph) objects(f found, n int64) {
	ones := g.constant(typeFloat, floats(1, 0, 0, 0, 1, 0, 0, 0, 1), 1, 3, 3)
	out := g.node("Concat", []string{g.stack(2, append(g.inRows(f), f.score)...), ones},
		one("axis", 2))
	g.pad("output0", out, 3, 1, 3*cells(n))
	g.output("output0", typeFloat, 1, 3*cells(n), 8)
}

// rowsOf is [1, cells, 4+3]: YOLOv8's columns as rows.
func (g *graph) rowsOf(f found, n int64) {
	out := g.node("Concat", []string{g.stack(2, g.inRows(f)...), g.oneHot(f.score)}, one("axis", 2))
	g.pad("output0", out, 3, 1, cells(n))
	g.output("output0", typeFloat, 1, cells(n), 7)
}

// queries is logits [1, 300, 3] and boxes [1, 300, 4], centre and size in 0..1.
func (g *graph) queries(f found, n int64) {
	const unlikely = 20 // the logarithm of the odds against what is not there
	odds := float32(math.Log(Score / (1 - Score)))
	logits := g.node("Mul", []string{g.oneHot(f.score), g.number((odds + unlikely) / Score)})
	g.pad("pred_logits", g.node("Sub", []string{logits, g.number(unlikely)}), 3, 1, rows)
	g.pad("pred_boxes",
		g.node("Mul", []string{g.stack(2, g.inRows(f)...), g.number(1 / float32(n))}), 3, 1, rows)
	g.output("pred_logits", typeFloat, 1, rows, 3)
	g.output("pred_boxes", typeFloat, 1, rows, 4)
}

// finished is what TensorFlow's Object Detection API gives: corners in 0..1 with y first, classes
// that count from 1, and how many there are.
func (g *graph) finished(f found, n int64) {
	g.pad("detection_boxes",
		g.node("Mul", []string{g.stack(2, f.y1, f.x1, f.y2, f.x2), g.number(1 / float32(n))}), 3, 1,
		rows)
	g.pad("detection_classes", g.constant(typeFloat, floats(1, 2, 3), 1, 3), 2, 1, rows)
	g.pad("detection_scores", f.score, 2, 1, rows)
	g.named("Identity", "num_detections", []string{g.vector(3)})
	g.output("detection_boxes", typeFloat, 1, rows, 4)
	g.output("detection_classes", typeFloat, 1, rows)
	g.output("detection_scores", typeFloat, 1, rows)
	g.output("num_detections", typeFloat, 1)
}
