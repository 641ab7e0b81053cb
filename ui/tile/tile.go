package tile

import (
	"context"
	"image"
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/inference"
	"handlens/media"
	"handlens/ui/kit"
)

// fullHUDWidth is how wide a tile must be to show all the figures.
const fullHUDWidth = 520

// Tile is one phone's picture on the canvas, with its boxes, figures and badges. All of it belongs
// to the UI goroutine.
type Tile struct {
	widget.BaseWidget
	// OnTapped is called when the tile was tapped and that leads somewhere.
	OnTapped func()

	painter *painter
	limit   func(media.Limit) string // words
	// onShown is called with the frame that was drawn.
	onShown func(seq uint64, origin time.Time)

	name    string
	front   *image.RGBA
	current update
	drawn   uint64
	hud     Stats
	options DisplayOptions
	showHUD bool
	choice  bool // tapping leads somewhere
	alone   bool // no other tile is to be seen

	beside    [2]fyne.CanvasObject // what the picture leaves free, on both sides
	raster    *canvas.Raster
	shader    *shaderSurface // nil where it is not used
	regions   regionMarks
	trails    strokes
	shapes    *shapeLayer
	boxes     []*box
	figures   *badge
	label     *badge
	recording *recordingBadge
	stale     *badge
	status    *badge
	resume    *kit.Button // has a camera that was paused here go on
	editor    *regionEditor
	scrub     *scrubBar
	focused   bool
	hover     *canvas.Rectangle
	objects   []fyne.CanvasObject
}

var (
	_ fyne.Tappable      = (*Tile)(nil)
	_ fyne.Draggable     = (*Tile)(nil)
	_ fyne.Focusable     = (*Tile)(nil)
	_ desktop.Hoverable  = (*Tile)(nil)
	_ desktop.Cursorable = (*Tile)(nil)
)

// Config is what a tile is made from. A nil function means that what it would do is not on
// offer.
type Config struct {
	Phone Phone
	// Convert fills dst, whatever its size, with the whole of f. It is called by the goroutine of
	// Paint alone.
	Convert func(dst *image.RGBA, f *media.Frame) error
	// Publish queues a function for the UI goroutine, instead of an older one that still waits;
	// false when the window is closed.
	Publish func(func()) bool
	// Status says in the user's language why a picture is not the present; "" when it is.
	Status func(media.Status) string
	// Limit says in the user's language what keeps the phone from sending more; "" for nothing.
	Limit func(media.Limit) string
	// Shown is called on the UI goroutine with the frame that was drawn; it must not block.
	Shown func(seq uint64, origin time.Time)
	// Pause holds the picture or lets it go on, Seek shows another moment of a held one; on the UI
	// goroutine.
	Pause func(on bool)
	Seek  func(at time.Duration)
	// Resume has a camera that was paused here go on.
	Resume  func()
	Options DisplayOptions
}

// New makes a tile. It shows pictures while Paint runs.
func New(cfg Config) *Tile {
	t := &Tile{
		painter: &painter{
			phone: cfg.Phone, convert: cfg.Convert, publish: cfg.Publish, words: cfg.Status,
			now: time.Now,
		},
		onShown: cfg.Shown,
		limit:   cfg.Limit,
		name:    kit.Printable(cfg.Phone.Name(), kit.MaxName),
		showHUD: true,
		options: cfg.Options,
		beside: [2]fyne.CanvasObject{
			kit.NewFill(Backdrop).Object,
			kit.NewFill(Backdrop).Object,
		},
		figures:   newBadge(overlayBackground, overlayInk, overlayQuiet),
		label:     newBadge(overlayBackground, overlayInk, overlayQuiet),
		recording: newRecordingBadge(),
		stale:     newBadge(staleBackground, staleInk, staleInk),
		status:    newBadge(overlayBackground, overlayInk, overlayQuiet),
		editor:    newRegionEditor(),
		scrub:     newScrubBar(),
		hover:     canvas.NewRectangle(color.Transparent),
		shapes:    newShapeLayer(),
	}
	t.painter.show = t.show
	t.painter.hides.Store(cfg.Options.Hides)
	t.scrub.pause, t.scrub.seek = cfg.Pause, cfg.Seek
	t.resume = kit.NewButton("", theme.MediaPlayIcon(), cfg.Resume)
	t.resume.Importance = widget.HighImportance
	t.resume.Hide()
	t.raster = canvas.NewRaster(t.draw)
	// The graphics card interpolates. Measured, that costs no more than picking the nearest pixel.
	t.raster.ScaleMode = canvas.ImageScaleSmooth
	t.raster.Hide()
	if shaderWanted() {
		t.shader = newShaderSurface(t)
		t.painter.packs.Store(shaderState(shaderResult.Load()) != shaderBroken)
	}
	t.hover.StrokeWidth = 2
	t.hover.Hide()
	t.collect()
	t.updateText()
	t.ExtendBaseWidget(t)
	return t
}

// Paint shows the phone's pictures until ctx ends, on a goroutine of its own.
func (t *Tile) Paint(ctx context.Context) { t.painter.run(ctx) }

// Name is the phone's name as it is shown.
func (t *Tile) Name() string { return t.name }

// ShownFrame is the number of the frame that is shown; false before the first.
func (t *Tile) ShownFrame() (seq uint64, ok bool) { return t.current.seq, t.front != nil }

// Options are what the tile draws.
func (t *Tile) Options() DisplayOptions { return t.options }

// SetPlace says how the tile stands among others: whether tapping it leads somewhere, and whether
// it is the only one to be seen.
func (t *Tile) SetPlace(choice, alone bool) {
	t.choice, t.alone = choice, alone
	t.updateText()
	t.MouseOut()
}

// collect lists the canvas objects from back to front.
func (t *Tile) collect() {
	t.objects = append(t.objects[:0:0], t.beside[0], t.beside[1])
	if t.shader != nil {
		t.objects = append(t.objects, t.shader.object)
	}
	t.objects = append(t.objects, t.raster)
	// The boxes matter more than the figures, which are behind them.
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
	t.objects = append(t.objects, t.recording.objects()...)
	t.objects = append(t.objects, t.editor.objects()...)
	t.objects = append(t.objects, t.scrub, t.hover, t.resume)
}

// draw gives Fyne the picture, at the moment when it is uploaded to be drawn. Behind the shader's
// picture the raster is a single pixel that cannot be seen: it is there only so that Fyne calls
// draw.
func (t *Tile) draw(int, int) image.Image {
	if t.front == nil {
		return image.NewUniform(Backdrop)
	}
	if t.current.seq != t.drawn {
		t.drawn = t.current.seq
		if t.onShown != nil {
			t.onShown(t.current.seq, t.current.origin)
		}
	}
	t.painter.drawn()
	if t.current.packed {
		return clearPixel
	}
	return t.front
}

// show takes a picture from the painter and returns the buffer that is free from now on.
func (t *Tile) show(p update) (free *image.RGBA) {
	moved := p.size != t.current.size || p.packed != t.current.packed
	if p.img != nil {
		t.testShader()
		free, t.front = t.front, p.img
		t.showPicture(p)
	}
	if p.hud != nil {
		t.hud = *p.hud
	}
	worded := p.hud != nil || p.stale != t.current.stale || p.status != t.current.status ||
		p.asleep != t.current.asleep ||
		p.recording != t.current.recording ||
		p.past.Held != t.current.past.Held
	p.img, p.hud = nil, nil
	p.detections = inference.Strongest(p.detections, maxBoxes)
	t.current = p
	t.setBoxes()
	t.editor.follow(p.tallies)
	t.followPast()
	if worded {
		t.updateText()
	}
	if moved || worded {
		t.arrange()
	} else {
		t.placeMarks()
	}
	return free
}

// showPicture puts the picture on its surface.
func (t *Tile) showPicture(p update) {
	t.raster.Show()
	canvas.Refresh(t.raster)
	if t.shader == nil {
		return
	}
	if shaderState(shaderResult.Load()) == shaderBroken {
		t.painter.packs.Store(false)
	}
	if p.packed {
		t.shader.show(p.img, p.size, p.color)
	} else {
		kit.SetVisible(t.shader.object, false)
	}
}

// setBoxes gives each detection a box on the canvas and hides the rest.
func (t *Tile) setBoxes() {
	n := len(t.current.detections)
	fresh := freshness(t.current.lag)
	if fresh == 0 || t.front == nil || !t.options.Boxes && !t.options.Labels && !t.options.IDs {
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
			b.set(t.current.detections[i], t.options, fresh == 1)
		}
	}
}

// updateText puts the figures and states into their badges.
func (t *Tile) updateText() {
	full := t.alone && t.Size().Width >= fullHUDWidth
	if t.showHUD && t.options.Figures != FiguresOff {
		t.figures.set(hudLines(t.hud, t.limited(), full, t.options.Figures == FiguresStages)...)
	} else {
		t.figures.set()
	}
	t.label.set(t.name)
	t.recording.set(t.current.recording, t.hud.Forward)
	t.stale.set()
	if t.current.stale {
		t.stale.set(kit.L("Stale picture"))
	}
	switch {
	case t.current.status != "":
		t.status.set(kit.Printable(t.current.status, kit.MaxReason))
	case t.front == nil:
		t.status.set(kit.L("Waiting for the first picture"))
	default:
		t.status.set()
	}
	kit.SetVisible(t.resume, t.current.asleep && !t.scrub.Visible())
}

// limited says what keeps the phone from sending more.
func (t *Tile) limited() string {
	if t.limit == nil {
		return ""
	}
	return t.limit(t.hud.Limited)
}

// CreateRenderer implements fyne.Widget.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer { return &tileRenderer{t} }

type tileRenderer struct{ t *Tile }

func (r *tileRenderer) Layout(fyne.Size) {
	r.t.updateText()
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
