package testmodel

import "math"

// strange adds the graph of one of the exported whose form only the values of a run show, or whose
// outputs are maps.
func (g *graph) strange(layout string, n int64) {
	switch layout {
	case "centernet":
		g.centreNet(n)
		return
	case "detectnet":
		g.detectNet(n)
		return
	}
	f := g.patches(n, false)
	a := g.anyhow(f)
	pixel := g.number(1 / float32(n))
	boxes, scores := g.centresOf(cells(n), n, a), g.scoresOf(cells(n), f)
	switch layout {
	case "yolov8-shares":
		boxes = g.node("Mul", []string{boxes, pixel})
	case "yolov8-corners":
		boxes = g.boxesOf(cells(n), n, []string{a.x1, a.y1, a.x2, a.y2})
	case "yolov8-logits":
		const unlikely = 20
		odds := float32(math.Log(Score / (1 - Score)))
		scores = g.node("Sub", []string{
			g.node("Mul", []string{scores, g.number((odds + unlikely) / Score)}),
			g.number(unlikely),
		})
	default:
		g.strangeList(layout, a, n)
		return
	}
	rows := g.node("Concat", []string{boxes, scores}, one("axis", 2))
	g.named("Transpose", "output0", []string{rows}, many("perm", 0, 2, 1))
	g.output("output0", typeFloat, 1, 7, cells(n))
}

// strangeList is finished boxes of which three are the patches', and one is hardly there.
func (g *graph) strangeList(layout string, f found, n int64) {
	class := g.constant(typeFloat, floats(0, 1, 2), 1, 3)
	if layout == "end2end-shares" {
		pixel := g.number(1 / float32(n))
		boxes := g.node("Mul", []string{g.stack(2, f.x1, f.y1, f.x2, f.y2), pixel})
		rest := g.stack(2, f.score, class)
		g.pad("output0", g.node("Concat", []string{boxes, rest}, one("axis", 2)), 3, 1, rows)
		g.output("output0", typeFloat, 1, rows, 6)
		return
	}
	list := g.node("Squeeze", []string{
		g.stack(2, class, f.score, f.x1, f.y1, f.x2, f.y2), g.indices(0),
	})
	faint := g.constant(typeFloat, floats(2, 0.01, 8, 8, 24, 24), 1, 6)
	g.named("Concat", "output", []string{list, faint}, one("axis", 0))
	g.output("output", typeFloat, 4, 6)
}

// inMap adds an output [1, planes, side, side]: the columns of a value [1, planes, 3] are its first
// three cells, and the others are 0.
func (g *graph) inMap(name, value string, planes, side int64) {
	flat := g.node("Pad", []string{value, g.indices(0, 0, 0, 0, 0, side*side-3)})
	g.named("Reshape", name, []string{flat, g.indices(1, planes, side, side)})
	g.output(name, typeFloat, 1, planes, side, side)
}

// centreNet is a heat map, sides and offsets in cells of 4 pixels; blue comes first.
func (g *graph) centreNet(n int64) {
	const stride = 4
	g.input("input", typeFloat, 1, 3, n, n)
	channels := func(v ...float32) string { return g.constant(typeFloat, floats(v...), 1, 3, 1, 1) }
	bgr := g.node("Add", []string{
		g.node("Mul", []string{"input", channels(.289, .274, .278)}), channels(.408, .447, .470),
	})
	f := g.patchesIn(g.node("Gather", []string{bgr, g.indices(2, 1, 0)}, one("axis", 1)), n)
	cells := func(v string) string { return g.node("Mul", []string{v, g.number(1.0 / stride)}) }
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	column := g.constant(typeFloat, floats(0, 1, 2), 1, 3)
	g.inMap("hm", g.oneHot(f.score), 3, n/stride)
	g.inMap("wh", g.stack(1, cells(w), cells(h)), 2, n/stride)
	g.inMap("reg", g.stack(1, g.node("Sub", []string{cells(cx), column}), cells(cy)), 2, n/stride)
}

// detectNet is a coverage for each class, and for each of those how far two corners are from a cell
// of 16 pixels, in 35 pixels.
func (g *graph) detectNet(n int64) {
	const stride, norm = 16, 35
	f := g.patches(n, false)
	x := g.constant(typeFloat, floats(0.5, stride+0.5, 2*stride+0.5), 1, 3)
	y := g.constant(typeFloat, floats(0.5, 0.5, 0.5), 1, 3)
	away := func(a, b string) string {
		return g.node("Mul", []string{g.node("Sub", []string{a, b}), g.number(1.0 / norm)})
	}
	one4 := g.stack(1, away(x, f.x1), away(y, f.y1), away(f.x2, x), away(f.y2, y))
	g.inMap("output_cov", g.oneHot(f.score), 3, n/stride)
	g.inMap("output_bbox", g.node("Concat", []string{one4, one4, one4}, one("axis", 1)), 12,
		n/stride)
}
