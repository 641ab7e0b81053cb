package layout

import (
	"slices"

	"handlens/inference/coco"
)

// seenUnit is what boxes are measured in; "" where that is seen in each list, and this one is
// empty.
func (l *Layout) seenUnit(outputs []Tensor) string {
	unit := l.boxUnit
	if l.unsure {
		boxes := outputs[l.boxes].Float32
		if !slices.ContainsFunc(boxes, func(v float32) bool { return v > 0 }) {
			return ""
		}
		if allShares(boxes) {
			unit = normalised
		}
	}
	return wordOf(sidecarUnits, unit)
}

// sayBoxes says how boxes are measured or decoded.
func (l *Layout) sayBoxes(outputs []Tensor) *saidBoxes {
	b := &saidBoxes{Unit: l.seenUnit(outputs)}
	strides := slices.DeleteFunc(slices.Clone(l.strides[:]), func(s int) bool { return s == 0 })
	switch l.head {
	case gridOffsets:
		return &saidBoxes{Formula: "yolox", Strides: strides}
	case distribution, featureLevels:
		return &saidBoxes{Formula: "distances", Strides: strides, Middle: l.middle}
	case describedRows:
		g := l.described.grid
		if g.formula == noFormula {
			return b
		}
		return &saidBoxes{
			Formula: wordOf(formulas, g.formula), Strides: g.strides, Anchors: g.anchors,
			Middle: g.middle,
		}
	}
	return b
}

// sayNumbering says how the classes are numbered.
func (l *Layout) sayNumbering() any {
	switch {
	case l.renumber == nil:
		return 0
	case slices.Equal(l.renumber, cocoClasses()) && l.classes == coco.Classes:
		return "coco"
	case slices.Equal(l.renumber, fromOne(len(l.renumber)-1)):
		return 1
	}
	list := make([]int, l.classes)
	for number, class := range l.renumber {
		if class >= 0 && int(class) < len(list) {
			list[class] = number
		}
	}
	return list
}
