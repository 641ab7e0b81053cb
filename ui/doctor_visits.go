package ui

import (
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/media/visit"
	"handlens/ui/kit"
)

// visitsForm is where visits are shown.
type visitsForm int

const (
	// inWindow: while no phone is here. Only who is on the way, and the whole ladder only of who
	// does not come on.
	inWindow visitsForm = iota
	// inPanel: beside the pictures. Only who is on the way, in brief.
	inPanel
	// inModal: everybody, with the whole ladder.
	inModal
)

const (
	// stallsAfter is how long a rung may take before the whole ladder is shown: who comes at once
	// just flows by.
	stallsAfter = 2 * time.Second
	// fewVisits and fewSuspects are shown outside the doctor.
	fewVisits, fewSuspects = 3, 2
	manyVisits             = 20

	rungStep, slimStep = 9, 6
	causesEdge         = 29
)

// visitsView shows who is coming, one of them with the ladder, and when there is nobody that, and
// after a while why. It belongs to the UI goroutine.
type visitsView struct {
	object *fyne.Container
	w      *Window
	form   visitsForm
	state  *kit.StatusLine
	causes *causesView
	rows   []*visitRow // newest first
	list   *fyne.Container
	more   *kit.Button // to the doctor
	chosen string      // by hand: a visit's ID
	wide   bool        // a whole ladder is shown
	// widened is called when that changes.
	widened func(wide bool)
}

func newVisitsView(w *Window, form visitsForm) *visitsView {
	v := &visitsView{
		w: w, form: form, state: kit.NewStatusLine(), causes: newCausesView(w),
		list:    container.New(layout.NewCustomPaddedVBoxLayout(2)),
		more:    kit.NewButton("", nil, w.showDoctor),
		widened: func(bool) {},
	}
	v.more.Importance = widget.LowImportance
	v.more.Alignment = widget.ButtonAlignLeading
	v.more.Hide()
	v.object = container.New(layout.NewCustomPaddedVBoxLayout(0),
		v.state.Object,
		container.New(layout.NewCustomPaddedLayout(0, 0, causesEdge, 0), v.causes.object),
		v.list, v.more)
	return v
}

// onTheWay says that a visitor's picture is not here yet, and may come.
func onTheWay(v Visit) bool {
	return !v.Lit[visit.KeyFrame] && (!v.Over || v.Problem != visit.NoProblem)
}

// set shows what the doctor knows.
func (v *visitsView) set(d Doctor, lonely bool) {
	shown, most := d.Visits, manyVisits
	if v.form != inModal {
		shown, most = nil, fewVisits
		for _, one := range d.Visits {
			if onTheWay(one) {
				shown = append(shown, one)
			}
		}
	}
	v.sayNobody(d, len(shown) == 0, lonely)
	v.setRows(shown[:min(most, len(shown))], d.Port)
	if rest := len(shown) - most; rest > 0 {
		v.more.SetText(kit.N("One more…", "{{.Count}} more…", rest, nil))
	}
	kit.SetVisible(v.more, len(shown) > most)
}

// sayNobody says that nobody is coming: why the last one is gone, and what may keep phones away.
func (v *visitsView) sayNobody(d Doctor, nobody, lonely bool) {
	kit.SetVisible(v.state.Object, nobody)
	if !nobody || !lonely {
		v.causes.set(nil, d.Port)
	}
	if !nobody {
		return
	}
	text, hint := kit.L("Waiting for a phone"), ""
	if len(d.Visits) > 0 && d.Visits[0].Over {
		if why := reasonWords(d.Visits[0].Reason); why != "" {
			text = kit.L("{{.Stage}}: {{.Detail}}", map[string]any{"Stage": text, "Detail": why})
		}
	}
	if lonely {
		hint = kit.L("Nobody has come yet. The likely causes:")
		if len(d.Nobody) == 0 {
			hint = hintNobody()
		}
		most := len(d.Nobody)
		if v.form != inModal {
			most = min(most, fewSuspects)
		}
		v.causes.set(d.Nobody[:most], d.Port)
	}
	if v.state.Label.Text != text || v.state.Detail.Segment.Text != hint {
		v.state.Set(text, theme.ColorNamePlaceHolder)
		v.state.SetDetail(hint, theme.ColorNamePlaceHolder)
		v.object.Refresh()
	}
}

// setRows shows visits, each by the row that it had before.
func (v *visitsView) setRows(visits []Visit, port int) {
	rows := make([]*visitRow, len(visits))
	for i, one := range visits {
		old := slices.IndexFunc(v.rows, func(r *visitRow) bool { return r.visit.ID == one.ID })
		if old >= 0 {
			rows[i] = v.rows[old]
		} else {
			rows[i] = newVisitRow(v, one.ID)
		}
	}
	same := slices.Equal(rows, v.rows)
	v.rows = rows
	chosen, wide := v.chosenID(visits), false
	for i, r := range rows {
		r.set(v.w, visits[i], port, visits[i].ID == chosen, v.form)
		wide = wide || r.whole
	}
	if !same {
		v.list.Objects = v.list.Objects[:0]
		for _, r := range rows {
			v.list.Objects = append(v.list.Objects, r.object)
		}
		kit.SetVisible(v.list, len(rows) > 0)
		v.object.Refresh()
	}
	v.setWide(wide)
}

// chosenID is the visit that is shown with its ladder: the one chosen by hand, else the newest that
// is not over, else the newest.
func (v *visitsView) chosenID(visits []Visit) string {
	if len(visits) == 0 {
		return ""
	}
	is := func(want func(Visit) bool) int { return slices.IndexFunc(visits, want) }
	i := is(func(o Visit) bool { return o.ID == v.chosen })
	if i < 0 {
		v.chosen = ""
		i = max(0, is(func(o Visit) bool { return !o.Over }))
	}
	return visits[i].ID
}

func (v *visitsView) choose(id string) {
	v.chosen = id
	v.w.doctor.update()
}

func (v *visitsView) setWide(wide bool) {
	if wide != v.wide {
		v.wide = wide
		v.widened(wide)
	}
}

// tick moves the clocks of those who may come on at any moment, and says whether there are any.
func (v *visitsView) tick(now time.Time, bright bool) (some bool) {
	for _, r := range v.rows {
		if !r.open || !pulses(r.visit.Visit) {
			continue
		}
		some = true
		waited := now.Sub(r.visit.Began)
		r.ladder.tick(waited, bright)
		if v.form == inWindow && !r.whole && r.stalls(waited) {
			r.whole = true
			r.ladder.set(r.visit, r.port, fewSuspects, false)
			v.setWide(true)
		}
	}
	return some
}

// visitRow is one visitor: who, how far, and the ladder when it is open.
type visitRow struct {
	object *fyne.Container
	who    *widget.Label
	strip  *strip
	count  *widget.Label
	ladder *ladder
	visit  Visit
	port   int
	shown  bool // says something
	open   bool // shows its ladder
	whole  bool // all rungs of it
}

func newVisitRow(v *visitsView, id string) *visitRow {
	r := &visitRow{
		who: widget.NewLabel(""), strip: newStrip(len(visit.Rungs()), rungStep),
		count: widget.NewLabel(""), ladder: newLadder(v.w),
	}
	far := container.NewHBox(container.NewCenter(r.strip), container.NewCenter(r.count))
	if v.form == inPanel {
		r.strip.step = slimStep
		r.count.Hide()
	}
	r.who.Truncation = fyne.TextTruncateEllipsis
	r.who.TextStyle.Bold = true
	r.count.SizeName = theme.SizeNameCaptionText
	choose := kit.NewButton("", nil, func() { v.choose(id) })
	choose.Importance = widget.LowImportance
	head := container.NewStack(choose, container.NewBorder(nil, nil, nil, far, r.who))
	r.ladder.object.Hide()
	r.object = container.New(layout.NewCustomPaddedVBoxLayout(0), head, r.ladder.object)
	return r
}

// set shows a visit. Once it shows all rungs, it keeps to that.
func (r *visitRow) set(w *Window, v Visit, port int, open bool, form visitsForm) {
	if r.shown && open == r.open && port == r.port && sameVisit(v, r.visit) {
		return
	}
	r.visit, r.port, r.shown = v, port, true
	r.sayWho(v)
	r.strip.set(stripColours(v.Visit))
	switch form {
	case inModal:
		r.whole = open
	case inWindow:
		waited := w.doctor.clock().Sub(v.Began)
		r.whole = open && (r.whole || v.Problem != visit.NoProblem || r.stalls(waited))
	}
	suspects := len(v.Suspects)
	if form != inModal {
		suspects = min(suspects, fewSuspects)
	}
	r.ladder.set(v, port, suspects, !r.whole)
	if open != r.open {
		r.open = open
		kit.SetVisible(r.ladder.object, open)
		r.object.Refresh()
	}
}

// sayWho names the visitor, and says how many rungs it has reached.
func (r *visitRow) sayWho(v Visit) {
	if who := whoWords(v); r.who.Text != who {
		r.who.SetText(who)
	}
	lit := 0
	for _, on := range v.Lit {
		if on {
			lit++
		}
	}
	if text := fmt.Sprintf("%d/%d", lit, len(v.Lit)); r.count.Text != text {
		r.count.SetText(text)
	}
}

func sameVisit(a, b Visit) bool {
	return a.Visit == b.Visit && slices.EqualFunc(a.Suspects, b.Suspects, sameSuspect)
}

// stalls says that the next rung lets itself be awaited; the visit is waited old.
func (r *visitRow) stalls(waited time.Duration) bool {
	top, ok := r.visit.Top()
	return pulses(r.visit.Visit) && ok && waited-r.visit.At[top] > stallsAfter
}

// whoWords is a visitor's name and address, and why it is gone.
func whoWords(v Visit) string {
	name := kit.Printable(v.Name, kit.MaxName)
	if name == "" {
		name = kit.L("A phone")
	}
	address := ""
	if v.Address.IsValid() {
		address = v.Address.String()
	}
	gone := ""
	if v.Over {
		gone = kit.L("gone")
	}
	return kit.JoinDots(name, address, gone)
}
