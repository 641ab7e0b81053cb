package layout

import (
	"fmt"
	"slices"
)

// Layout describes, as data, how one model takes its frames and gives its boxes. It does not change
// once it is made.
type Layout struct {
	input      Input
	classNames []string // by class index
	warnings   []string
	reasons    []string // see Reasons

	family string
	head   head
	fit    Fit
	// bgr: the first plane is blue. unit: samples are 0..1, else 0..255.
	bgr, unit bool
	// mean, where std is set, is subtracted from the samples, and std then divides them; both by
	// plane of the tensor.
	mean, std [3]float32
	// black: the padding around a letterboxed frame is black, else the usual grey.
	black bool
	// pad, where padded is set, is the sample around a frame that a sidecar wants.
	pad    float32
	padded bool
	// antialias: the family's own pipeline resizes with Pillow or torchvision, which smooth; the
	// others with OpenCV, which does not.
	antialias bool
	// nms: several overlapping boxes of one object have to be suppressed.
	nms bool
	// classes is the number of class scores; 0 when the outputs do not tell.
	classes int
	// labels, boxes and scores are indices of outputs; the layouts with one output use boxes. count
	// is the one with the number of detections, meaningful only when counted.
	labels, boxes, scores, count int
	counted                      bool
	// activation, boxUnit and yx say how the numbers are to be read; yx: y comes before x.
	activation activation
	boxUnit    boxUnit
	yx         bool
	// renumber maps the model's class numbers to indices of the labels where they differ; -1 is
	// none. rawClasses, when not 0, is the number of class scores in the outputs.
	renumber   []int16
	rawClasses int
	// strides are the cell sizes in pixels, 0 after the last one, and levels their outputs. bins is
	// the length of a distribution, and middle where in its cell a distance begins, 0..1.
	strides [4]int
	levels  [4]level
	bins    int
	middle  float32
	// shapes is what follows the class scores.
	shapes shapeData
	// faces is what faceCells are.
	faces faceData
	// maps is what mapCells are.
	maps mapData
	// columns says what a row of listRows holds.
	columns rowColumns
	// described is what a sidecar says of the outputs, for describedRows.
	described described
	// corners: the boxes of queries are two corners, else centre and size. first is the column of
	// the first class score there.
	corners bool
	first   int
	// transposed: class scores are [1, C, N] there.
	transposed bool
	// centred: the boxes of a list are centre and sides.
	centred bool
	// unsure: whether boxes are in pixels or in shares is seen in each list.
	unsure bool
	// unnamed: the labels are those of the family, or numbers; never COCO's.
	unnamed bool
}

// rowColumns are the indices of a row's numbers.
type rowColumns struct{ width, x1, y1, x2, y2, score, class int }

// level holds the indices of one stride's outputs: class scores and boxes.
type level struct{ scores, boxes int }

// Family names the model family, for example "YOLOv8".
func (l *Layout) Family() string { return l.family }

// Labels returns the class names by class index. The slice is shared and must not be changed.
func (l *Layout) Labels() []string { return l.classNames }

// Warnings are sentences about what does not match in the model, though it can be used.
func (l *Layout) Warnings() []string { return l.warnings }

// Reasons are sentences that say from what the layout was concluded, in the order in which that was
// done: what was seen in names, shapes, metadata or values, and what it means.
func (l *Layout) Reasons() []string { return l.reasons }

// because notes a reason.
func (l *Layout) because(format string, args ...any) {
	// A family's own Layout is shared: its reasons, if any, are not to be appended to.
	l.reasons = append(slices.Clip(l.reasons), fmt.Sprintf(format, args...))
}

// warn notes what stays in doubt.
func (l *Layout) warn(format string, args ...any) {
	l.warnings = append(slices.Clip(l.warnings), fmt.Sprintf(format, args...))
}

// Fit says how frames are put into the model's input.
func (l *Layout) Fit() Fit { return l.fit }

// Place says where a frame of width × height pixels lies in the model's input.
func (l *Layout) Place(width, height int) Transform {
	return newTransform(width, height, l.input.Width, l.input.Height, l.fit)
}

// Preparation says how the samples of a frame become those of the model's input.
type Preparation struct {
	// BGR: the first plane of the tensor is blue, else red.
	BGR bool
	// Antialias: smooth when making the frame smaller.
	Antialias bool
	// Scale and Bias turn a sample of 0..255 into what the model wants, by plane of the tensor:
	// sample*scale + bias. For models that take integers they are 1 and 0.
	Scale, Bias [3]float32
	// Pad is the sample, 0..255, that fills the input around the frame.
	Pad float32
}

// padding is the grey with which letterboxing families are trained, as a sample of 0..255.
const padding = 114

// Preparation returns how frames are prepared for the model.
func (l *Layout) Preparation() Preparation {
	p := Preparation{BGR: l.bgr, Antialias: l.antialias, Pad: padding}
	// In one channel the usual grey is a brightness that things have as well. Ultralytics pads with
	// it even so; what black costs its models was not measured.
	switch {
	case l.padded:
		p.Pad = l.pad
	case l.black || l.input.Grey:
		p.Pad = 0
	}
	for i := range 3 {
		p.Scale[i] = 1
		if l.input.Type == Uint8 {
			continue
		}
		if l.unit {
			p.Scale[i] = 1.0 / 255
		}
		if l.std[i] != 0 {
			p.Scale[i] /= l.std[i]
			p.Bias[i] = -l.mean[i] / l.std[i]
		}
	}
	return p
}

// scoreColumns is how many class scores the outputs have for each box, whatever they mean.
func (l *Layout) scoreColumns() int {
	if l.rawClasses > 0 {
		return l.rawClasses
	}
	return l.classes
}
