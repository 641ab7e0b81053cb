package layout

import "slices"

const (
	ownLastLayer = "export it with its last layer, which makes boxes of them"
	anchorHint   = "the sizes of its anchors are not in the file; export it with its last layer " +
		"(YOLOv5: export.py as it is; YOLOv7: export.py --grid; YOLOv3, YOLOv4: with the layer " +
		"that decodes), or with its own suppression"
	noBoxes = "it says nothing of single things and where they are; choose a detection model"
)

// raw is a kind of outputs that are not boxes yet, or never are, in words; without words it is one
// of which nothing is known.
type raw[T any] struct {
	is         func(T) bool
	what, hint string
}

// rawKind says in words what a model gives whose outputs are not boxes yet, or never are, and what
// may be done; "" where nothing tells.
func rawKind(outputs []Tensor) (what, hint string) {
	_, isList := findList(outputs)
	switch {
	case isList:
		return "", ""
	case len(outputs) == 1:
		return firstKind(rawOutput, &outputs[0])
	}
	return firstKind(rawOutputs, outputs)
}

func firstKind[T any](kinds []raw[T], of T) (what, hint string) {
	for _, k := range kinds {
		if k.is(of) {
			return k.what, k.hint
		}
	}
	return "", ""
}

// rawOutputs are the kinds with several outputs, the most specific ones first.
var rawOutputs = []raw[[]Tensor]{
	{is: func(o []Tensor) bool { return haveAxes(o, 3) > 0 }}, // rows of some kind
	{
		func(o []Tensor) bool { return haveAxes(o, 5) == len(o) },
		"YOLOv5's, YOLOv7's or YOLOv4's kind whose grids are not decoded", anchorHint,
	},
	{
		func(o []Tensor) bool {
			return haveAxes(o, 5) > 0 && haveAxes(o, 4)+haveAxes(o, 5) == len(o)
		},
		"YOLOv9's kind (MIT) whose heads are not decoded", ownLastLayer,
	},
	{areAnswers, "classification, with several answers for a whole picture", noBoxes},
	{is: func(o []Tensor) bool { return haveAxes(o, 4) < len(o) }},
	{
		areAnchorMaps, "YOLOv3's, YOLOv4's, YOLOv5's or YOLOv7's kind whose grids are not decoded",
		anchorHint,
	},
	{
		func(o []Tensor) bool { return mapNamed(o, false, "hm", "heatmap") >= 0 },
		"heat maps, as CenterNet's kind has, but not the three that Handlens reads (hm, wh, reg)",
		"its maps are not boxes yet; " + ownLastLayer,
	},
	{
		areAnchoredPairs,
		"maps of class scores and of offsets from anchors, as EfficientDet and RetinaNet have them",
		"the sizes of its anchors are not in the file; " + ownLastLayer,
	},
	{
		func([]Tensor) bool { return true }, "heat maps, or of heads that are not decoded",
		"its maps are not boxes yet; export it with what makes boxes of them",
	},
}

// rawOutput are the kinds with one output, of which those with four axes are never boxes, unless
// the last one is as long as a finished box.
var rawOutput = []raw[*Tensor]{
	{
		func(o *Tensor) bool { return len(o.Shape) == 5 },
		"YOLOv5's, YOLOv7's or YOLOv4's kind whose grids are not decoded", anchorHint,
	},
	{is: func(o *Tensor) bool {
		return len(o.Shape) != 4 || !o.isFloat() && !o.isInteger() || o.Shape[3] == 6 ||
			o.Shape[3] == 7
	}},
	{
		func(o *Tensor) bool { return o.Shape[1] == 1 && o.Shape[3] == 3 },
		"poses of one person, as MoveNet is", noBoxes,
	},
	{
		func(o *Tensor) bool { return o.Shape[1] == 1 },
		"one value for each place of the picture: depth, a mask or text", noBoxes,
	},
	{
		func(o *Tensor) bool { return o.Shape[1] == 3 && o.Shape[2] > mostCells },
		"pictures: it gives another picture", noBoxes,
	},
	{
		func(o *Tensor) bool {
			const least = 5 * (5 + 1)
			s := o.Shape
			return s[1] >= least && s[1]%5 == 0 && s[2] == s[3] && s[2] <= mostCells/2
		},
		"YOLOv2's kind whose grid is not decoded (Tiny YOLOv2, Custom Vision's General)",
		"the sizes of its anchors are not in the file; export it with its last layer (Custom " +
			"Vision: as General (compact) [S1])",
	},
	{
		func(o *Tensor) bool { return o.Shape[2] > mostCells },
		"semantic segmentation: scores for each place of the picture", noBoxes,
	},
	{
		func(*Tensor) bool { return true },
		"maps, as of poses, features or places: one output that is no list of boxes", noBoxes,
	},
}

// mostCells is how many cells along a side maps have; what has more is as fine as a picture.
const mostCells = 128

// haveAxes counts the outputs with so many axes.
func haveAxes(outputs []Tensor, axes int) (n int) {
	for i := range outputs {
		if len(outputs[i].Shape) == axes {
			n++
		}
	}
	return n
}

// areAnswers tells whether all outputs are a row of numbers each, and one of them is said to be
// classes and none a box.
func areAnswers(outputs []Tensor) bool {
	named := false
	for i := range outputs {
		o := &outputs[i]
		if len(o.Shape) != 2 || o.Shape[1] == 4 || o.hasName("box", "roi") {
			return false
		}
		named = named || o.hasName("label", "prob", "class", "logit", "loss", "age", "gender")
	}
	return named
}

// areAnchorMaps tells whether maps of as many numbers each can be three anchors' boxes, objectness
// and class scores.
func areAnchorMaps(outputs []Tensor) bool {
	return slices.ContainsFunc([]int{1, 3}, func(axis int) bool {
		const least = 3 * (5 + 1)
		n := outputs[0].Shape[axis]
		return n >= least && n%3 == 0 && !slices.ContainsFunc(outputs, func(o Tensor) bool {
			return o.Shape[axis] != n
		})
	})
}

// areAnchoredPairs tells whether half of the maps have as many numbers as boxes of several anchors.
func areAnchoredPairs(outputs []Tensor) bool {
	const least, most = 4 * 3, 4 * 9
	boxes := 0
	for i := range outputs {
		if n := outputs[i].Shape[1]; n%4 == 0 && n >= least && n <= most {
			boxes++
		}
	}
	return 2*boxes == len(outputs)
}
