package gallery

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
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
				`<circle cx="24" cy="24" r="23" fill="#000" fill-opacity="0.58"/>`+
				`<path d="M19 14.500v19l15-9.500z" fill="#fff"/></svg>`))
)

const (
	cellRadius = 10
	playSize   = 44
	pillHeight = 20
)

// cell is one item: its picture with marks on it, its name, and when it was taken and how
// large it is.
type cell struct {
	widget.BaseWidget
	g       *Gallery
	item    Item
	thumb   image.Image
	chosen  bool
	hovered bool
	r       *cellRenderer
}

func newCell(g *Gallery) *cell {
	c := &cell{g: g}
	c.ExtendBaseWidget(c)
	return c
}

// set shows an item; thumb is nil while it is not loaded, or cannot be made.
func (c *cell) set(item Item, thumb image.Image, chosen bool) {
	if sameItem(c.item, item) && c.thumb == thumb && c.chosen == chosen {
		return
	}
	c.item, c.thumb, c.chosen = item, thumb, chosen
	c.Refresh()
}

// Tapped chooses the item, or opens it.
func (c *cell) Tapped(*fyne.PointEvent) { c.g.tap(c.item.Path) }

// TappedSecondary offers what can be done with it.
func (c *cell) TappedSecondary(ev *fyne.PointEvent) {
	c.g.tappedPath = ""
	c.g.tap(c.item.Path)
	c.g.tappedPath = ""
	c.g.showMenu(ev.AbsolutePosition)
}

// MouseIn implements desktop.Hoverable.
func (c *cell) MouseIn(*desktop.MouseEvent) { c.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (c *cell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *cell) MouseOut() { c.hover(false) }

func (c *cell) hover(on bool) {
	c.hovered = on
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *cell) CreateRenderer() fyne.WidgetRenderer {
	r := &cellRenderer{
		c: c, background: canvas.NewRectangle(nil), picture: canvas.NewImageFromImage(nil),
		edge: canvas.NewRectangle(color.Transparent),
		kind: widget.NewIcon(nil), play: canvas.NewImageFromResource(playMark),
		mark: newPill(glass, onGlass), rule: newPill(glass, onGlass),
		warning: newPill(amberGlass, onAmber),
		name:    widget.NewLabel(""), details: canvas.NewText("", nil),
	}
	r.background.CornerRadius, r.edge.CornerRadius, r.picture.CornerRadius = cellRadius, cellRadius,
		cellRadius
	r.picture.ScaleMode = canvas.ImageScaleSmooth
	r.play.FillMode = canvas.ImageFillContain
	r.name.Truncation = fyne.TextTruncateEllipsis
	r.Refresh()
	return r
}

type cellRenderer struct {
	c                *cell
	background, edge *canvas.Rectangle
	picture, play    *canvas.Image
	kind             *widget.Icon
	mark, rule       *pill
	warning          *pill
	name             *widget.Label
	details          *canvas.Text
}

func (r *cellRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		r.background, r.kind, r.picture, r.play, r.mark.background, r.mark.words,
		r.rule.background, r.rule.words, r.warning.background, r.warning.words, r.edge, r.name,
		r.details,
	}
}

func (r *cellRenderer) MinSize() fyne.Size { return fyne.NewSize(cellWidth, cellWords) }
func (r *cellRenderer) Destroy()           {}

func (r *cellRenderer) Layout(size fyne.Size) {
	h := size.Height - cellWords
	kit.SetBounds(r.background, 0, 0, size.Width, h)
	kit.SetBounds(r.picture, 0, 0, size.Width, h)
	kit.SetBounds(r.edge, 0, 0, size.Width, h)
	kit.SetBounds(r.kind, size.Width/2-18, h/2-18, 36, 36)
	kit.SetBounds(r.play, size.Width/2-playSize/2, h/2-playSize/2, playSize, playSize)
	r.mark.place(size.Width-8-r.mark.width(), h-8-pillHeight)
	r.rule.shorten(size.Width - 24 - r.mark.space())
	r.rule.place(8, h-8-pillHeight)
	r.warning.place(8, 8)
	// The label brings more space of its own than is good here.
	kit.SetBounds(r.name, -6, h-2, size.Width+12, 32)
	kit.SetBounds(r.details, 3, h+28, size.Width-3, 16)
}

func (r *cellRenderer) Refresh() {
	c, variant := r.c, fyne.CurrentApp().Settings().ThemeVariant()
	of := func(n fyne.ThemeColorName) color.Color { return c.Theme().Color(n, variant) }
	item, isVideo := c.item, c.item.Kind == KindRecording
	r.background.FillColor = of(theme.ColorNameInputBackground)
	r.edge.StrokeWidth, r.edge.StrokeColor = 0, color.Transparent
	switch {
	case c.chosen:
		r.edge.StrokeWidth, r.edge.StrokeColor = 3, of(theme.ColorNamePrimary)
	case c.hovered:
		r.edge.StrokeWidth, r.edge.StrokeColor = 2, of(theme.ColorNamePlaceHolder)
	}
	icon := theme.MediaPhotoIcon()
	if isVideo {
		icon = theme.MediaVideoIcon()
	}
	r.kind.SetResource(theme.NewColoredResource(icon, theme.ColorNamePlaceHolder))
	kit.SetVisible(r.kind, c.thumb == nil)
	kit.SetVisible(r.picture, c.thumb != nil)
	r.picture.Image = c.thumb
	if c.thumb != nil {
		// Portrait pictures are shown whole, landscape ones fill their place.
		b := c.thumb.Bounds()
		r.picture.FillMode = canvas.ImageFillCover
		if 4*b.Dx() < 5*b.Dy() {
			r.picture.FillMode = canvas.ImageFillContain
		}
	}
	kit.SetVisible(r.play, isVideo && c.thumb != nil)
	r.mark.say(badgeText(item))
	r.rule.say(kit.Printable(item.Rule, kit.MaxName))
	warning := ""
	if item.Unfinished {
		warning = kit.L("Cut off")
	}
	r.warning.say(warning)
	r.name.SetText(kit.Printable(item.Name, 120))
	r.details.Text = kit.When(item.Taken, c.g.now()) + " · " + kit.Bytes(item.Bytes)
	r.details.TextSize, r.details.Color = c.Theme().Size(theme.SizeNameCaptionText),
		of(theme.ColorNamePlaceHolder)
	r.Layout(c.Size())
	for _, o := range r.Objects() {
		o.Refresh() // an image takes its new shape only in its own Refresh
	}
}

// badgeText is what stands in the corner of a picture: a recording's length, or how many pictures
// there are.
func badgeText(item Item) string {
	switch {
	case item.Kind == KindRecording && item.Length > 0:
		return kit.Duration(item.Length)
	case item.Count > 1:
		return kit.N("1 picture", "{{.Count}} pictures", item.Count, nil)
	}
	return ""
}

// pill is a word or two on a rounded background.
type pill struct {
	text       string // whole
	background *canvas.Rectangle
	words      *canvas.Text
}

func newPill(background, ink color.Color) *pill {
	p := &pill{background: canvas.NewRectangle(background), words: canvas.NewText("", ink)}
	p.background.CornerRadius = pillHeight / 2
	p.words.TextSize = 11
	p.words.TextStyle.Bold = true
	return p
}

func (p *pill) say(text string) {
	p.text, p.words.Text = text, text
	kit.SetVisible(p.background, text != "")
	kit.SetVisible(p.words, text != "")
}

// space is what it takes of a row; nothing when it is empty.
func (p *pill) space() float32 {
	if p.text == "" {
		return 0
	}
	return p.width()
}

// shorten leaves out the end of the words so that the pill is no wider than that.
func (p *pill) shorten(width float32) {
	p.words.Text = p.text
	for r := []rune(p.text); p.width() > width && len(r) > 0; r = r[:len(r)-1] {
		p.words.Text = strings.TrimSpace(string(r[:len(r)-1])) + "…"
	}
}

func (p *pill) width() float32 { return p.words.MinSize().Width + 14 }

func (p *pill) place(x, y float32) {
	words := p.words.MinSize()
	kit.SetBounds(p.background, x, y, p.width(), pillHeight)
	kit.SetBounds(p.words, x+7, y+(pillHeight-words.Height)/2, words.Width, words.Height)
}
