package tile

// DisplayOptions say what a tile draws over its picture.
type DisplayOptions struct {
	Boxes, Labels, IDs, Trails, Regions bool
	Figures                             Figures
	// Hides says that some classes must not be recognised.
	Hides bool
}

// SetOptions changes what the tile draws.
func (t *Tile) SetOptions(o DisplayOptions) {
	if t.options == o {
		return
	}
	t.options = o
	t.painter.hides.Store(o.Hides)
	t.setBoxes()
	t.updateText()
	t.arrange()
	t.Refresh()
}
