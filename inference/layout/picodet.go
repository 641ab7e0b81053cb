package layout

// picodetLayout is PicoDet without its last steps (PaddleDetection, ppdet/modeling/heads/
// pico_head.py, forward_eval without export_post_process): class scores and distributions for each
// of four strides, normalised as ImageNet is.
var picodetLayout = Layout{
	family: "PicoDet", head: featureLevels, fit: Stretch, unit: true, nms: true, middle: 0.5,
	strides: [4]int{8, 16, 32, 64}, mean: imageNetMean, std: imageNetStd,
}

// recognisePicoDet finds, for each of four strides, class scores [1, n, C] and the bins of four
// distances, [1, n, 4*bins].
func recognisePicoDet(in Input, outputs []Tensor) (Layout, bool) {
	l := picodetLayout
	if len(outputs) != 2*len(l.strides) {
		return l, false
	}
	for k, stride := range l.strides {
		n := int64(cellsAlong(in.Width, stride) * cellsAlong(in.Height, stride))
		pair := l.levels[:0:0]
		for i := range outputs {
			if o := &outputs[i]; o.isFloat() && o.shaped(1, n, anySize) && o.Shape[2] > 0 {
				pair = append(pair, level{scores: i})
			}
		}
		if len(pair) != 2 {
			return l, false
		}
		l.levels[k] = level{scores: pair[0].scores, boxes: pair[1].scores}
	}
	l.scoresFirst(outputs)
	classes, bins := outputs[l.levels[0].scores].Shape[2], outputs[l.levels[0].boxes].Shape[2]
	for _, v := range l.levels {
		if outputs[v.scores].Shape[2] != classes || outputs[v.boxes].Shape[2] != bins {
			return l, false
		}
		if outputs[v.scores].hasNegative() {
			l.activation = sigmoid
		}
	}
	l.classes, l.bins = int(min(classes, maxClasses+1)), int(bins)/4
	l.because("it has class scores and distributions of %d bins for each cell of four strides",
		l.bins)
	return l, isBins(bins)
}

// scoresFirst puts the scores first in each pair, the widths of which say which they are; if both
// could be, their order in the file decides.
func (l *Layout) scoresFirst(outputs []Tensor) {
	scores, boxes := outputs[l.levels[0].scores].Shape[2], outputs[l.levels[0].boxes].Shape[2]
	if isBins(boxes) && (scores != nanodetBins || boxes == nanodetBins) {
		return
	}
	for k, v := range l.levels {
		l.levels[k] = level{scores: v.boxes, boxes: v.scores}
	}
}

// isBins tells whether so many numbers can be four distributions.
func isBins(n int64) bool { return n%4 == 0 && n > 4 && n <= 4*maxBins }
