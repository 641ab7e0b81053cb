package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/media/reach"
	"handlens/ui/kit"
)

// problemView says what keeps a visitor from coming further, what to do, and what is likely behind
// it. It belongs to the UI goroutine.
type problemView struct {
	object *fyne.Container
	words  *adviceView
	causes *causesView
}

func newProblemView(w *Window) *problemView {
	p := &problemView{words: newAdviceView(), causes: newCausesView(w)}
	p.object = container.New(nil,
		container.New(layout.NewCustomPaddedVBoxLayout(0), p.words.object, p.causes.object))
	p.indent(true)
	p.object.Hide()
	return p
}

// indent sets the words under those of the rungs.
func (p *problemView) indent(on bool) {
	left := float32(0)
	if on {
		left = rungText - 9
	}
	p.object.Layout = layout.NewCustomPaddedLayout(0, 4, left, 0)
}

// set shows a problem, none when it has no words, and says whether anything is another than before.
func (p *problemView) set(a advice, c fyne.ThemeColorName, why []reach.Suspect, port int) bool {
	shown := a.what != ""
	changed := shown != p.object.Visible()
	kit.SetVisible(p.object, shown)
	said := p.words.set(a, c)
	return p.causes.set(why, port) || said || changed
}

// adviceView is what is the matter in a colour, and what to do next below it.
type adviceView struct {
	object     *fyne.Container
	what, next *kit.Note
	said       advice
	colour     fyne.ThemeColorName
}

func newAdviceView() *adviceView {
	a := &adviceView{what: kit.NewNote(""), next: kit.NewNote("")}
	a.what.Segment.Style.TextStyle.Bold = true
	// Both texts have padding, which would add up between them.
	a.object = container.New(layout.NewCustomPaddedVBoxLayout(-16), a.what.Object, a.next.Object)
	return a
}

func (a *adviceView) set(said advice, c fyne.ThemeColorName) bool {
	if a.said == said && a.colour == c {
		return false
	}
	a.said, a.colour = said, c
	a.what.Set(said.what, c)
	a.next.Set(said.next, theme.ColorNameForeground)
	a.object.Refresh()
	return true
}

// causesView lists likely causes, each with what to do, and the command that does it. It belongs to
// the UI goroutine.
type causesView struct {
	object *fyne.Container
	w      *Window
	why    []reach.Suspect
	port   int
}

func newCausesView(w *Window) *causesView {
	c := &causesView{w: w, object: container.New(layout.NewCustomPaddedVBoxLayout(-6))}
	c.object.Hide()
	return c
}

// set shows these causes and says whether they are others than before.
func (c *causesView) set(why []reach.Suspect, port int) bool {
	if c.port == port && slices.EqualFunc(c.why, why, sameSuspect) {
		return false
	}
	c.why, c.port = slices.Clone(why), port
	c.object.RemoveAll()
	for _, s := range why {
		a := newAdviceView()
		a.set(suspectWords(s, port), theme.ColorNameForeground)
		c.object.Add(a.object)
		if s.Code == reach.SuspectFirewall && len(s.Firewall.Commands) > 0 {
			c.object.Add(c.command(strings.Join(s.Firewall.Commands, "\n")))
		}
	}
	kit.SetVisible(c.object, len(why) > 0)
	return true
}

func sameSuspect(a, b reach.Suspect) bool {
	return a.Code == b.Code && a.Card == b.Card && a.Phone == b.Phone && a.Ours == b.Ours &&
		a.Firewall.Name == b.Firewall.Name && a.Firewall.State == b.Firewall.State &&
		slices.Equal(a.Firewall.Commands, b.Firewall.Commands)
}

// command is what to type in a terminal, and a button that copies it.
func (c *causesView) command(text string) fyne.CanvasObject {
	words := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	words.Wrapping = fyne.TextWrapWord
	words.SizeName = theme.SizeNameCaptionText
	copyText := kit.NewToolButton(c.w.hints, kit.L("Copy the command"), theme.ContentCopyIcon(),
		func() { c.w.copyText(text, kit.L("Command copied")) })
	copyText.Importance = widget.LowImportance
	return container.New(layout.NewCustomPaddedLayout(6, 8, 9, 9), container.NewStack(
		kit.NewBackground(theme.ColorNameInputBackground, 8),
		container.NewBorder(nil, nil, nil, container.NewVBox(copyText), words)))
}

// copyText puts a text on the clipboard and says so.
func (w *Window) copyText(text, said string) {
	w.app.Clipboard().SetContent(text)
	w.toasts.add(kit.Notice{Kind: kit.Success, Text: said})
}
