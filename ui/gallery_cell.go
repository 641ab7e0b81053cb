package ui

import (
	"fmt"
	"image"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/media/record"
)

// Over a picture all marks are light on dark glass, whatever the theme.
var (
	glass      = color.NRGBA{A: 0xa8}
	onGlass    = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	amberGlass = color.NRGBA{R: 0xe3, G: 0xa6, B: 0x3b, A: 0xff}
	onAmber    = color.NRGBA{R: 0x20, G: 0x16, B: 0x04, A: 0xff}
	playMark   = fyne.NewStaticResource("galleryplay.svg",
		[]byte(
			`<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 48 48">`+
				`<circle cx="24" cy="24" r="23" fill="#000" fill-opacity="0.58"/><path d="M19 14.500v19l15-9.500z" fill="#fff"/></svg>`))
)

const (
	cellRadius = 10
	playSize   = 44
	pillHeight = 20
)

// galleryCell is one item: its picture with marks on it, its name, and when it was taken and how
// large it is.
type galleryCell struct {
	widget.BaseWidget
	g       *gallery
	item    LibraryItem
	thumb   image.Image
	chosen  bool
	hovered bool
	r       *cellRenderer
}

func newGalleryCell(g *gallery) *galleryCell {
	c := &galleryCell{g: g}
	c.ExtendBaseWidget(c)
	return c
}

// set shows an item; a nil thumb is one that has not come or cannot be made.
func (c *galleryCell) set(item LibraryItem, thumb image.Image, chosen bool) {
	if sameItem(c.item, item) && c.thumb == thumb && c.chosen == chosen {
		return
	}
	c.item, c.thumb, c.chosen = item, thumb, chosen
	c.Refresh()
}

// Tapped chooses the item, or opens it.
func (c *galleryCell) Tapped(*fyne.PointEvent) { c.g.tapped(c.item.Path) }

// TappedSecondary offers what can be done with it.
func (c *galleryCell) TappedSecondary(ev *fyne.PointEvent) {
	c.g.tappedPath = ""
	c.g.tapped(c.item.Path)
	c.g.tappedPath = ""
	c.g.offer(ev.AbsolutePosition)
}

// MouseIn implements desktop.Hoverable.
func (c *galleryCell) MouseIn(*desktop.MouseEvent) { c.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (c *galleryCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *galleryCell) MouseOut() { c.hover(false) }

func (c *galleryCell) hover(on bool) {
	c.hovered = on
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *galleryCell) CreateRenderer() fyne.WidgetRenderer {
	r := &cellRenderer{
		c: c, ground: canvas.NewRectangle(nil), picture: canvas.NewImageFromImage(nil),
		edge: canvas.NewRectangle(color.Transparent),
		kind: widget.NewIcon(nil), play: canvas.NewImageFromResource(playMark),
		mark: newPill(glass, onGlass), warning: newPill(amberGlass, onAmber),
		name: widget.NewLabel(""), details: canvas.NewText("", nil),
	}
	r.ground.CornerRadius, r.edge.CornerRadius, r.picture.CornerRadius = cellRadius, cellRadius,
		cellRadius
	r.picture.ScaleMode = canvas.ImageScaleSmooth
	r.play.FillMode = canvas.ImageFillContain
	r.name.Truncation = fyne.TextTruncateEllipsis
	r.Refresh()
	return r
}

type cellRenderer struct {
	c             *galleryCell
	ground, edge  *canvas.Rectangle
	picture, play *canvas.Image
	kind          *widget.Icon
	mark, warning *pill
	name          *widget.Label
	details       *canvas.Text
}

func (r *cellRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		r.ground, r.kind, r.picture, r.play, r.mark.ground, r.mark.words, r.warning.ground,
		r.warning.words, r.edge, r.name, r.details,
	}
}

func (r *cellRenderer) MinSize() fyne.Size { return fyne.NewSize(cellWidth, cellWords) }
func (r *cellRenderer) Destroy()           {}

func (r *cellRenderer) Layout(size fyne.Size) {
	h := size.Height - cellWords
	move(r.ground, 0, 0, size.Width, h)
	move(r.picture, 0, 0, size.Width, h)
	move(r.edge, 0, 0, size.Width, h)
	move(r.kind, size.Width/2-18, h/2-18, 36, 36)
	move(r.play, size.Width/2-playSize/2, h/2-playSize/2, playSize, playSize)
	r.mark.place(size.Width-8-r.mark.width(), h-8-pillHeight)
	r.warning.place(8, 8)
	// The label brings more space of its own than is good here.
	move(r.name, -6, h-2, size.Width+12, 32)
	move(r.details, 3, h+28, size.Width-3, 16)
}

func (r *cellRenderer) Refresh() {
	c, variant := r.c, fyne.CurrentApp().Settings().ThemeVariant()
	of := func(n fyne.ThemeColorName) color.Color { return c.Theme().Color(n, variant) }
	item, film := c.item, c.item.Kind == record.KindRecording
	r.ground.FillColor = of(theme.ColorNameInputBackground)
	r.edge.StrokeWidth, r.edge.StrokeColor = 0, color.Transparent
	switch {
	case c.chosen:
		r.edge.StrokeWidth, r.edge.StrokeColor = 3, of(theme.ColorNamePrimary)
	case c.hovered:
		r.edge.StrokeWidth, r.edge.StrokeColor = 2, of(theme.ColorNamePlaceHolder)
	}
	icon := theme.MediaPhotoIcon()
	if film {
		icon = theme.MediaVideoIcon()
	}
	r.kind.SetResource(theme.NewColoredResource(icon, theme.ColorNamePlaceHolder))
	show(r.kind, c.thumb == nil)
	show(r.picture, c.thumb != nil)
	r.picture.Image = c.thumb
	if c.thumb != nil {
		// Upright pictures are shown whole, those that lie fill their place.
		b := c.thumb.Bounds()
		r.picture.FillMode = canvas.ImageFillCover
		if 4*b.Dx() < 5*b.Dy() {
			r.picture.FillMode = canvas.ImageFillContain
		}
	}
	show(r.play, film && c.thumb != nil)
	r.mark.say(markOf(item))
	warning := ""
	if item.Unfinished {
		warning = L("Cut off")
	}
	r.warning.say(warning)
	r.name.SetText(plain(item.Name, 120))
	r.details.Text = momentText(item.Taken, c.g.now()) + " · " + bytesText(item.Bytes)
	r.details.TextSize, r.details.Color = c.Theme().Size(theme.SizeNameCaptionText),
		of(theme.ColorNamePlaceHolder)
	r.Layout(c.Size())
	for _, o := range r.Objects() {
		o.Refresh() // an image learns its new shape by its own Refresh only
	}
}

// markOf is what stands in the corner of a picture: a film's length, or how many pictures there
// are.
func markOf(item LibraryItem) string {
	switch {
	case item.Kind == record.KindRecording && item.Length > 0:
		return clock(item.Length)
	case item.Count > 1:
		return L("{{.Count}} pictures", map[string]any{"Count": item.Count})
	}
	return ""
}

// momentText says when something was taken, as far as that is not clear from the time of the day.
func momentText(at, now time.Time) string {
	at = at.In(now.Location())
	time := at.Format("15:04")
	switch day := at.Format("2006-01-02"); day {
	case now.Format("2006-01-02"):
		return L("today {{.Time}}", map[string]any{"Time": time})
	case now.AddDate(0, 0, -1).Format("2006-01-02"):
		return L("yesterday {{.Time}}", map[string]any{"Time": time})
	default:
		return fmt.Sprint(day, " ", time)
	}
}

// pill is a word or two on a ground of their own.
type pill struct {
	ground *canvas.Rectangle
	words  *canvas.Text
}

func newPill(ground, ink color.Color) *pill {
	p := &pill{ground: canvas.NewRectangle(ground), words: canvas.NewText("", ink)}
	p.ground.CornerRadius = pillHeight / 2
	p.words.TextSize = 11
	p.words.TextStyle.Bold = true
	return p
}

func (p *pill) say(text string) {
	p.words.Text = text
	show(p.ground, text != "")
	show(p.words, text != "")
}

func (p *pill) width() float32 { return p.words.MinSize().Width + 14 }

func (p *pill) place(x, y float32) {
	words := p.words.MinSize()
	move(p.ground, x, y, p.width(), pillHeight)
	move(p.words, x+7, y+(pillHeight-words.Height)/2, words.Width, words.Height)
}
