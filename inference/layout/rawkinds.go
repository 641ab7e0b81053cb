package layout

import (
	"slices"
	"strings"
)

const (
	ownLastLayer = "export it with its last layer, which makes boxes of them"
	anchorHint   = "the sizes of its anchors are not in the file; export it with its last layer " +
		"(YOLOv5: export.py as it is; YOLOv7: export.py --grid; YOLOv3, YOLOv4: with the layer " +
		"that " +
		"decodes), or with its own suppression"
	noBoxes = "it says nothing of single things and where they are; choose a detection model"
)

// rawKind says in words what a model gives whose outputs are not boxes yet, or never are, and what
// may be done; "" where nothing tells.
func rawKind(outputs []Tensor) (what, hint string) {
	if _, isList := findList(outputs); isList || len(outputs) == 0 {
		return "", ""
	}
	if len(outputs) == 1 {
		return oneMap(&outputs[0])
	}
	axes := map[int]int{}
	for i := range outputs {
		axes[len(outputs[i].Shape)]++
	}
	switch n := len(outputs); {
	case axes[3] > 0:
		return "", ""
	case axes[5] == n:
		return "YOLOv5's, YOLOv7's or YOLOv4's kind whose grids are not decoded", anchorHint
	case axes[5] > 0 && axes[4]+axes[5] == n:
		return "YOLOv9's kind (MIT) whose heads are not decoded", ownLastLayer
	case axes[2] == n && slices.ContainsFunc(outputs, isClassOutput) &&
		!slices.ContainsFunc(outputs, func(o Tensor) bool {
			return o.Shape[1] == 4 || o.hasName("box")
		}):
		return "classification, with several answers for a whole picture", noBoxes
	case axes[4] < n:
		return "", ""
	case anchorMaps(outputs):
		return "YOLOv3's, YOLOv4's, YOLOv5's or YOLOv7's kind whose grids are not decoded",
			anchorHint
	case mapNamed(outputs, false, "hm", "heatmap") >= 0:
		return "heat maps, as CenterNet's kind has, but not the three that Handlens reads " +
			"(hm, wh, reg)", "its maps are not boxes yet; " + ownLastLayer
	case len(outputs)%2 == 0 && anchoredPairs(outputs):
		return "maps of class scores and of offsets from anchors, as EfficientDet and RetinaNet " +
			"have them", "the sizes of its anchors are not in the file; " + ownLastLayer
	}
	return "heat maps, or of heads that are not decoded", "its maps are not boxes yet; export it " +
		"with what makes boxes of them"
}

// oneMap says what a model's only output is.
func oneMap(o *Tensor) (what, hint string) {
	s := o.Shape
	const heatmaps = 64 // keypoints that a model of poses may have
	switch {
	case len(s) == 5:
		return "YOLOv5's, YOLOv7's or YOLOv4's kind whose grids are not decoded", anchorHint
	case len(s) != 4 || !o.isFloat() && !o.isInteger():
		return "", ""
	case s[3] == 6 || s[3] == 7: // finished boxes
		return "", ""
	case s[1] == 1 && (s[2] > heatmaps || s[2] < 0):
		return "one value for each place of the picture: depth, a mask or text", noBoxes
	case s[1] == 1 && s[2] <= heatmaps && s[3] == 3:
		return "poses of one person, as MoveNet is", noBoxes
	case s[1] == 3 && s[2] > heatmaps:
		return "pictures: it gives another picture", noBoxes
	case s[1] > 0 && s[1]%5 == 0 && s[1] > 25 && s[2] == s[3] && s[2] <= heatmaps:
		return "YOLOv2's kind whose grid is not decoded (Tiny YOLOv2, Custom Vision's General)",
			"the sizes of its anchors are not in the file; export it with its last layer (Custom " +
				"Vision: as General (compact) [S1])"
	case s[2] > heatmaps*2:
		return "semantic segmentation: scores for each place of the picture", noBoxes
	}
	return "maps, as of poses, features or places: one output that is no list of boxes", noBoxes
}

// isClassOutput tells whether the name of an output says that it has scores or names of classes.
func isClassOutput(o Tensor) bool {
	return slices.ContainsFunc([]string{"label", "prob", "class", "logit", "loss", "age", "gender"},
		func(word string) bool { return strings.Contains(strings.ToLower(o.Name), word) })
}

// anchorMaps tells whether two or more maps of as many numbers each can be three anchors' boxes,
// objectness and class scores.
func anchorMaps(outputs []Tensor) bool {
	n := outputs[0].Shape[1]
	const box = 3 * 5
	last := outputs[0].Shape[3]
	same := func(k int, n int64) bool {
		return n > box && n%3 == 0 && !slices.ContainsFunc(outputs, func(o Tensor) bool {
			return o.Shape[k] != n
		})
	}
	return same(1, n) || same(3, last)
}

// anchoredPairs tells whether half of the maps have as many numbers as boxes of several anchors.
func anchoredPairs(outputs []Tensor) bool {
	boxes := 0
	for i := range outputs {
		if n := outputs[i].Shape[1]; n%4 == 0 && n >= 12 && n <= 36 {
			boxes++
		}
	}
	return 2*boxes == len(outputs)
}
