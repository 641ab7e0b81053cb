package tile

import (
	"fyne.io/fyne/v2"

	"handlens/inference/overlay"
	"handlens/inference/track"
)

const (
	trailStroke = 3
	// maxTrailLines bounds the lines of all trails together, and trailLines those of one: each is a
	// call of its own to the graphics card. Many trails have fewer lines each, so that none is left
	// out before there are more trails than lines.
	maxTrailLines = 480
	trailLines    = 24
	trailAlpha    = 0xe0
)

// drawTrails draws the objects' paths, fading towards their beginning. Long paths keep their newest
// point and every n-th other.
func (s *strokes) drawTrails(trails []track.Trail, at fyne.Position, size fyne.Size) (grown bool) {
	s.begin()
	lines := max(1, min(trailLines, maxTrailLines/max(1, len(trails))))
	for _, t := range trails {
		step := max(1, (len(t.Points)-1+lines-1)/lines)
		last := fyne.Position{}
		segments := (len(t.Points) - 1) / step
		if s.used+segments > maxTrailLines {
			break
		}
		for i, n := len(t.Points)-1, 0; i >= 0; i, n = i-step, n+1 {
			p := fyne.NewPos(at.X+clamp01(t.Points[i].X)*size.Width,
				at.Y+clamp01(t.Points[i].Y)*size.Height)
			if n > 0 {
				c := overlay.Color(t.Class)
				c.A = uint8(trailAlpha * (segments - n + 1) / segments)
				s.add(last, p, trailStroke, c)
			}
			last = p
		}
	}
	return s.end()
}
