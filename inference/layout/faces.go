package layout

import (
	"fmt"
	"slices"
)

// faceForm says how a face detector's numbers become boxes and landmarks.
type faceForm uint8

const (
	// noFaces: it is none.
	noFaces faceForm = iota
	// faceDistances: from a point of the grid to the four sides, in strides (SCRFD).
	faceDistances
	// faceOffsets: of the centre from the cell's corner, and logarithms of the sides, in strides
	// (YuNet).
	faceOffsets
	// facePriors: offsets from boxes of known sizes, as SSD has them (RetinaFace).
	facePriors
)

// faceStrides are the cell sizes, in pixels, of RetinaFace and YuNet.
var faceStrides = [...]int{8, 16, 32}

// faceLandmarks is how many points the families know: eyes, nose, corners of the mouth.
const faceLandmarks = 5

// faceData says where a face detector's numbers lie.
type faceData struct {
	form faceForm
	// each is how many rows a cell has, one after the other.
	each   int
	levels []faceLevel
}

// faceLevel are the outputs of one stride; -1 is none. Their rows begin at first.
type faceLevel struct {
	stride, first                     int
	scores, objects, boxes, landmarks int
	// sizes are the sides of the priors of a cell, in pixels.
	sizes [2]float32
}

// The families of face detectors.
var (
	// insightface, python-package/insightface/model_zoo/scrfd.py.
	scrfdLayout = Layout{
		family: "SCRFD", head: faceCells, fit: TopLeft, black: true, nms: true,
		mean: [3]float32{127.5, 127.5, 127.5}, std: [3]float32{128, 128, 128},
	}
	// OpenCV, modules/objdetect/src/face_detect.cpp.
	yunetLayout = Layout{
		family: "YuNet", head: faceCells, fit: TopLeft, black: true, bgr: true, nms: true,
	}
	// biubug6/Pytorch_Retinaface, detect.py.
	retinafaceLayout = Layout{
		family: "RetinaFace", head: faceCells, fit: TopLeft, black: true, bgr: true, nms: true,
		mean: [3]float32{104, 117, 123}, std: [3]float32{1, 1, 1},
	}
)

// recogniseFaces finds the outputs of a detector of faces with landmarks. A layout without classes
// is none. Outputs that are those of one, but not their values, are an error.
func recogniseFaces(in Input, outputs []Tensor) (Layout, error) {
	for _, recognise := range []func(Input, []Tensor) (Layout, bool){
		recogniseRetinaFace, recogniseYuNet, recogniseSCRFD,
	} {
		l, ok := recognise(in, outputs)
		if !ok {
			continue
		}
		l.classes, l.classNames, l.unnamed = 1, []string{"face"}, true
		if l.faces.levels[0].landmarks >= 0 {
			l.shapes = shapeData{keypoints: faceLandmarks, values: 2}
		}
		l.input = in
		for _, v := range l.faces.levels {
			if outputs[v.scores].hasNegative() { // exported as for training
				l.activation = sigmoid
			}
		}
		if !l.facesAreFew(outputs) {
			return l, &Error{
				What: "a model with the outputs of " + l.family + ", a detector of faces,",
				Hint: fmt.Sprintf("it is sure of %d faces or more in its first run, so that it is "+
					"another kind of model, or was exported without its last layer", tooMany),
			}
		}
		l.because(
			"its outputs have a face, and where they end five landmarks, for each cell of %d "+
				"strides", len(l.faces.levels))
		return l, nil
	}
	return Layout{}, nil
}

// facesAreFew tells whether the run, if there was one, is sure of few places only, as a detector
// is: on nothing, or on any picture.
func (l *Layout) facesAreFew(outputs []Tensor) bool {
	if slices.ContainsFunc(outputs, func(o Tensor) bool { return len(o.Float32) == 0 }) {
		return true
	}
	c := candidates{limit: 0.5}
	return l.decode(outputList(outputs), &c) == nil && len(c.list) < tooMany
}

// outputList are the outputs of a run as they stand.
type outputList []Tensor

// Output implements [Outputs].
func (o outputList) Output(i int) *Tensor { return &o[i] }

// facesOf returns the output that has n rows of that width, the one that is number skip of those;
// -1 is none. There may be an axis of 1 before.
func facesOf(outputs []Tensor, n, width int64, skip int) int {
	for i := range outputs {
		o := &outputs[i]
		if !o.isFloat() || !o.shaped(1, n, width) && !o.shaped(n, width) {
			continue
		}
		if skip == 0 {
			return i
		}
		skip--
	}
	return -1
}

// recogniseRetinaFace finds boxes [1, N, 4], scores of background and face [1, N, 2] and landmarks
// [1, N, 10] of two priors for each cell of three strides.
func recogniseRetinaFace(in Input, outputs []Tensor) (Layout, bool) {
	l := retinafaceLayout
	level := faceLevel{objects: -1}
	n := 0
	for k, stride := range faceStrides {
		level.stride, level.first = stride, n
		level.sizes = [2]float32{float32(int(16) << (2 * k)), float32(int(32) << (2 * k))}
		l.faces.levels = append(l.faces.levels, level)
		n += 2 * cellsAlong(in.Width, stride) * cellsAlong(in.Height, stride)
	}
	rows := int64(n)
	boxes, scores := facesOf(outputs, rows, 4, 0), facesOf(outputs, rows, 2, 0)
	landmarks := facesOf(outputs, rows, 2*faceLandmarks, 0)
	for k := range l.faces.levels {
		v := &l.faces.levels[k]
		v.boxes, v.scores, v.landmarks = boxes, scores, landmarks
	}
	l.faces.form, l.faces.each, l.scores, l.boxes = facePriors, 2, scores, boxes
	return l, len(outputs) == 3 && boxes >= 0 && scores >= 0 && landmarks >= 0
}

// hasNegative tells whether any element is below 0, as logarithms are.
func (t *Tensor) hasNegative() bool {
	return slices.ContainsFunc(t.Float32, func(v float32) bool { return v < 0 })
}

// recogniseYuNet finds, for each of three strides, a class and an objectness [1, N, 1], boxes [1,
// N, 4] and landmarks [1, N, 10].
func recogniseYuNet(in Input, outputs []Tensor) (Layout, bool) {
	l := yunetLayout
	l.faces.form, l.faces.each = faceOffsets, 1
	for _, stride := range faceStrides {
		n := int64(cellsAlong(in.Width, stride) * cellsAlong(in.Height, stride))
		l.faces.levels = append(l.faces.levels, faceLevel{
			stride: stride, scores: facesOf(outputs, n, 1, 0), objects: facesOf(outputs, n, 1, 1),
			boxes: facesOf(outputs, n, 4, 0), landmarks: facesOf(outputs, n, 2*faceLandmarks, 0),
		})
	}
	return l, len(outputs) == 4*len(faceStrides) && l.facesComplete(true, true)
}

// recogniseSCRFD finds, for each stride, scores [N, 1], distances [N, 4] and, in the models with
// landmarks, those [N, 10]: two rows for each cell of three strides, or one of five.
func recogniseSCRFD(in Input, outputs []Tensor) (Layout, bool) {
	for _, kind := range []struct{ strides, each int }{{3, 2}, {5, 1}, {3, 1}} {
		l := scrfdLayout
		l.faces.form, l.faces.each = faceDistances, kind.each
		for stride := 8; len(l.faces.levels) < kind.strides; stride *= 2 {
			n := int64(kind.each * cellsAlong(in.Width, stride) * cellsAlong(in.Height, stride))
			l.faces.levels = append(l.faces.levels, faceLevel{
				stride: stride, scores: facesOf(outputs, n, 1, 0), objects: -1,
				boxes:     facesOf(outputs, n, 4, 0),
				landmarks: facesOf(outputs, n, 2*faceLandmarks, 0),
			})
		}
		points := len(outputs) == 3*kind.strides
		if (points || len(outputs) == 2*kind.strides) && l.facesComplete(false, points) {
			return l, true
		}
	}
	return Layout{}, false
}

// facesComplete tells whether each stride has its outputs.
func (l *Layout) facesComplete(objects, landmarks bool) bool {
	for _, v := range l.faces.levels {
		if v.scores < 0 || v.boxes < 0 || objects && v.objects < 0 || landmarks && v.landmarks < 0 {
			return false
		}
	}
	return true
}
