package ui

import (
	"image"
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"handlens/inference"
	"handlens/inference/track"
)

// fullHUDWidth is how wide a tile must be to carry all the figures beside the picture that they
// describe.
const fullHUDWidth = 520

// tile is one phone's picture on the canvas, with its boxes, figures and badges. All of it belongs
// to the UI goroutine.
type tile struct {
	widget.BaseWidget
	painter *painter
	tapped  func()
	// onShown is told which picture was drawn.
	onShown func(seq uint64, origin time.Time)

	name    string
	front   *image.RGBA
	now     picture
	drawn   uint64
	hud     Stats
	looks   looks
	showHUD bool
	choice  bool // tapping leads somewhere
	alone   bool // no other tile is to be seen

	beside  [2]*canvas.Rectangle // what the picture leaves free, on both sides
	raster  *canvas.Raster
	shader  *shaderSurface // nil where it is not used
	regions regionMarks
	trails  strokes
	shapes  *shapeLayer
	boxes   []*box
	figures *badge
	label   *badge
	record  *recordBadge
	stale   *badge
	status  *badge
	draft   *draft
	scrub   *scrubBar
	focused bool
	hover   *canvas.Rectangle
	objects []fyne.CanvasObject
}

var (
	_ fyne.Tappable      = (*tile)(nil)
	_ fyne.Draggable     = (*tile)(nil)
	_ fyne.Focusable     = (*tile)(nil)
	_ desktop.Hoverable  = (*tile)(nil)
	_ desktop.Cursorable = (*tile)(nil)
)

func newTile(name string, p *painter) *tile {
	t := &tile{
		painter: p,
		name:    plain(name, maxName),
		showHUD: true,
		looks:   looksOf(DefaultSettings()),
		beside: [2]*canvas.Rectangle{
			canvas.NewRectangle(stageGround),
			canvas.NewRectangle(stageGround),
		},
		figures: newBadge(overlayGround, overlayInk, overlayQuiet),
		label:   newBadge(overlayGround, overlayInk, overlayQuiet),
		record:  newRecordBadge(),
		stale:   newBadge(staleGround, staleInk, staleInk),
		status:  newBadge(overlayGround, overlayInk, overlayQuiet),
		draft:   newDraft(),
		scrub:   newScrubBar(),
		hover:   canvas.NewRectangle(color.Transparent),
		shapes:  newShapeLayer(),
	}
	t.raster = canvas.NewRaster(t.draw)
	// The graphics card scales, and mixes neighbours: measured, that costs nothing over picking one
	// of them.
	t.raster.ScaleMode = canvas.ImageScaleSmooth
	t.raster.Hide()
	if shaderWanted() {
		t.shader = newShaderSurface(t)
		p.packs.Store(verdict(shaderWorks.Load()) != refuted)
	}
	t.hover.StrokeWidth = 2
	t.hover.Hide()
	t.collect()
	t.words()
	t.ExtendBaseWidget(t)
	return t
}

// collect lists the canvas objects from back to front.
func (t *tile) collect() {
	t.objects = append(t.objects[:0:0], t.beside[0], t.beside[1])
	if t.shader != nil {
		t.objects = append(t.objects, t.shader.object)
	}
	t.objects = append(t.objects, t.raster)
	// What a thing is matters more than how fast it was found: the figures stand behind the boxes.
	t.objects = append(t.objects, t.figures.objects()...)
	t.objects = append(t.objects, t.trails.objects()...)
	t.objects = append(t.objects, t.regions.lines()...)
	t.objects = append(t.objects, t.shapes.raster)
	for _, b := range t.boxes {
		t.objects = append(t.objects, b.lines()...)
	}
	t.objects = append(t.objects, t.regions.labels()...)
	// The first of the list has its label in front.
	for _, b := range slices.Backward(t.boxes) {
		t.objects = append(t.objects, b.labels()...)
	}
	for _, b := range []*badge{t.label, t.status, t.stale} {
		t.objects = append(t.objects, b.objects()...)
	}
	t.objects = append(t.objects, t.record.objects()...)
	t.objects = append(t.objects, t.draft.objects()...)
	t.objects = append(t.objects, t.scrub, t.hover)
}

// draw gives Fyne the picture, at the moment when it is uploaded to be drawn. Behind the shader's
// picture the raster is a single pixel that cannot be seen: it is drawn to learn the moment.
func (t *tile) draw(int, int) image.Image {
	if t.front == nil {
		return image.NewUniform(stageGround)
	}
	if t.now.seq != t.drawn {
		t.drawn = t.now.seq
		if t.onShown != nil {
			t.onShown(t.now.seq, t.now.origin)
		}
	}
	t.painter.drawn()
	if t.now.packed {
		return clearPixel
	}
	return t.front
}

// show takes a picture from the painter and returns the buffer that is free from now on.
func (t *tile) show(p picture) (free *image.RGBA) {
	moved := p.size != t.now.size || p.packed != t.now.packed
	if p.img != nil {
		t.proveShader()
		free, t.front = t.front, p.img
		t.showPicture(p)
	}
	if p.hud != nil {
		t.hud = *p.hud
	}
	worded := p.hud != nil || p.stale != t.now.stale || p.status != t.now.status ||
		p.recording != t.now.recording ||
		p.past.Held != t.now.past.Held
	p.img, p.hud = nil, nil
	p.detections = inference.Strongest(p.detections, maxBoxes)
	t.now = p
	t.setBoxes()
	t.draft.follow(p.tallies)
	t.followPast()
	if worded {
		t.words()
	}
	if moved || worded {
		t.arrange()
	} else {
		t.placeMarks()
	}
	return free
}

// showPicture puts the picture on its surface.
func (t *tile) showPicture(p picture) {
	t.raster.Show()
	canvas.Refresh(t.raster)
	if t.shader == nil {
		return
	}
	if verdict(shaderWorks.Load()) == refuted {
		t.painter.packs.Store(false)
	}
	if p.packed {
		t.shader.show(p.img, p.size, p.color)
	} else {
		show(t.shader.object, false)
	}
}

// setBoxes gives each detection a box on the canvas and hides the rest.
func (t *tile) setBoxes() {
	n := len(t.now.detections)
	fresh := freshness(t.now.lag)
	if fresh == 0 || t.front == nil || !t.looks.boxes && !t.looks.labels && !t.looks.ids {
		n = 0
	}
	for len(t.boxes) < n {
		t.boxes = append(t.boxes, newBox())
		if len(t.boxes) == n {
			t.collect()
		}
	}
	for i, b := range t.boxes {
		b.setVisible(i < n)
		if i < n {
			b.set(t.now.detections[i], t.looks, fresh == 1)
		}
	}
}

// words puts the figures and states into their badges.
func (t *tile) words() {
	full := t.alone && t.Size().Width >= fullHUDWidth
	if t.showHUD && t.looks.figures != FiguresOff {
		t.figures.set(hudLines(t.hud, full, t.looks.figures == FiguresStages)...)
	} else {
		t.figures.set()
	}
	t.label.set(t.name)
	t.record.set(t.now.recording)
	t.stale.set()
	if t.now.stale {
		t.stale.set(L("Old picture"))
	}
	switch {
	case t.now.status != "":
		t.status.set(plain(t.now.status, maxReason))
	case t.front == nil:
		t.status.set(L("Waiting for the first picture"))
	default:
		t.status.set()
	}
}

// video is where the picture is in the tile: as large as it fits, in the middle.
func (t *tile) video() (fyne.Position, fyne.Size) {
	size := t.Size()
	if t.now.size.X == 0 || t.now.size.Y == 0 || size.Width <= 0 || size.Height <= 0 {
		return fyne.Position{}, size
	}
	scale := min(size.Width/float32(t.now.size.X), size.Height/float32(t.now.size.Y))
	w, h := scale*float32(t.now.size.X), scale*float32(t.now.size.Y)
	return fyne.NewPos((size.Width-w)/2, (size.Height-h)/2), fyne.NewSize(w, h)
}

// arrange places everything after the tile, the picture's shape or a badge changed its size.
func (t *tile) arrange() {
	size := t.Size()
	move(t.hover, 1, 1, size.Width-2, size.Height-2)
	at, video := t.video()
	switch {
	case t.front == nil:
		move(t.beside[0], 0, 0, size.Width, size.Height)
		move(t.beside[1], 0, 0, 0, 0)
	case at.X > at.Y:
		move(t.beside[0], 0, 0, at.X, size.Height)
		move(t.beside[1], size.Width-at.X, 0, at.X, size.Height)
	default:
		move(t.beside[0], 0, 0, size.Width, at.Y)
		move(t.beside[1], 0, size.Height-at.Y, size.Width, at.Y)
	}
	if t.shader != nil {
		move(t.shader.object, at.X, at.Y, video.Width, video.Height)
	}
	if t.now.packed {
		move(t.raster, at.X, at.Y, 1, 1)
	} else {
		move(t.raster, at.X, at.Y, video.Width, video.Height)
	}
	t.figures.place(hudMargin, hudMargin)
	floor := size.Height - hudMargin
	if t.scrub.Visible() {
		floor -= scrubHeight + hudMargin/2
		move(t.scrub, hudMargin, size.Height-hudMargin-scrubHeight, size.Width-2*hudMargin,
			scrubHeight)
	}
	t.label.place(hudMargin, floor-t.label.size.Height)
	right := float32(hudMargin)
	if t.record.size.Height > 0 {
		t.record.place(size.Width-hudMargin-t.record.size.Width, right)
		right += t.record.size.Height + hudMargin/2
	}
	t.stale.place(size.Width-hudMargin-t.stale.size.Width, right)
	y := floor - t.status.size.Height
	if t.front == nil {
		y = (size.Height - t.status.size.Height) / 2
	}
	t.status.place((size.Width-t.status.size.Width)/2, y)
	t.placeMarks()
	t.measure()
}

// placeMarks places all that moves with the picture.
func (t *tile) placeMarks() {
	at, video := t.video()
	t.placeBoxes(at, video)
	t.placeShapes(at, video)
	var trails []track.Trail
	var tallies []track.Tally
	if t.front != nil && t.looks.trails {
		trails = t.now.trails
	}
	if t.front != nil && t.looks.regions {
		tallies = t.tallies()
	}
	grown := t.trails.drawTrails(trails, at, video)
	grown = t.regions.set(tallies, at, video) || grown
	t.draft.hint.set(t.draft.words()...)
	t.placeHint()
	grown = t.draft.set(regionsOf(tallies), at, video) || grown
	if grown {
		t.collect()
	}
}

// placeHint puts what to do next at the top, below the figures where both do not fit side by side.
func (t *tile) placeHint() {
	hint := t.draft.hint
	x, y := (t.Size().Width-hint.size.Width)/2, float32(hudMargin)
	if side := max(t.figures.size.Width, t.record.size.Width); x < side+2*hudMargin {
		y += max(t.figures.size.Height, t.record.size.Height) + hudMargin/2
	}
	hint.place(x, y)
}

func (t *tile) placeBoxes(at fyne.Position, video fyne.Size) {
	for i, b := range t.boxes {
		if i < len(t.now.detections) && b.shown {
			b.place(t.now.detections[i], at, video)
		}
	}
}

// measure tells the painter how many device pixels there are.
func (t *tile) measure() {
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

// Show makes the tile visible and its painter paint.
func (t *tile) Show() {
	t.BaseWidget.Show()
	t.measure()
}

// Hide hides the tile and rests its painter.
func (t *tile) Hide() {
	t.BaseWidget.Hide()
	t.measure()
}

// CreateRenderer implements fyne.Widget.
func (t *tile) CreateRenderer() fyne.WidgetRenderer { return &tileRenderer{t} }

type tileRenderer struct{ t *tile }

func (r *tileRenderer) Layout(fyne.Size) {
	r.t.words()
	r.t.arrange()
}
func (r *tileRenderer) MinSize() fyne.Size           { return fyne.NewSize(120, 80) }
func (r *tileRenderer) Objects() []fyne.CanvasObject { return r.t.objects }
func (r *tileRenderer) Destroy()                     {}
func (r *tileRenderer) Refresh() {
	for _, o := range r.t.objects {
		canvas.Refresh(o)
	}
}
