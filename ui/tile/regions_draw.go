package tile

import (
	"handlens/inference/track"
)

// Lines and zones are drawn on the picture itself. These methods are what the window needs for
// that; they belong to the UI goroutine.

// StartRegion lets the user draw a line or a zone on the tile, with the mouse or with the keys: the
// tile takes the focus and says what to do. done gets the region, without a name, points 0..1; it
// is not called when the user gives up (Esc) or another drawing begins.
func (t *Tile) StartRegion(line bool, done func(track.Region)) {
	t.editor.begin(line, done)
	t.takeFocus()
	t.arrange()
	t.Refresh()
}

// CancelRegion ends drawing and editing without a result.
func (t *Tile) CancelRegion() {
	t.editor.end()
	t.arrange()
	t.Refresh()
}

// Drawing says whether a line or zone is being drawn.
func (t *Tile) Drawing() bool { return t.editor.on }

// EditRegions shows handles on the points of the lines and zones and lets the user drag them;
// changed gets all regions at the end of each drag. A nil changed removes the handles.
func (t *Tile) EditRegions(changed func([]track.Region)) {
	t.editor.changed = changed
	t.arrange()
	t.Refresh()
}
