package testmodel

import (
	"fmt"
	"slices"
)

// Stranges are the names that Strange knows.
var Stranges = []string{"rows", "lists", "turned", "grid"}

// strangeSidecars are what a person would write beside the strange models.
var strangeSidecars = map[string]string{
	"rows": `{"labels": ["red", "green", "blue"], "numbering": 1,
		"outputs": {"out": {"columns":
			["class", "y2", "x2", "ignored", "y1", "x1", "score", "ignored"]}},
		"boxes": {"unit": "shares"}}`,
	"lists": `{"labels": ["red", "green", "blue"], "inputs": {"least": 1},
		"outputs": {"where": {"columns": ["x", "y", "w", "h"]},
			"which": {"columns": ["class"]}, "sure": {"columns": ["score"]}}}`,
	"turned": `{"labels": ["red", "green", "blue"], "scores": "softmax",
		"outputs": {"all": {"turned": true, "columns":
			["background", "scores", "cx", "cy", "w", "h"]}}}`,
	"grid": `{"labels": ["red", "green", "blue"], "input": {"fit": "centre", "pad": 0},
		"outputs": {"raw": {"turned": true, "stride": 16,
			"columns": ["cx", "cy", "w", "h", "scores"]}},
		"boxes": {"formula": "yolox", "strides": [16]}}`,
}

// StrangeSidecar is a sidecar that says what a strange model is, as an entry of its metadata.
func StrangeSidecar(kind string) [2]string {
	return [2]string{"handlens.layout", strangeSidecars[kind]}
}

// Strange returns a model in a layout that no exporter has, with nothing but that metadata, for an
// input of size × size pixels:
//
//   - "rows" is "out" [1,300,8], of which each row is class (from 1), y2, x2, 7, y1, x1 (shares of
//     the sides), score and 7 again;
//   - "lists" is "where" [1,300,4] of x, y of the upper left corner, width and height in pixels,
//     "which" [300] of int32 and "sure" [1,300], and has a second input "least" without an axis,
//     with which scores are multiplied;
//   - "turned" is "all" [1,8,300], of which each column is four logits, with the background first,
//     for softmax, and centre and size in pixels;
//   - "grid" is "raw" [1,7,size/16,size/16], whose cells are not decoded: centre and size as
//     YOLOX has them, and three scores.
func Strange(kind string, size int, metadata ...[2]string) ([]byte, error) {
	if !slices.Contains(Stranges, kind) {
		return nil, fmt.Errorf("%q is none of %v", kind, Stranges)
	}
	if _, err := Build("yolov8", size); err != nil {
		return nil, err
	}
	g, n := new(graph), int64(size)
	g.batch = 1
	f := g.patches(n, false)
	switch kind {
	case "rows":
		share := func(v string) string {
			return g.node("Mul", []string{v, g.number(1 / float32(n))})
		}
		seven := g.constant(typeFloat, floats(7, 7, 7), 1, 3)
		class := g.constant(typeFloat, floats(1, 2, 3), 1, 3)
		g.pad("out", g.stack(2, class, share(f.y2), share(f.x2), seven, share(f.y1), share(f.x1),
			f.score, seven), 3, 1, rows)
		g.output("out", typeFloat, 1, rows, 8)
	case "lists":
		g.strangeLists(f)
	case "turned":
		g.strangeLogits(f)
	case "grid":
		g.strangeGrid(f, n)
	}
	return g.model(metadata...), nil
}

func (g *graph) strangeLists(f found) {
	g.input("least", typeFloat)
	width := g.node("Sub", []string{f.x2, f.x1})
	height := g.node("Sub", []string{f.y2, f.y1})
	g.pad("where", g.stack(2, f.x1, f.y1, width, height), 3, 1, rows)
	const typeInt32 = 6
	class := g.node("Cast", []string{g.constant(typeInt64, ints(0, 1, 2), 3)},
		one("to", typeInt32))
	zeros := g.node("Cast", []string{g.constant(typeInt64, make([]byte, 8*(rows-3)), rows-3)},
		one("to", typeInt32))
	g.named("Concat", "which", []string{class, zeros}, one("axis", 0))
	g.pad("sure", g.node("Mul", []string{f.score, "least"}), 2, 1, rows)
	g.output("where", typeFloat, 1, rows, 4)
	g.output("which", typeInt32, rows)
	g.output("sure", typeFloat, 1, rows)
}

func (g *graph) strangeLogits(f found) {
	// What is there has a logit of 9.8, and the background is 5 in the three columns with boxes.
	logits := g.node("Mul", []string{g.oneHot(f.score), g.number(10)})
	background := g.constant(typeFloat, floats(5, 5, 5), 1, 1, 3)
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	all := g.node("Concat", []string{background, logits, g.stack(1, cx, cy, w, h)}, one("axis", 1))
	// In the columns without boxes all logits are 0, so that each class has a quarter.
	g.pad("all", all, 3, 2, rows)
	g.output("all", typeFloat, 1, 8, rows)
}

func (g *graph) strangeGrid(f found, n int64) {
	const stride = 16
	side := n / stride
	inCells := func(v string) string { return g.node("Mul", []string{v, g.number(1.0 / stride)}) }
	logSize := func(v string) string {
		return g.node("Log", []string{inCells(g.node("Max", []string{v, g.number(1)}))})
	}
	cx, w := g.centre(f.x1, f.x2)
	cy, h := g.centre(f.y1, f.y2)
	column := g.constant(typeFloat, floats(0, 1, 2), 1, 3)
	boxes := g.stack(1, g.node("Sub", []string{inCells(cx), column}), inCells(cy), logSize(w),
		logSize(h))
	cells := g.node("Concat", []string{boxes, g.oneHot(f.score)}, one("axis", 1))
	all := g.node("Pad", []string{cells, g.indices(0, 0, 0, 0, 0, side*side-3)})
	g.named("Reshape", "raw", []string{all, g.indices(1, 7, side, side)})
	g.output("raw", typeFloat, 1, 7, side, side)
}
