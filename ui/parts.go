package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ground is a rounded rectangle in a colour of the theme; it follows when the theme changes.
type ground struct {
	widget.BaseWidget
	name   fyne.ThemeColorName
	radius float32
	round  bool // a circle or a pill
}

func newGround(name fyne.ThemeColorName, radius float32) *ground {
	g := &ground{name: name, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

func (g *ground) set(name fyne.ThemeColorName) {
	if g.name != name {
		g.name = name
		g.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g: g, rect: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type groundRenderer struct {
	g    *ground
	rect *canvas.Rectangle
}

func (r *groundRenderer) Layout(size fyne.Size) {
	r.rect.Resize(size)
	if r.g.round {
		r.rect.CornerRadius = min(size.Width, size.Height) / 2
	}
}
func (r *groundRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *groundRenderer) Destroy()                     {}
func (r *groundRenderer) Refresh() {
	r.rect.FillColor = r.g.Theme().Color(r.g.name, fyne.CurrentApp().Settings().ThemeVariant())
	if !r.g.round {
		r.rect.CornerRadius = r.g.radius
	}
	canvas.Refresh(r.rect)
}

// cardRadius is how round the cards are.
const cardRadius = 12

// card puts content on a ground of its own.
func card(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(newGround(colorCard, cardRadius), inset(10, content))
}

// inset leaves that much space on all sides.
func inset(space float32, content fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(space, space, space, space), content)
}

// note is wrapped text in a quieter colour.
type note struct {
	object *widget.RichText
	seg    *widget.TextSegment
}

func newNote(text string) *note {
	seg := &widget.TextSegment{Text: text, Style: widget.RichTextStyle{
		ColorName: theme.ColorNamePlaceHolder, SizeName: theme.SizeNameText, Inline: true,
	}}
	n := &note{object: widget.NewRichText(seg), seg: seg}
	n.object.Wrapping = fyne.TextWrapWord
	return n
}

// set changes the text; without any the note is hidden.
func (n *note) set(text string, c fyne.ThemeColorName) {
	show(n.object, text != "")
	if n.seg.Text != text || n.seg.Style.ColorName != c {
		n.seg.Text, n.seg.Style.ColorName = text, c
		n.object.Refresh()
	}
}

func show(o fyne.CanvasObject, on bool) {
	if on == o.Visible() {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// heading is a title that wraps.
func heading(text string, size fyne.ThemeSizeName) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = size
	l.Wrapping = fyne.TextWrapWord
	return l
}

// numbered is one step of a list: a number in a disc, and words.
func numbered(n, text string) fyne.CanvasObject {
	disc := newGround(colorBadge, 0)
	disc.round = true
	number := widget.NewLabelWithStyle(n, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	words := widget.NewLabel(text)
	words.Wrapping = fyne.TextWrapWord
	mark := container.New(layout.NewCustomPaddedLayout(4, 0, 0, 0),
		container.NewVBox(container.NewGridWrap(fyne.NewSquareSize(30),
			container.NewStack(disc, container.NewCenter(number)))))
	return container.NewBorder(nil, nil, mark, nil, words)
}

// stateLine is a coloured dot with a sentence, and quieter words below it.
type stateLine struct {
	object *fyne.Container
	dot    *ground
	words  *widget.Label
	below  *note
}

func newStateLine() *stateLine {
	s := &stateLine{
		dot: newGround(theme.ColorNamePlaceHolder, 0), words: widget.NewLabel(""),
		below: newNote(""),
	}
	s.dot.round = true
	s.words.Wrapping = fyne.TextWrapWord
	s.words.TextStyle.Bold = true
	s.below.set("", theme.ColorNamePlaceHolder)
	dot := container.New(layout.NewCustomPaddedLayout(13, 0, 10, 6),
		container.NewVBox(container.NewGridWrap(fyne.NewSquareSize(12), s.dot)))
	// Both texts bring space of their own; what is between them would be twice too much.
	texts := container.New(layout.NewCustomPaddedVBoxLayout(-12), s.words, s.below.object)
	s.object = container.NewBorder(nil, nil, dot, nil, texts)
	return s
}

func (s *stateLine) set(text string, c fyne.ThemeColorName) {
	s.dot.set(c)
	s.words.SetText(text)
}

// say puts words below the sentence; none hides them.
func (s *stateLine) say(text string, c fyne.ThemeColorName) {
	s.below.set(text, c)
	s.object.Refresh()
}

// minWidth gives its one object at least that width.
type minWidth struct{ width float32 }

// MinSize is the object's, but not narrower.
func (m *minWidth) MinSize(o []fyne.CanvasObject) fyne.Size {
	s := o[0].MinSize()
	return fyne.NewSize(max(m.width, s.Width), s.Height)
}

// Layout gives the object all there is.
func (m *minWidth) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
