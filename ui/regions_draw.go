package ui

import (
	"time"

	"handlens/inference/track"
)

// Lines and zones are drawn on the picture itself. What follows is all that the rest of the window
// needs of it; it belongs to the UI goroutine.

// startRegion lets the user draw a line or a zone on the tile, with the mouse or with the keys: the
// tile takes the focus and says what to do. done gets the region, without a name, points 0..1; it
// is not called when the user gives up (Esc) or another drawing begins.
func (t *tile) startRegion(line bool, done func(track.Region)) {
	t.draft.begin(line, done)
	t.takeFocus()
	t.arrange()
	t.Refresh()
}

// cancelRegion ends drawing and editing without a result.
func (t *tile) cancelRegion() {
	t.draft.end()
	t.arrange()
	t.Refresh()
}

// drawing says whether a line or zone is being drawn.
func (t *tile) drawing() bool { return t.draft.on }

// cancelDrawing ends the drawing of a line or zone on any tile and says whether there was one.
func (v *liveView) cancelDrawing() bool {
	for _, s := range v.tiles {
		if s.tile.drawing() {
			s.tile.cancelRegion()
			return true
		}
	}
	return false
}

// editRegions shows handles on the points of the lines and zones and lets the user drag them;
// changed gets all regions anew at the end of each drag. A nil changed takes the handles away.
func (t *tile) editRegions(changed func([]track.Region)) {
	t.draft.changed = changed
	t.arrange()
	t.Refresh()
}

// setTime gives the tile's scrub bar, which stands there while Scene.Past.Held, its functions:
// those of Config, for this phone.
func (t *tile) setTime(pause func(on bool), seek func(at time.Duration)) {
	t.scrub.pause, t.scrub.seek = pause, seek
}
