package testmodel

// The models with shapes: each patch's mask is the ellipse within its box, and its
// keypoints lie at the places of Keypoints in the box.

// coefficients is how many numbers make a mask, and how many prototypes there are: those of the
// known models.
const coefficients = 32

// perSample is how many of the input's pixels, across and down, a sample of the prototypes stands
// for.
const perSample = 4

// Keypoints are the keypoints that are found in each box: x and y from its upper left corner in
// shares of its sides, and the score. They stand like a person's 17 in COCO's order.
var Keypoints = [][3]float32{
	{.5, .1, .99},
	{.55, .07, .98},
	{.45, .07, .97},
	{.6, .09, .96},
	{.4, .09, .1},
	{.7, .25, .95},
	{.3, .25, .94},
	{.85, .4, .93},
	{.15, .42, .92},
	{.9, .2, .91},
	{.1, .58, .9},
	{.62, .55, .89},
	{.38, .55, .88},
	{.66, .75, .87},
	{.34, .76, .86},
	{.7, .96, .85},
	{.3, 1.05, .84},
}

// ellipses adds the prototypes, [1, 32, n/4, n/4]: the first three are positive within the colours'
// ellipses, and the rest is 1 everywhere. It returns the coefficients of the three colours, [1, 32,
// 3], and what makes the prototypes an output.
func (g *graph) ellipses(f found, n int64) (weighs string, output func()) {
	side := n / perSample
	places := make([]float32, side)
	for i := range places {
		places[i] = (float32(i) + 0.5) * perSample
	}
	// One axis' share of the ellipse's equation: how far from the middle, in halves of the side,
	// squared.
	axis := func(low, high string, shape ...int64) string {
		middle, length := g.centre(low, high)
		half := g.node("Max", []string{g.node("Mul", []string{length, g.number(0.5)}), g.number(1)})
		spread := func(v string) string { return g.node("Unsqueeze", []string{v, g.indices(2, 3)}) }
		at := g.constant(typeFloat, floats(places...), shape...)
		away := g.node("Div", []string{g.node("Sub", []string{at, spread(middle)}), spread(half)})
		return g.node("Mul", []string{away, away})
	}
	x, y := axis(f.x1, f.x2, 1, 1, 1, side), axis(f.y1, f.y2, 1, 1, side, 1)
	inside := g.node("Sub", []string{g.number(1), g.node("Add", []string{x, y})})
	rest := make([]int64, 8)
	rest[5] = coefficients - 3
	g.named("Pad", g.wide("output1"), []string{inside, g.indices(rest...), g.number(1)})
	output = func() { g.output("output1", typeFloat, 1, coefficients, side, side) }
	// 4 of the own colour, and of the others nothing; the last two, which are 1 everywhere, take
	// each other away.
	weights := make([]float32, 3*coefficients)
	for c := range 3 {
		weights[c*3+c] = 4
		weights[(coefficients-2)*3+c], weights[(coefficients-1)*3+c] = 7, -7
	}
	return g.constant(typeFloat, floats(weights...), 1, coefficients, 3), output
}

// keypoints returns the keypoints of the three colours, [1, 51, 3]: x and y in pixels of the input
// and the score of each.
func (g *graph) keypoints(f found) string {
	var all []string
	zero := g.node("Mul", []string{f.score, g.number(0)})
	on := func(low, high string, share float32) string {
		return g.node("Add",
			[]string{
				low,
				g.node("Mul", []string{g.node("Sub", []string{high, low}), g.number(share)}),
			})
	}
	for _, k := range Keypoints {
		all = append(all, on(f.x1, f.x2, k[0]), on(f.y1, f.y2, k[1]),
			g.node("Add", []string{zero, g.number(k[2])}))
	}
	return g.stack(1, all...)
}

// shaped builds one of the layouts with shapes and returns what the metadata say of it.
func (g *graph) shaped(layout string, n int64) [][2]string {
	f := g.patches(n, false)
	size, extras, task := int64(coefficients), "", [][2]string{{"task", "segment"}}
	if layout == "yolov8-pose" || layout == "end2end-pose" {
		size, extras, task = int64(3*len(Keypoints)), g.keypoints(f),
			[][2]string{{"task", "pose"}, {"kpt_shape", "[17, 3]"}}
	}
	// The first output is the boxes'.
	with := func(extras string) {
		if layout == "yolov8-seg" || layout == "yolov8-pose" {
			g.columnsWith(f, n, size, extras)
		} else {
			g.endToEndWith(f, size, extras)
		}
	}
	if extras != "" {
		with(extras)
		return task
	}
	weights, ellipses := g.ellipses(f, n)
	with(weights)
	ellipses()
	return task
}

// columnsWith is [1, 4+3+size, cells]: as columns, with more rows of [1, size, 3] behind the
// scores.
func (g *graph) columnsWith(f found, n, size int64, extras string) {
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	parts := []string{g.stack(1, cx, cy, w, h), g.oneHot(f.score)}
	if size > 0 {
		parts = append(parts, extras)
	}
	g.pad("output0", g.node("Concat", parts, one("axis", 1)), 3, 2, cells(n))
	g.output("output0", typeFloat, g.batch, 7+size, cells(n))
}

// endToEndWith is [1, 300, 6+size]: as endToEnd, with more columns, which are the rows of [1, size,
// 3].
func (g *graph) endToEndWith(f found, size int64, extras string) {
	class := g.constant(typeFloat, floats(0, 1, 2), 1, 3)
	parts := []string{g.stack(2, f.x1, f.y1, f.x2, f.y2, f.score, class)}
	if size > 0 {
		parts = append(parts, g.node("Transpose", []string{extras}, many("perm", 0, 2, 1)))
	}
	g.pad("output0", g.node("Concat", parts, one("axis", 2)), 3, 1, rows)
	g.output("output0", typeFloat, 1, rows, 6+size)
}
