package layout

import (
	"fmt"
	"math"
)

// An oriented model of Ultralytics has one number more for each box than a plain one: the angle,
// behind the class scores or, in finished lists, behind the class. By its shape it is a plain model
// of one class more, so that the metadata's task or the values have to tell.

const (
	// beyondScore is how far a number must lie outside 0..1 not to be a score.
	beyondScore = 0.01
	// mostAngle bounds an angle. YOLOv8's and YOLO11's are -π/4..3π/4, YOLO26's are not limited but
	// trained to be about that.
	mostAngle = 2 * math.Pi
	// background is more than a class scores in most cells of any picture. The angle of cells where
	// nothing is lies in the middle of its range, at about π/4.
	background = 0.1
)

// rotatedLayout is a layout with an angle for each box.
func rotatedLayout(l Layout) Layout {
	l.shapes.angle = true
	l.family += "-obb"
	return l
}

// angleWarning says that a number for each box has no name and may be an angle, where nothing has
// told what it is; "" otherwise.
func (l *Layout) angleWarning(named int) string {
	if l.head != channelsFirst || l.shapes.size() > 0 || named == 0 || named != l.classes-1 {
		return ""
	}
	return "the last score has no name: if it is the angle of rotated boxes, " +
		`"layout": {"family": "yolov8-obb"} in the file NAME.json beside the model says so`
}

// findAngle notes that the last number of each box is an angle, and says from what that is known;
// "" when it is none.
func (s *single) findAngle(out *Tensor) string {
	if s.shapes.angle {
		return "its task is obb: the last number of each box is the angle of a rotated box"
	}
	if s.metadata["task"] != "" || s.more() > 0 || int64(len(out.Float32)) != s.a*s.b {
		return ""
	}
	var why string
	switch {
	case s.b == 7 && s.a > 7 && !s.isGrid():
		why = angleInRows(out.Float32)
	case s.a > 5 && s.b > s.a:
		why = s.angleInColumns(out.Float32)
	}
	s.shapes.angle = why != ""
	return why
}

// angleInColumns looks for an angle in the last row of [4+classes+1, n].
func (s *single) angleInColumns(v []float32) string {
	n, last := int(s.b), int(s.a)-1
	for _, score := range v[4*n : last*n] {
		if !(score >= -beyondScore && score <= 1+beyondScore) {
			return "" // these are no plain scores, so that nothing sets the last row apart
		}
	}
	least, most, raised := float32(math.Inf(1)), float32(math.Inf(-1)), 0
	for _, a := range v[last*n:] {
		if !(math.Abs(float64(a)) <= mostAngle) {
			return ""
		}
		least, most = min(least, a), max(most, a)
		if a > background {
			raised++
		}
	}
	if least < -beyondScore || most > 1+beyondScore {
		return fmt.Sprintf("the last row goes from %.2g to %.2g, where all other scores are 0..1: "+
			"it is the angle of rotated boxes", least, most)
	}
	if 2*raised > n && 2*s.raisedCells(v, n, last) < n {
		return fmt.Sprintf(
			"the last row is above %.2g in most cells, where no other row is: it is "+
				"the angle of rotated boxes", background)
	}
	return ""
}

// raisedCells counts the cells in which any class scores more than the background.
func (s *single) raisedCells(v []float32, n, last int) (count int) {
	for i := range n {
		for row := 4; row < last; row++ {
			if v[row*n+i] > background {
				count++
				break
			}
		}
	}
	return count
}

// angleInRows looks for an angle at the end of [n, 7]: centre, size, score, class, angle. The rows
// fall in score, and the classes are whole numbers, which no other list of seven numbers has there.
func angleInRows(v []float32) string {
	found, turned, before := 0, false, float32(1+beyondScore)
	for ; len(v) >= 7; v = v[7:] {
		w, h, score, class, angle := v[2], v[3], v[4], v[5], v[6]
		if !(score >= 0 && score <= before) || class != float32(int32(class)) || class < 0 ||
			class >= maxClasses || !(math.Abs(float64(angle)) <= mostAngle) {
			return ""
		}
		before = score
		if score > 0 && w > 0 && h > 0 {
			found++
			turned = turned || angle != float32(int32(angle))
		}
	}
	if found == 0 || !turned {
		return ""
	}
	return "its rows are four numbers, scores that fall, whole classes and angles: a finished " +
		"list of " +
		"rotated boxes"
}

// isGrid tells whether the rows are those of cells.
func (s *single) isGrid() bool {
	_, each := gridOf(s.in, s.a)
	return each > 0
}
