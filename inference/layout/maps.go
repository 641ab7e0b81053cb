package layout

import (
	"slices"
	"strings"

	"handlens/inference/coco"
)

// mapForm says how the numbers of a cell become a box.
type mapForm uint8

const (
	// noMaps: there are none.
	noMaps mapForm = iota
	// mapCentres: sides and the offset of the centre, in cells; only what is above its neighbours
	// counts (CenterNet).
	mapCentres
	// mapCorners: distances of two corners from the cell's place, by class, in 35 pixels
	// (DetectNet_v2).
	mapCorners
	// mapBins: distances to the four sides as distributions, in cells (YOLOv8, YOLO11).
	mapBins
)

// mapData says where scores and boxes lie in maps of cells.
type mapData struct {
	form   mapForm
	levels []mapLevel
}

// mapLevel are the maps of one stride: indices of outputs, and the first planes in them.
type mapLevel struct {
	stride, scores, firstScore, boxes, offsets int
}

// The families of maps.
var (
	// xingyizhou/CenterNet, src/lib/detectors/base_detector.py and opts.py, ctdet.
	centreNetLayout = Layout{
		family: "CenterNet", head: mapCells, fit: Centred, black: true, bgr: true, unit: true,
		mean: [3]float32{0.408, 0.447, 0.470}, std: [3]float32{0.289, 0.274, 0.278},
		boxUnit: pixels,
	}
	// NVIDIA TAO, DetectNet_v2: DeepStream's parser has the formula and the norm of 35.
	detectNetLayout = Layout{
		family: "DetectNet_v2", head: mapCells, fit: Stretch, unit: true, nms: true,
	}
	// The heads of YOLOv8 and YOLO11 as converters for small machines want them.
	yoloHeadsLayout = Layout{
		family: "YOLOv8", head: mapCells, fit: Centred, unit: true, nms: true, bins: yoloBins,
		middle: 0.5,
	}
)

// yoloBins is the length of a distribution of YOLOv8 and YOLO11.
const yoloBins = 16

// recogniseMaps finds maps of which it is certain how they become boxes.
func recogniseMaps(in Input, outputs []Tensor) (Layout, bool) {
	for i := range outputs {
		if s := outputs[i].Shape; !outputs[i].isFloat() || len(s) != 4 || slices.Min(s) < 1 ||
			slices.Max(s) > maxInput {
			return Layout{}, false
		}
	}
	for _, recognise := range []func(Input, []Tensor) (Layout, bool){
		recogniseCenterNet, recogniseDetectNet, recogniseYOLOHeads,
	} {
		l, ok := recognise(in, outputs)
		if !ok {
			continue
		}
		for _, v := range l.maps.levels {
			if part := outputs[v.scores].Float32; len(part) > v.firstScore*int(in.cellsOn(v)) &&
				slices.Min(part[v.firstScore*int(in.cellsOn(v)):]) < -hardly {
				l.activation = sigmoid
			}
		}
		return l, true
	}
	return Layout{}, false
}

// cellsOn counts the cells of a level.
func (in Input) cellsOn(v mapLevel) int64 {
	return int64(cellsAlong(in.Width, v.stride) * cellsAlong(in.Height, v.stride))
}

// strideOf is the stride of a map [1, n, height, width]; 0 where it is that of no cells.
func (t *Tensor) strideOf(in Input) int {
	for _, stride := range [...]int{4, 8, 16, 32, 64} {
		if t.Shape[2] == int64(cellsAlong(in.Height, stride)) &&
			t.Shape[3] == int64(cellsAlong(in.Width, stride)) {
			return stride
		}
	}
	return 0
}

// mapNamed is the index of the output with one of those words as its name, or a part of it.
func mapNamed(outputs []Tensor, whole bool, words ...string) int {
	return slices.IndexFunc(outputs, func(o Tensor) bool {
		name := strings.ToLower(o.Name)
		return slices.ContainsFunc(words, func(w string) bool {
			return name == w || !whole && strings.Contains(name, w)
		})
	})
}

// recogniseCenterNet finds the heat map, the sides and the offsets by their names.
func recogniseCenterNet(in Input, outputs []Tensor) (Layout, bool) {
	l := centreNetLayout
	v := mapLevel{
		scores: mapNamed(outputs, true, "hm", "heatmap"), boxes: mapNamed(outputs, true, "wh"),
		offsets: mapNamed(outputs, true, "reg", "offset", "off"),
	}
	if len(outputs) != 3 || v.scores < 0 || v.boxes < 0 || v.offsets < 0 {
		return l, false
	}
	hm := &outputs[v.scores]
	v.stride = hm.strideOf(in)
	for _, i := range []int{v.boxes, v.offsets} {
		if s := outputs[i].Shape; s[1] != 2 || !slices.Equal(s[2:], hm.Shape[2:]) {
			return l, false
		}
	}
	l.classes = int(hm.Shape[1])
	l.maps = mapData{form: mapCentres, levels: []mapLevel{v}}
	l.because("its outputs hm, wh and reg are CenterNet's heat map, sides and offsets")
	return l, v.stride > 0
}

// recogniseDetectNet finds a coverage for each class and four numbers for each of those.
func recogniseDetectNet(in Input, outputs []Tensor) (Layout, bool) {
	l := detectNetLayout
	v := mapLevel{
		scores: mapNamed(outputs, false, "cov"), boxes: mapNamed(outputs, false, "bbox"),
		offsets: -1,
	}
	if len(outputs) != 2 || v.scores < 0 || v.boxes < 0 || v.scores == v.boxes {
		return l, false
	}
	cov, boxes := &outputs[v.scores], &outputs[v.boxes]
	v.stride = cov.strideOf(in)
	l.classes = int(cov.Shape[1])
	l.maps = mapData{form: mapCorners, levels: []mapLevel{v}}
	l.because("its outputs are the coverage and the boxes of DetectNet_v2")
	return l, v.stride > 0 && boxes.Shape[1] == 4*cov.Shape[1] &&
		slices.Equal(boxes.Shape[2:], cov.Shape[2:])
}

// recogniseYOLOHeads finds, for each of three strides, the bins of four distances and class scores,
// in one output or in two. A third one with the sum of the scores only helps small machines.
func recogniseYOLOHeads(in Input, outputs []Tensor) (Layout, bool) {
	l := yoloHeadsLayout
	l.maps.form = mapBins
	const strides = 3
	each := len(outputs) / strides
	if len(outputs) != strides*each || each < 1 || each > 3 {
		return l, false
	}
	for _, stride := range yoloStrides[:strides] {
		v := mapLevel{stride: stride, scores: -1, boxes: -1, offsets: -1}
		if v.takeHeads(in, outputs, each == 1); v.scores < 0 || v.boxes < 0 {
			return l, false
		}
		classes := int(outputs[v.scores].Shape[1]) - v.firstScore
		if l.classes > 0 && classes != l.classes {
			return l, false
		}
		l.classes = classes
		l.maps.levels = append(l.maps.levels, v)
	}
	l.because("its outputs are the heads of YOLOv8 or YOLO11: class scores and distributions of "+
		"%d bins for each cell", yoloBins)
	// Three anchors with a box, an objectness and class scores may be as many numbers. Those have
	// boxes where these have class scores, which as logits are far below 0 nearly everywhere.
	all := headPlanes + l.classes
	if each == 1 && all%3 == 0 && l.classes != coco.Classes {
		v := l.maps.levels[0]
		return l, all != 3*(5+coco.Classes) && outputs[v.scores].farBelow(headPlanes)
	}
	return l, true
}

// headPlanes is how many planes four distributions have.
const headPlanes = 4 * yoloBins

// takeHeads finds the outputs of a stride.
func (v *mapLevel) takeHeads(in Input, outputs []Tensor, together bool) {
	for i := range outputs {
		planes := outputs[i].Shape[1]
		switch {
		case outputs[i].strideOf(in) != v.stride:
		case together && planes > headPlanes:
			v.scores, v.boxes, v.firstScore = i, i, headPlanes
		case together:
		case v.boxes < 0 && planes == headPlanes:
			v.boxes = i
		case v.scores < 0:
			v.scores = i
		}
	}
}

// farBelow tells whether all planes of a map from one on are far below 0 on average.
func (t *Tensor) farBelow(first int) bool {
	const far = -2
	planes := int(t.Shape[1])
	n := len(t.Float32) / planes
	for k := first; k < planes; k++ {
		sum := float32(0)
		for _, v := range t.Float32[k*n:][:n] {
			sum += v
		}
		if !(sum < far*float32(n)) {
			return false
		}
	}
	return n > 0
}
