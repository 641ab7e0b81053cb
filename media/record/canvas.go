package record

import "image"

const (
	// minCanvas and maxCanvas bound a canvas's longer side in sixteenths, which are its shorter
	// side in ninths: 1280 × 720 to 1920 × 1080. Phones begin small and grow within seconds, and
	// labels must stay legible, so that a recording is never smaller.
	minCanvas = 80
	maxCanvas = 120
)

// CanvasFor returns the fixed canvas of a recording by the size of its first frame: 16:9 for one
// that lies or is square, 9:16 for one that stands, with even sides, from 1280 × 720 to 1920 × 1080
// pixels and within these not smaller than the frame.
func CanvasFor(w, h int) image.Point {
	long, short := max(w, h, 1), max(min(w, h), 1)
	n := max(minCanvas, (long+15)/16, (short+8)/9)
	n = min((n+1)&^1, maxCanvas)
	if h > w {
		return image.Pt(9*n, 16*n)
	}
	return image.Pt(16*n, 9*n)
}
