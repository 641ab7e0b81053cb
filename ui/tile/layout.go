package tile

import (
	"handlens/inference/track"
	"handlens/ui/kit"

	"fyne.io/fyne/v2"
)

// video is where the picture is in the tile: as large as it fits, in the middle.
func (t *Tile) video() (fyne.Position, fyne.Size) {
	size := t.Size()
	if t.current.size.X == 0 || t.current.size.Y == 0 || size.Width <= 0 || size.Height <= 0 {
		return fyne.Position{}, size
	}
	scale := min(size.Width/float32(t.current.size.X), size.Height/float32(t.current.size.Y))
	w, h := scale*float32(t.current.size.X), scale*float32(t.current.size.Y)
	return fyne.NewPos((size.Width-w)/2, (size.Height-h)/2), fyne.NewSize(w, h)
}

// arrange places everything after the tile, the picture's shape or a badge changed its size.
func (t *Tile) arrange() {
	size := t.Size()
	kit.SetBounds(t.hover, 1, 1, size.Width-2, size.Height-2)
	at, video := t.video()
	switch {
	case t.front == nil:
		kit.SetBounds(t.beside[0], 0, 0, size.Width, size.Height)
		kit.SetBounds(t.beside[1], 0, 0, 0, 0)
	case at.X > at.Y:
		kit.SetBounds(t.beside[0], 0, 0, at.X, size.Height)
		kit.SetBounds(t.beside[1], size.Width-at.X, 0, at.X, size.Height)
	default:
		kit.SetBounds(t.beside[0], 0, 0, size.Width, at.Y)
		kit.SetBounds(t.beside[1], 0, size.Height-at.Y, size.Width, at.Y)
	}
	if t.shader != nil {
		kit.SetBounds(t.shader.object, at.X, at.Y, video.Width, video.Height)
	}
	if t.current.packed {
		kit.SetBounds(t.raster, at.X, at.Y, 1, 1)
	} else {
		kit.SetBounds(t.raster, at.X, at.Y, video.Width, video.Height)
	}
	t.figures.place(hudMargin, hudMargin)
	floor := size.Height - hudMargin
	if t.scrub.Visible() {
		floor -= scrubHeight + hudMargin/2
		kit.SetBounds(t.scrub, hudMargin, size.Height-hudMargin-scrubHeight, size.Width-2*hudMargin,
			scrubHeight)
	}
	t.label.place(hudMargin, floor-t.label.size.Height)
	right := float32(hudMargin)
	if t.recording.size.Height > 0 {
		t.recording.place(size.Width-hudMargin-t.recording.size.Width, right)
		right += t.recording.size.Height + hudMargin/2
	}
	t.stale.place(size.Width-hudMargin-t.stale.size.Width, right)
	y := floor - t.status.size.Height
	if t.front == nil {
		y = (size.Height - t.status.size.Height) / 2
	}
	x := (size.Width - t.status.size.Width) / 2
	if t.front != nil && x < hudMargin+t.label.size.Width {
		y -= t.label.size.Height + hudMargin/2 // over the name, where both do not fit side by side
	}
	t.status.place(x, y)
	t.placeResume()
	t.placeMarks()
	t.measure()
}

// placeResume sets the button into the middle, over the status, and without words where they have
// no room.
func (t *Tile) placeResume() {
	if !t.resume.Visible() {
		return
	}
	size := t.Size()
	t.resume.SetText(kit.L("Resume the camera"))
	if t.resume.MinSize().Width > size.Width-2*hudMargin {
		t.resume.SetText("")
	}
	b := t.resume.MinSize()
	y := min((size.Height-b.Height)/2, t.status.background.Position().Y-b.Height-hudMargin/2)
	kit.SetBounds(t.resume, (size.Width-b.Width)/2, max(0, y), b.Width, b.Height)
}

// placeMarks places all that moves with the picture.
func (t *Tile) placeMarks() {
	at, video := t.video()
	t.placeBoxes(at, video)
	t.placeShapes(at, video)
	var trails []track.Trail
	var tallies []track.Tally
	if t.front != nil && t.options.Trails {
		trails = t.current.trails
	}
	if t.front != nil && t.options.Regions {
		tallies = t.tallies()
	}
	grown := t.trails.drawTrails(trails, at, video)
	grown = t.regions.set(tallies, at, video) || grown
	t.editor.hint.set(t.editor.instructions()...)
	t.placeHint()
	grown = t.editor.set(regionsOf(tallies), at, video) || grown
	if grown {
		t.collect()
	}
}

// placeHint puts what to do next at the top, below the figures where both do not fit side by side.
func (t *Tile) placeHint() {
	hint := t.editor.hint
	x, y := (t.Size().Width-hint.size.Width)/2, float32(hudMargin)
	if side := max(t.figures.size.Width, t.recording.size.Width); x < side+2*hudMargin {
		y += max(t.figures.size.Height, t.recording.size.Height) + hudMargin/2
	}
	hint.place(x, y)
}

func (t *Tile) placeBoxes(at fyne.Position, video fyne.Size) {
	for i, b := range t.boxes {
		if i < len(t.current.detections) && b.shown {
			b.place(t.current.detections[i], at, video)
		}
	}
}

// measure gives the painter the tile's size in device pixels.
func (t *Tile) measure() {
	if !t.Visible() {
		t.painter.setArea(0, 0)
		return
	}
	size := t.Size()
	w, h := int(size.Width), int(size.Height)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		w, h = c.PixelCoordinateForPosition(fyne.NewPos(size.Width, size.Height))
	}
	t.painter.setArea(w, h)
}

// Show shows the tile and resumes its painter.
func (t *Tile) Show() {
	t.BaseWidget.Show()
	t.measure()
}

// Hide hides the tile and pauses its painter.
func (t *Tile) Hide() {
	t.BaseWidget.Hide()
	t.measure()
}
