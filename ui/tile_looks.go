package ui

// looks are what of the Settings a tile follows.
type looks struct {
	boxes, labels, ids, trails, regions bool
	figures                             Figures
	// hides says that some classes must not be recognised.
	hides bool
}

func looksOf(s Settings) looks {
	return looks{
		boxes: s.Boxes, labels: s.Labels, ids: s.IDs, trails: s.Trails, regions: s.Regions,
		figures: s.Figures, hides: len(s.Blurred) > 0,
	}
}

// setLooks makes all pictures follow the settings; on the UI goroutine, whenever they changed.
func (v *liveView) setLooks(s Settings) {
	for _, seat := range v.tiles {
		seat.tile.setLooks(s)
	}
}

// setLooks makes the tile follow the settings; on the UI goroutine, also once for a new tile.
func (t *tile) setLooks(s Settings) {
	l := looksOf(s)
	if t.looks == l {
		return
	}
	t.looks = l
	t.painter.hides.Store(l.hides)
	t.setBoxes()
	t.words()
	t.arrange()
	t.Refresh()
}
