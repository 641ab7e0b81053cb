package testmodel

// exported are the layouts that only the values of a run tell apart, or that have more inputs or
// outputs than they need, as exporters leave them. As in real models, each row has some box,
// whatever is in the picture.
var exported = []string{
	"yolov6", "yolov5-grids", "yolov9-dual", "rt-detr-rows", "yolo-nas", "ssd-scores", "rtmdet",
	"efficientdet", "detr-mask",
	"yolov7-end2end", "yolo-nas-flat", "paddle", "yolov4", "yolov3-indices",
	"yolov8-shares", "yolov8-corners", "yolov8-logits", "end2end-shares", "class-first",
	"centernet", "detectnet",
}

// export adds the graph of one of the exported.
func (g *graph) export(layout string, n int64) {
	switch layout {
	case "yolov6":
		f := g.patches(n, false)
		ones := g.constant(typeFloat, repeated(1, cells(n)), 1, cells(n), 1)
		g.join("outputs", cells(n), g.centresOf(cells(n), n, g.anyhow(f)), ones,
			g.scoresOf(cells(n), f))
	case "yolov5-grids":
		g.objects(g.patches(n, false), n)
		for _, stride := range []int64{8, 16, 32} {
			name := "grid" + string(rune('0'+stride/8))
			raw := g.constant(typeFloat, repeated(0, 3*(n/stride)*(n/stride)*8), 1, 3, n/stride,
				n/stride, 8)
			g.named("Identity", name, []string{raw})
			g.output(name, typeFloat, 1, 3, n/stride, n/stride, 8)
		}
	case "yolov9-dual":
		nothing := g.constant(typeFloat, repeated(0, 7*cells(n)), 1, 7, cells(n))
		g.named("Identity", "auxiliary", []string{nothing})
		g.output("auxiliary", typeFloat, 1, 7, cells(n))
		g.columnsWith(g.patches(n, false), n, 0, "")
	case "rt-detr-rows":
		f := g.patches(n, false)
		boxes := g.node("Mul", []string{g.centresOf(rows, n, g.anyhow(f)), g.number(1 /
			float32(n))})
		g.join("output0", rows, boxes, "", g.scoresOf(rows, f))
	case "yolo-nas":
		f := g.patches(n, false)
		a := g.anyhow(f)
		g.named("Identity", "output", []string{g.boxesOf(cells(n), n, []string{
			a.x1, a.y1, a.x2,
			a.y2,
		})})
		g.named("Identity", "907", []string{g.scoresOf(cells(n), f)})
		g.output("output", typeFloat, 1, cells(n), 4)
		g.output("907", typeFloat, 1, cells(n), 3)
	case "ssd-scores":
		g.softmaxed(n)
	case "rtmdet":
		g.scored(n)
	case "efficientdet":
		g.sevens(n)
	case "yolov7-end2end", "yolo-nas-flat", "paddle":
		g.flat(layout, n)
	case "yolov4":
		f := g.patches(n, false)
		a := g.anyhow(f)
		shares := g.node("Mul", []string{
			g.boxesOf(cells(n), n, []string{a.x1, a.y1, a.x2, a.y2}), g.number(1 / float32(n)),
		})
		g.named("Unsqueeze", "boxes", []string{shares, g.indices(2)})
		g.named("Identity", "confs", []string{g.scoresOf(cells(n), f)})
		g.output("boxes", typeFloat, 1, cells(n), 1, 4)
		g.output("confs", typeFloat, 1, cells(n), 3)
	case "yolov3-indices":
		g.indexed(n)
	case "detr-mask":
		g.input("pixel_mask", typeInt64, 1, n, n)
		f := g.patches(n, false)
		whole := g.node("ReduceMin", []string{g.node("Cast", []string{"pixel_mask"},
			one("to", typeFloat))}, many("axes", 1, 2), one("keepdims", 0))
		f.score = g.node("Mul", []string{f.score, whole})
		g.queries(f, n)
	default:
		g.strange(layout, n)
	}
}

// repeated is n times the same number, as bytes.
func repeated(v float32, n int64) []byte {
	list := make([]float32, n)
	for i := range list {
		list[i] = v
	}
	return floats(list...)
}

// anyhow has a box of 16 pixels stand for a patch that is not there.
func (g *graph) anyhow(f found) found {
	there := g.node("Cast", []string{g.node("Greater", []string{f.score, g.number(0)})},
		one("to", typeFloat))
	absent := g.node("Sub", []string{g.number(1), there})
	mix := func(edge string, otherwise float32) string {
		return g.node("Add", []string{
			g.node("Mul", []string{edge, there}),
			g.node("Mul", []string{absent, g.number(otherwise)}),
		})
	}
	return found{
		x1: mix(f.x1, 8), y1: mix(f.y1, 8), x2: mix(f.x2, 24), y2: mix(f.y2, 24), score: f.score,
	}
}

// boxesOf is [1, total, 4]: the columns of three boxes, and small boxes all over the input.
func (g *graph) boxesOf(total, n int64, columns []string) string {
	return g.amidst(total, n, columns, func(x, y float32) [4]float32 {
		return [4]float32{x, y, x + 16, y + 16}
	})
}

// centresOf is the same with centres and sides.
func (g *graph) centresOf(total, n int64, f found) string {
	return g.amidst(total, n, g.inRows(f), func(x, y float32) [4]float32 {
		return [4]float32{x + 8, y + 8, 16, 16}
	})
}

// amidst is [1, total, 4]: the columns of three boxes, and others of 16 pixels at x and y.
func (g *graph) amidst(total, n int64, columns []string,
	box func(x, y float32) [4]float32,
) string {
	list := make([]float32, 0, 4*(total-3))
	for i := range total - 3 {
		b := box(float32(i*37%max(1, n-16)), float32(i*53%max(1, n-16)))
		list = append(list, b[:]...)
	}
	rest := g.constant(typeFloat, floats(list...), 1, total-3, 4)
	return g.node("Concat", []string{g.stack(2, columns...), rest}, one("axis", 1))
}

// scoresOf is [1, total, 3]: the scores of three boxes, and zeros.
func (g *graph) scoresOf(total int64, f found) string {
	rest := g.constant(typeFloat, repeated(0, 3*(total-3)), 1, total-3, 3)
	return g.node("Concat", []string{g.oneHot(f.score), rest}, one("axis", 1))
}

// join puts boxes, what is between, and scores side by side.
func (g *graph) join(name string, total int64, boxes, between, scores string) {
	parts, width := []string{boxes, scores}, int64(7)
	if between != "" {
		parts, width = []string{boxes, between, scores}, 8
	}
	g.named("Concat", name, parts, one("axis", 2))
	g.output(name, typeFloat, 1, total, width)
}

// softmaxed is scores [1, cells, 1+3] that sum to one, the background first, and corners in shares;
// the picture is (x - 127) / 128.
func (g *graph) softmaxed(n int64) {
	g.input("input_0", typeFloat, 1, 3, n, n)
	bytes := g.node("Add", []string{
		g.node("Mul", []string{"input_0", g.number(128)}),
		g.number(127),
	})
	f := g.patchesIn(g.node("Mul", []string{bytes, g.number(1.0 / 255)}), n)
	a := g.anyhow(f)
	scores := g.scoresOf(cells(n), f)
	sum := g.node("ReduceSum", []string{scores, g.indices(2)}, one("keepdims", 1))
	g.named("Concat", "scores", []string{g.node("Sub", []string{g.number(1), sum}), scores},
		one("axis", 2))
	g.named("Mul", "boxes", []string{
		g.boxesOf(cells(n), n, []string{a.x1, a.y1, a.x2, a.y2}), g.number(1 / float32(n)),
	})
	g.output("scores", typeFloat, 1, cells(n), 4)
	g.output("boxes", typeFloat, 1, cells(n), 4)
}

// scored is boxes with their scores, and labels, as mmdeploy writes them; the picture is as RTMDet
// wants it.
func (g *graph) scored(n int64) {
	g.input("input", typeFloat, 1, 3, n, n)
	channels := func(v ...float32) string { return g.constant(typeFloat, floats(v...), 1, 3, 1, 1) }
	bytes := g.node("Add", []string{
		g.node("Mul", []string{"input", channels(57.375, 57.12, 58.395)}),
		channels(103.53, 116.28, 123.675),
	})
	rgb := g.node("Gather", []string{bytes, g.indices(2, 1, 0)}, one("axis", 1))
	f := g.patchesIn(g.node("Mul", []string{rgb, g.number(1.0 / 255)}), n)
	g.named("Identity", "dets", []string{g.stack(2, f.x1, f.y1, f.x2, f.y2, f.score)})
	g.named("Identity", "labels", []string{g.constant(typeInt64, ints(0, 1, 2), 1, 3)})
	g.output("dets", typeFloat, 1, 3, 5)
	g.output("labels", typeInt64, 1, 3)
}

// sevens is rows of the picture's number, y and x of two corners in pixels, score, and class from
// 1.
func (g *graph) sevens(n int64) {
	g.input("image_arrays", typeUint8, 1, n, n, 3)
	planes := g.node("Transpose",
		[]string{g.node("Cast", []string{"image_arrays"}, one("to", typeFloat))},
		many("perm", 0, 3, 1, 2))
	f := g.patchesIn(g.node("Mul", []string{planes, g.number(1.0 / 255)}), n)
	number := g.constant(typeFloat, floats(0, 0, 0), 1, 3)
	class := g.constant(typeFloat, floats(1, 2, 3), 1, 3)
	g.pad("detections", g.stack(2, number, f.y1, f.x1, f.y2, f.x2, f.score, class), 3, 1, 100)
	g.output("detections", typeFloat, 1, 100, 7)
}

// flat is rows without an axis before them: the picture's number, corners, and class and score in
// either order; of PaddleDetection class, score and corners, for a picture whose scale is an input.
func (g *graph) flat(layout string, n int64) {
	var f found
	if layout == "paddle" && (n == 320 || n == 416) {
		f = g.imageNet(n) // as PicoDet, whose sides these are
	} else {
		f = g.patches(n, false)
	}
	zero, class := g.constant(typeFloat, floats(0, 0, 0), 1, 3),
		g.constant(typeFloat, floats(0, 1, 2), 1, 3)
	columns, width := []string{zero, f.x1, f.y1, f.x2, f.y2, class, f.score}, int64(7)
	switch layout {
	case "yolo-nas-flat":
		columns[5], columns[6] = f.score, class
	case "paddle":
		g.input("scale_factor", typeFloat, 1, 2)
		scale := g.node("ReduceMin", []string{"scale_factor"}, many("axes", 1), one("keepdims", 1))
		columns, width = []string{
			class, g.node("Mul", []string{f.score, scale}), f.x1, f.y1, f.x2,
			f.y2,
		}, 6
		g.named("Identity", "nms.tmp_2", []string{g.constant(typeInt64, ints(3), 1)})
	}
	g.named("Squeeze", "rows", []string{g.stack(2, columns...), g.indices(0)})
	g.output("rows", typeFloat, 3, width)
	if layout == "paddle" {
		g.output("nms.tmp_2", typeInt64, 1)
	}
}

// imageNet adds an input that is normalised as ImageNet is, and finds the patches in it.
func (g *graph) imageNet(n int64) found {
	g.input("images", typeFloat, 1, 3, n, n)
	std := g.constant(typeFloat, floats(.229, .224, .225), 1, 3, 1, 1)
	mean := g.constant(typeFloat, floats(.485, .456, .406), 1, 3, 1, 1)
	return g.patchesIn(g.node("Add", []string{g.node("Mul", []string{"images", std}), mean}), n)
}

// indexed is boxes, y first, in units of the size that an input names, scores by class, and the
// indices of those that count.
func (g *graph) indexed(n int64) {
	g.input("image_shape", typeFloat, 1, 2)
	f := g.patches(n, false)
	size := g.node("Mul", []string{"image_shape", g.number(1 / float32(n))})
	twice := g.node("Concat", []string{size, size}, one("axis", 1))
	boxes := g.node("Mul", []string{
		g.stack(2, f.y1, f.x1, f.y2, f.x2), g.node("Unsqueeze", []string{twice, g.indices(1)}),
	})
	g.named("Identity", "boxes", []string{boxes})
	g.named("Identity", "scores", []string{g.oneHot(f.score)})
	g.named("Identity", "indices", []string{
		g.constant(typeInt64, ints(0, 0, 0, 0, 1, 1, 0, 2, 2), 1, 3, 3),
	})
	g.output("boxes", typeFloat, 1, 3, 4)
	g.output("scores", typeFloat, 1, 3, 3)
	g.output("indices", typeInt64, 1, 3, 3)
}
