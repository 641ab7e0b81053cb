package testmodel

// Faces are the names of the detectors of faces that Build knows: each patch, whatever its colour,
// is a face with the landmarks of Landmarks.
var Faces = []string{"scrfd", "yunet", "retinaface"}

// Landmarks are a face's eyes, nose and corners of the mouth, from the upper left corner of its box
// in shares of its sides.
var Landmarks = [][2]float32{{.3, .35}, {.7, .35}, {.5, .55}, {.35, .8}, {.65, .8}}

// faces adds the graph of one of the Faces. The patches are in the first three rows of the smallest
// stride.
func (g *graph) faces(layout string, n int64) {
	switch layout {
	case "scrfd":
		g.scrfd(n)
	case "yunet":
		g.yunet(n)
	default:
		g.retinaface(n)
	}
}

// prepared adds an input of three planes that are (sample - mean) / scale, blue first if bgr, and
// finds the patches in it.
func (g *graph) prepared(n int64, bgr bool, scale float32, mean ...float32) found {
	g.input("input", typeFloat, 1, 3, n, n)
	planes := g.node("Mul", []string{"input", g.number(scale)})
	planes = g.node("Add", []string{planes, g.constant(typeFloat, floats(mean...), 1, 3, 1, 1)})
	if bgr {
		planes = g.node("Gather", []string{planes, g.indices(2, 1, 0)}, one("axis", 1))
	}
	return g.patchesIn(g.node("Mul", []string{planes, g.number(1.0 / 255)}), n)
}

// from is (value - start) / unit, both by patch.
func (g *graph) from(value string, start, unit [3]float32) string {
	away := g.node("Sub", []string{value, g.constant(typeFloat, floats(start[:]...), 1, 3)})
	return g.node("Div", []string{away, g.constant(typeFloat, floats(unit[:]...), 1, 3)})
}

// landmarks is [1,3,10]: x and y of each landmark, from a start and in a unit.
func (g *graph) landmarks(f found, x, y, unit [3]float32) string {
	at := func(low, high string, share float32) string {
		length := g.node("Sub", []string{high, low})
		return g.node("Add", []string{low, g.node("Mul", []string{length, g.number(share)})})
	}
	var all []string
	for _, p := range Landmarks {
		all = append(all, g.from(at(f.x1, f.x2, p[0]), x, unit),
			g.from(at(f.y1, f.y2, p[1]), y, unit))
	}
	return g.stack(2, all...)
}

// inRow adds the output [total, width], or [1, total, width] if batched, whose first three rows are
// value, [1,3,width]; the rest is 0.
func (g *graph) inRow(name, value string, total, width int64, batched bool) {
	if batched {
		g.pad(name, value, 3, 1, total)
		g.output(name, typeFloat, 1, total, width)
		return
	}
	g.pad(name, g.node("Squeeze", []string{value, g.indices(0)}), 2, 0, total)
	g.output(name, typeFloat, total, width)
}

// none is [1,3,width] of zeros.
func (g *graph) none(width int64) string {
	return g.constant(typeFloat, floats(make([]float32, 3*width)...), 1, 3, width)
}

// scrfd is, for each stride, scores [N,1], then distances [N,4], then landmarks [N,10], of two rows
// for each cell and without a batch.
func (g *graph) scrfd(n int64) {
	f := g.prepared(n, false, 128, 127.5, 127.5, 127.5)
	x, y, unit := [3]float32{0, 0, 8}, [3]float32{}, [3]float32{8, 8, 8}
	back := [3]float32{-8, -8, -8}
	values := []string{
		g.stack(2, f.score),
		g.stack(2, g.from(f.x1, x, back), g.from(f.y1, y, back), g.from(f.x2, x, unit),
			g.from(f.y2, y, unit)),
		g.landmarks(f, x, y, unit),
	}
	for k, width := range []int64{1, 4, 2 * int64(len(Landmarks))} {
		for i, name := range []string{"8", "16", "32"} {
			side := n / (8 << i)
			value := values[k]
			if i > 0 {
				value = g.none(width)
			}
			g.inRow([]string{"score_", "bbox_", "kps_"}[k]+name, value, max(2*side*side, 3), width,
				false)
		}
	}
}

// yunet is, for each stride, a class and an objectness [1,N,1], boxes [1,N,4] and landmarks
// [1,N,10].
func (g *graph) yunet(n int64) {
	f := g.prepared(n, true, 1, 0, 0, 0)
	x, y, unit := [3]float32{0, 8, 16}, [3]float32{}, [3]float32{8, 8, 8}
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	score := g.stack(2, f.score)
	values := []string{
		score, score,
		g.stack(2, g.from(cx, x, unit), g.from(cy, y, unit), g.logarithm(w, unit),
			g.logarithm(h, unit)),
		g.landmarks(f, x, y, unit),
	}
	for k, width := range []int64{1, 1, 4, 2 * int64(len(Landmarks))} {
		for i, name := range []string{"8", "16", "32"} {
			side := n / (8 << i)
			value := values[k]
			if i > 0 {
				value = g.none(width)
			}
			g.inRow([]string{"cls_", "obj_", "bbox_", "kps_"}[k]+name, value, max(side*side, 3),
				width, true)
		}
	}
}

// logarithm is that of a length, at least a pixel, in a unit.
func (g *graph) logarithm(length string, unit [3]float32) string {
	return g.node("Log",
		[]string{g.from(g.node("Max", []string{length, g.number(1)}), [3]float32{}, unit)})
}

// retinaface is offsets from priors [1,N,4], background and face [1,N,2] and landmarks [1,N,10].
func (g *graph) retinaface(n int64) {
	f := g.prepared(n, true, 1, 104, 117, 123)
	x, y := [3]float32{4, 4, 12}, [3]float32{4, 4, 4}
	sides, tenth := [3]float32{16, 32, 16}, [3]float32{1.6, 3.2, 1.6}
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	fifth := func(v string) string { return g.node("Mul", []string{v, g.number(5)}) }
	total := 2 * cells(n)
	boxes := g.stack(2, g.from(cx, x, tenth), g.from(cy, y, tenth), fifth(g.logarithm(w, sides)),
		fifth(g.logarithm(h, sides)))
	g.inRow("loc", boxes, total, 4, true)
	// What is padded is background.
	least := g.stack(2, g.node("Neg", []string{f.score}), f.score)
	pads := g.indices(0, 0, 0, 0, total-3, 0)
	background := g.constant(typeFloat, floats(1, 0), 1, 1, 2)
	g.named("Add", "conf", []string{g.node("Pad", []string{least, pads}), background})
	g.output("conf", typeFloat, 1, total, 2)
	g.inRow("landms", g.landmarks(f, x, y, tenth), total, 2*int64(len(Landmarks)), true)
}
