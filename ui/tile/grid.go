package tile

import (
	"math"

	"fyne.io/fyne/v2"

	"handlens/ui/kit"
)

// gridGap is the space between tiles.
const gridGap = 4

// GridLayout gives each visible tile an equal place, in as many columns as make the pictures
// largest.
type GridLayout struct{}

// aspect is the shape that a place is judged by: a picture of 4:3 lies between the phones' usual
// shapes held upright and across.
const aspect = 4.0 / 3

// MinSize is that of one tile.
func (GridLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m
}

// Layout places the tiles row by row; a last row that is not full stands in the middle.
func (GridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var seen []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			seen = append(seen, o)
		}
	}
	n := len(seen)
	if n == 0 {
		return
	}
	columns := bestColumns(n, size)
	rows := (n + columns - 1) / columns
	w := (size.Width - gridGap*float32(columns-1)) / float32(columns)
	h := (size.Height - gridGap*float32(rows-1)) / float32(rows)
	for i, o := range seen {
		row, column := i/columns, i%columns
		inRow := min(columns, n-row*columns)
		indent := (size.Width - float32(inRow)*w - gridGap*float32(inRow-1)) / 2
		kit.SetBounds(o, indent+float32(column)*(w+gridGap), float32(row)*(h+gridGap), w, h)
	}
}

// bestColumns returns the number of columns at which a picture in one of n places is largest.
func bestColumns(n int, size fyne.Size) int {
	best, area := 1, 0.0
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		w, h := float64(size.Width)/float64(columns), float64(size.Height)/float64(rows)
		if a := math.Min(w, h*aspect); a > area {
			best, area = columns, a
		}
	}
	return best
}
