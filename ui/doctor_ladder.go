package ui

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/media/visit"
	"handlens/ui/kit"
)

// rungState is how a rung looks.
type rungState uint8

const (
	rungDark    rungState = iota // not yet
	rungAwaited                  // the next one
	rungLit                      // reached
	rungSkipped                  // not reached, but one above it is
	rungStuck                    // a problem keeps it dark
)

// rungStates are the states of a visit's rungs, and the rung that its problem is about: the first
// one above all that are lit, or the last.
func rungStates(v visit.Visit) (states []rungState, about visit.Rung) {
	all := visit.Rungs()
	states = make([]rungState, len(all))
	next := 0
	if top, ok := v.Top(); ok {
		next = int(top) + 1
	}
	for i := range states {
		switch {
		case v.Lit[i]:
			states[i] = rungLit
		case i < next:
			states[i] = rungSkipped
		case i > next || v.Over && v.Problem == visit.NoProblem:
		case v.Problem == visit.NoProblem || v.Problem == visit.OverTCP:
			states[i] = rungAwaited
		default:
			states[i] = rungStuck
		}
	}
	return states, all[min(next, len(all)-1)]
}

// pulses says that the visit may light its next rung at any moment.
func pulses(v visit.Visit) bool {
	states, _ := rungStates(v)
	return slices.Contains(states, rungAwaited)
}

// ladder shows the rungs of one visit and when each was reached, and below the first that stays
// dark why. In brief it shows that rung alone. It belongs to the UI goroutine.
type ladder struct {
	object  *fyne.Container
	rungs   []*rungRow
	problem *problemView
	about   visit.Rung // what the problem stands under
	brief   bool
}

func newLadder(w *Window) *ladder {
	l := &ladder{
		object:  container.New(layout.NewCustomPaddedVBoxLayout(0)),
		problem: newProblemView(w),
	}
	all := visit.Rungs()
	for i, r := range all {
		l.rungs = append(l.rungs, newRungRow(rungWords(r), i == 0, i == len(all)-1))
	}
	l.about = all[len(all)-1]
	l.arrange()
	return l
}

// arrange puts the problem under its rung.
func (l *ladder) arrange() {
	l.object.Objects = l.object.Objects[:0]
	for i, r := range l.rungs {
		l.object.Objects = append(l.object.Objects, r)
		if visit.Rung(i) == l.about {
			l.object.Objects = append(l.object.Objects, l.problem.object)
		}
	}
	l.object.Refresh()
}

// set shows a visit, of which at most so many suspects.
func (l *ladder) set(v Visit, port, suspects int, brief bool) {
	states, about := rungStates(v.Visit)
	words := advice{}
	if v.Problem != visit.NoProblem {
		words = problemWords(v.Problem, v.Name)
	}
	changed := l.problem.set(words, problemColour(v.Problem),
		v.Suspects[:min(suspects, len(v.Suspects))], port)
	for i, r := range l.rungs {
		at := ""
		if states[i] == rungLit {
			at = kit.Seconds(v.At[i].Seconds())
		}
		r.set(states[i], at, problemColour(v.Problem))
		shown := !brief || visit.Rung(i) == about && states[i] != rungStuck
		changed = changed || shown != r.Visible()
		kit.SetVisible(r, shown)
	}
	if about != l.about || brief != l.brief {
		l.about, l.brief = about, brief
		l.problem.indent(!brief)
		l.arrange()
	} else if changed {
		l.object.Refresh()
	}
}

// tick shows how long the next rung has been awaited; bright alternates.
func (l *ladder) tick(waited time.Duration, bright bool) {
	for _, r := range l.rungs {
		if r.state == rungAwaited {
			r.pulse(kit.Seconds(max(0, waited.Seconds())), bright)
		}
	}
}

// rungRow is one rung: a mark on a line that joins it to its neighbours, its name, and when it was
// reached.
type rungRow struct {
	widget.BaseWidget
	name, at    string
	state       rungState
	tone        fyne.ThemeColorName // of a rung that is stuck
	bright      bool                // of one that is awaited
	first, last bool
}

const (
	rungHeight = 23
	rungMark   = 15
	rungText   = 32 // where the words begin
	rungEdge   = 9
)

func newRungRow(name string, first, last bool) *rungRow {
	r := &rungRow{name: name, first: first, last: last}
	r.ExtendBaseWidget(r)
	return r
}

func (r *rungRow) set(s rungState, at string, tone fyne.ThemeColorName) {
	if s == rungAwaited && r.state == s {
		at = r.at // the clock's, see pulse
	}
	if r.state != s || r.at != at || s == rungStuck && r.tone != tone {
		r.state, r.at, r.tone = s, at, tone
		r.Refresh()
	}
}

func (r *rungRow) pulse(waited string, bright bool) {
	if r.at != waited || r.bright != bright {
		r.at, r.bright = waited, bright
		r.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (r *rungRow) CreateRenderer() fyne.WidgetRenderer {
	o := &rungRenderer{
		r: r, up: canvas.NewRectangle(nil), down: canvas.NewRectangle(nil),
		mark: canvas.NewCircle(nil), name: canvas.NewText("", nil), at: canvas.NewText("", nil),
	}
	for i := range o.sign {
		o.sign[i] = canvas.NewLine(nil)
		o.sign[i].StrokeWidth = 1.8
	}
	o.paint()
	return o
}

type rungRenderer struct {
	r        *rungRow
	up, down *canvas.Rectangle
	mark     *canvas.Circle
	sign     [2]*canvas.Line // a tick or a cross in the mark
	name, at *canvas.Text
}

// The lines of the signs, in a mark of one by one.
var (
	tickLines  = [2][4]float32{{0.26, 0.52, 0.43, 0.69}, {0.43, 0.69, 0.74, 0.34}}
	crossLines = [2][4]float32{{0.32, 0.32, 0.68, 0.68}, {0.68, 0.32, 0.32, 0.68}}
)

func (o *rungRenderer) Layout(size fyne.Size) {
	middle := rungEdge + float32(rungMark)/2
	top := (size.Height - rungMark) / 2
	kit.SetBounds(o.up, middle-1, 0, 2, top)
	kit.SetBounds(o.down, middle-1, top+rungMark, 2, size.Height-top-rungMark)
	kit.SetBounds(o.mark, rungEdge, top, rungMark, rungMark)
	lines := tickLines
	if o.r.state == rungStuck {
		lines = crossLines
	}
	for i, l := range lines {
		o.sign[i].Position1 = fyne.NewPos(rungEdge+l[0]*rungMark, top+l[1]*rungMark)
		o.sign[i].Position2 = fyne.NewPos(rungEdge+l[2]*rungMark, top+l[3]*rungMark)
	}
	name, at := o.name.MinSize(), o.at.MinSize()
	kit.SetBounds(o.name, rungText, (size.Height-name.Height)/2, name.Width, name.Height)
	kit.SetBounds(o.at, size.Width-at.Width-rungEdge, (size.Height-at.Height)/2, at.Width,
		at.Height)
}

// rungClock is the room for a time.
const rungClock = 52

func (o *rungRenderer) MinSize() fyne.Size {
	return fyne.NewSize(rungText+o.name.MinSize().Width+rungClock+rungEdge, rungHeight)
}

func (o *rungRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{o.up, o.down, o.mark, o.sign[0], o.sign[1], o.name, o.at}
}

func (o *rungRenderer) Destroy() {}

func (o *rungRenderer) Refresh() {
	o.paint()
	o.Layout(o.r.Size())
	for _, part := range o.Objects() {
		canvas.Refresh(part)
	}
}

func (o *rungRenderer) paint() {
	r := o.r
	of := themeColours(r.Theme())
	var fill, edge color.Color = color.Transparent, of(theme.ColorNameInputBorder)
	words, line := of(theme.ColorNamePlaceHolder), of(theme.ColorNameInputBackground)
	var sign color.Color = color.Transparent
	o.name.TextStyle.Bold = r.state == rungAwaited || r.state == rungStuck
	switch r.state {
	case rungLit:
		fill, edge, words = of(theme.ColorNameSuccess), of(theme.ColorNameSuccess),
			of(theme.ColorNameForeground)
		sign = of(theme.ColorNameForegroundOnSuccess)
	case rungAwaited:
		edge, words = of(theme.ColorNamePrimary), of(theme.ColorNameForeground)
		if r.bright {
			fill = edge
		}
	case rungStuck:
		fill, edge, words = of(r.tone), of(r.tone), of(theme.ColorNameForeground)
		if r.tone != theme.ColorNamePrimary {
			sign = of(theme.ColorNameForegroundOnError)
		}
	}
	o.sign[0].StrokeColor, o.sign[1].StrokeColor = sign, sign
	o.mark.FillColor, o.mark.StrokeColor, o.mark.StrokeWidth = fill, edge, 2
	o.up.FillColor, o.down.FillColor = line, line
	o.up.Hidden, o.down.Hidden = r.first, r.last
	o.name.Text, o.name.Color = r.name, words
	o.name.TextSize = r.Theme().Size(theme.SizeNameText)
	o.at.Text, o.at.Color = r.at, of(theme.ColorNamePlaceHolder)
	o.at.TextSize = r.Theme().Size(theme.SizeNameCaptionText)
}

// stripColours are the colours of a ladder that is laid down and without words.
func stripColours(v visit.Visit) []fyne.ThemeColorName {
	states, _ := rungStates(v)
	colours := make([]fyne.ThemeColorName, len(states))
	for i, state := range states {
		switch state {
		case rungLit:
			colours[i] = theme.ColorNameSuccess
		case rungAwaited:
			colours[i] = theme.ColorNamePrimary
		case rungStuck:
			colours[i] = problemColour(v.Problem)
		default:
			colours[i] = noStep
		}
	}
	return colours
}

// themeColours gives the colours of a theme as they are now.
func themeColours(t fyne.Theme) func(fyne.ThemeColorName) color.Color {
	variant := fyne.CurrentApp().Settings().ThemeVariant()
	return func(n fyne.ThemeColorName) color.Color { return t.Color(n, variant) }
}
