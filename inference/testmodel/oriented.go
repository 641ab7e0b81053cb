package testmodel

import "math"

// The models with rotated boxes: a patch's box is the rectangle that has the patch's centre and
// moments of second order, which for a patch that is a rectangle is the patch, however it is
// turned.

// turned names what is known of each patch's rectangle, each [1,3]: the middle and the sides in
// pixels, and the angle in radians from x to y, of its longer side.
type turned struct{ cx, cy, w, h, angle string }

// small keeps quotients defined where there is no patch, or no slant.
const small = 1e-6

// moments finds the rectangles of the patches.
func (g *graph) moments(f found, n int64) turned {
	places := make([]float32, n)
	for i := range places {
		places[i] = float32(i) + 0.5
	}
	x := g.constant(typeFloat, floats(places...), 1, 1, 1, n)
	y := g.constant(typeFloat, floats(places...), 1, 1, n, 1)
	two := func(op string) func(a, b string) string {
		return func(a, b string) string { return g.node(op, []string{a, b}) }
	}
	add, sub, mul, div := two("Add"), two("Sub"), two("Mul"), two("Div")
	mean := func(v string, keep int64) string {
		return g.node("ReduceMean", []string{v}, many("axes", 2, 3), one("keepdims", keep))
	}
	share := func(keep int64) string { // of the picture that the patch covers
		return g.node("Max", []string{mean(f.mask, keep), g.number(small)})
	}
	middle := func(at string, keep int64) string {
		return div(mean(mul(f.mask, at), keep), share(keep))
	}
	dx, dy := sub(x, middle(x, 1)), sub(y, middle(y, 1))
	over := func(p, q string) string { return div(mean(mul(f.mask, mul(p, q)), 0), share(0)) }
	// The covariance [a c; c b], and its greater and lesser eigenvalue.
	a, b, c := over(dx, dx), over(dy, dy), over(dx, dy)
	half := func(v string) string { return mul(v, g.number(0.5)) }
	root := g.node("Sqrt", []string{add(mul(half(sub(a, b)), half(sub(a, b))), mul(c, c))})
	great, least := add(half(add(a, b)), root), sub(half(add(a, b)), root)
	// The variance of a rectangle's points along a side is its length squared by twelve.
	side := func(v string) string {
		return g.node("Sqrt", []string{g.node("Max", []string{mul(v, g.number(12)), g.number(0)})})
	}
	return turned{
		cx: middle(x, 0), cy: middle(y, 0), w: side(great), h: side(least),
		angle: g.slant(a, b, c, root),
	}
}

// slant is the direction of the greater variance, half of atan2(2c, a-b) = atan2(2c, ±2·root): -π/4
// to 3π/4, as with Ultralytics. ONNX has no atan2; of the two forms each is exact where the other
// one is not.
func (g *graph) slant(a, b, c, root string) string {
	add := func(p, q string) string { return g.node("Add", []string{p, q}) }
	away := g.node("Abs", []string{g.node("Sub", []string{a, b})})
	t := g.node("Atan", []string{g.node("Div",
		[]string{add(c, c), add(add(away, add(root, root)), g.number(small))})})
	return g.node("Where", []string{
		g.node("Greater", []string{a, b}), t, g.node("Sub", []string{g.number(math.Pi / 2), t}),
	})
}

// oriented builds one of the layouts with rotated boxes and returns what the metadata say of it.
func (g *graph) oriented(layout string, n int64) [][2]string {
	f := g.patches(n, false)
	t := g.moments(f, n)
	if layout == "yolov8-obb" {
		parts := []string{
			g.stack(1, t.cx, t.cy, t.w, t.h), g.oneHot(f.score), g.stack(1, t.angle),
		}
		g.pad("output0", g.node("Concat", parts, one("axis", 1)), 3, 2, cells(n))
		g.output("output0", typeFloat, g.batch, 8, cells(n))
	} else {
		class := g.constant(typeFloat, floats(0, 1, 2), 1, 3)
		g.pad("output0", g.stack(2, t.cx, t.cy, t.w, t.h, f.score, class, t.angle), 3, 1, rows)
		g.output("output0", typeFloat, 1, rows, 7)
	}
	return [][2]string{{"task", "obb"}}
}
