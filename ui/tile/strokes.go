package tile

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// strokes are straight lines on the canvas. Each picture sets them again and reuses the objects.
type strokes struct {
	lines []*canvas.Line
	used  int
	grown bool
}

// begin starts with no lines.
func (s *strokes) begin() { s.used, s.grown = 0, false }

// add draws a line.
func (s *strokes) add(a, b fyne.Position, width float32, c color.Color) {
	if s.used == len(s.lines) {
		s.lines = append(s.lines, canvas.NewLine(c))
		s.grown = true
	}
	l := s.lines[s.used]
	s.used++
	l.Position1, l.Position2, l.StrokeWidth, l.StrokeColor = a, b, width, c
	l.Hidden = false
}

// polyline draws the lines from point to point.
func (s *strokes) polyline(points []fyne.Position, width float32, c color.Color) {
	for i := 1; i < len(points); i++ {
		s.add(points[i-1], points[i], width, c)
	}
}

// end hides what was not used and says whether there are new objects.
func (s *strokes) end() (grown bool) {
	for _, l := range s.lines[s.used:] {
		l.Hidden = true
	}
	return s.grown
}

func (s *strokes) objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, len(s.lines))
	for i, l := range s.lines {
		all[i] = l
	}
	return all
}
