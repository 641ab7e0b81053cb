package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Background is a rounded rectangle in a colour of the theme; it follows when the theme changes.
type Background struct {
	widget.BaseWidget
	name   fyne.ThemeColorName
	radius float32
	round  bool // a circle or a pill
}

func NewBackground(name fyne.ThemeColorName, radius float32) *Background {
	g := &Background{name: name, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

func (g *Background) SetColor(name fyne.ThemeColorName) {
	if g.name != name {
		g.name = name
		g.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (g *Background) CreateRenderer() fyne.WidgetRenderer {
	r := &backgroundRenderer{
		g: g, rect: canvas.NewRectangle(color.Transparent), split: !g.round && paintsShaders(),
		middle: NewFill(color.Transparent), foot: canvas.NewRectangle(color.Transparent),
	}
	r.Refresh()
	return r
}

// backgroundRenderer draws a background in one piece, or split in three: the middle, which has no
// corners, is then a Fill, since corners cost as much as a shadow does.
type backgroundRenderer struct {
	g     *Background
	rect  *canvas.Rectangle // all of it, or its head
	split bool

	middle Fill
	foot   *canvas.Rectangle
}

// seam is how far the head and the foot reach over the middle.
const seam = 1

func (r *backgroundRenderer) Layout(size fyne.Size) {
	if r.g.round {
		r.rect.CornerRadius = min(size.Width, size.Height) / 2
	}
	if !r.split {
		r.rect.Resize(size)
		return
	}
	corner := min(r.g.radius, size.Height/2)
	// The edges of what has corners are soft, so that where they only met a seam would be seen.
	SetBounds(r.rect, 0, 0, size.Width, corner+seam)
	SetBounds(r.middle.Object, 0, corner, size.Width, size.Height-2*corner)
	SetBounds(r.foot, 0, size.Height-corner-seam, size.Width, corner+seam)
}

func (r *backgroundRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

func (r *backgroundRenderer) Objects() []fyne.CanvasObject {
	if !r.split {
		return []fyne.CanvasObject{r.rect}
	}
	return []fyne.CanvasObject{r.rect, r.middle.Object, r.foot}
}

func (r *backgroundRenderer) Destroy() {}

func (r *backgroundRenderer) Refresh() {
	c := r.g.Theme().Color(r.g.name, fyne.CurrentApp().Settings().ThemeVariant())
	r.rect.FillColor, r.foot.FillColor = c, c
	r.middle.SetColor(c)
	switch radius := r.g.radius; {
	case r.split:
		r.rect.TopLeftCornerRadius, r.rect.TopRightCornerRadius = radius, radius
		r.foot.BottomLeftCornerRadius, r.foot.BottomRightCornerRadius = radius, radius
	case !r.g.round:
		r.rect.CornerRadius = radius
	}
	canvas.Refresh(r.rect)
	canvas.Refresh(r.foot)
}

// CardRadius is how round the cards are.
const CardRadius = 12

// Card puts content on a card.
func Card(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(NewBackground(ColorCard, CardRadius), Inset(10, content))
}

// Inset leaves that much space on all sides.
func Inset(space float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(space, space, space, space), content)
}

// Note is wrapped text in a quieter colour.
type Note struct {
	Object  *widget.RichText
	Segment *widget.TextSegment
}

func NewNote(text string) *Note {
	seg := &widget.TextSegment{Text: text, Style: widget.RichTextStyle{
		ColorName: theme.ColorNamePlaceHolder, SizeName: theme.SizeNameText, Inline: true,
	}}
	n := &Note{Object: widget.NewRichText(seg), Segment: seg}
	n.Object.Wrapping = fyne.TextWrapWord
	return n
}

// Set changes the text; "" hides the note.
func (n *Note) Set(text string, c fyne.ThemeColorName) {
	SetVisible(n.Object, text != "")
	if n.Segment.Text != text || n.Segment.Style.ColorName != c {
		n.Segment.Text, n.Segment.Style.ColorName = text, c
		n.Object.Refresh()
	}
}

func SetVisible(o fyne.CanvasObject, on bool) {
	if on == o.Visible() {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// Heading is a title that wraps.
func Heading(text string, size fyne.ThemeSizeName) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = size
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Numbered is one step of a list: a number in a disc, and words.
func Numbered(n, text string) fyne.CanvasObject {
	disc := NewBackground(ColorBadge, 0)
	disc.round = true
	number := widget.NewLabelWithStyle(n, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	words := widget.NewLabel(text)
	words.Wrapping = fyne.TextWrapWord
	mark := container.New(layout.NewCustomPaddedLayout(4, 0, 0, 0),
		container.NewVBox(container.NewGridWrap(fyne.NewSquareSize(30),
			container.NewStack(disc, container.NewCenter(number)))))
	return container.NewBorder(nil, nil, mark, nil, words)
}

// StatusLine is a coloured dot with a sentence, and quieter text below it.
type StatusLine struct {
	Object *fyne.Container
	dot    *Background
	Label  *widget.Label
	Detail *Note
}

func NewStatusLine() *StatusLine {
	s := &StatusLine{
		dot: NewBackground(theme.ColorNamePlaceHolder, 0), Label: widget.NewLabel(""),
		Detail: NewNote(""),
	}
	s.dot.round = true
	s.Label.Wrapping = fyne.TextWrapWord
	s.Label.TextStyle.Bold = true
	s.Detail.Set("", theme.ColorNamePlaceHolder)
	dot := container.New(layout.NewCustomPaddedLayout(13, 0, 10, 6),
		container.NewVBox(container.NewGridWrap(fyne.NewSquareSize(12), s.dot)))
	// Both texts have padding, which would add up between them.
	texts := container.New(layout.NewCustomPaddedVBoxLayout(-12), s.Label, s.Detail.Object)
	s.Object = container.NewBorder(nil, nil, dot, nil, texts)
	return s
}

func (s *StatusLine) Set(text string, c fyne.ThemeColorName) {
	s.dot.SetColor(c)
	s.Label.SetText(text)
}

// SetDetail sets the text below the sentence; "" hides it.
func (s *StatusLine) SetDetail(text string, c fyne.ThemeColorName) {
	s.Detail.Set(text, c)
	s.Object.Refresh()
}

// MinWidth gives an object at least that width.
func MinWidth(width float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(&minWidthLayout{width}, content)
}

// minWidthLayout gives its one object at least that width.
type minWidthLayout struct{ width float32 }

// MinSize is the object's, but no narrower than the width.
func (m *minWidthLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	s := o[0].MinSize()
	return fyne.NewSize(max(m.width, s.Width), s.Height)
}

// Layout gives the object all there is.
func (m *minWidthLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

func SetBounds(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(0, w), max(0, h)))
}
