package ui

import (
	"cmp"
	"net/netip"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// The sides of a way's code.
const (
	smallCode, largeCode = 96, 258

	oddsStep = 14
)

// odds is how likely a phone reaches an address.
type odds int

const (
	unlikely odds = iota
	possible
	likely
)

// The least scores (pairing.Address) that are worth so many odds: cards that phones are on as a
// rule, and those that lead out of this computer at all.
const (
	likelyScore, possibleScore = 900, 300
)

func oddsOf(a AddressChoice) odds {
	switch {
	case a.Loopback:
		return unlikely
	case a.Score >= likelyScore:
		return likely
	case a.Score >= possibleScore:
		return possible
	}
	return unlikely
}

func oddsWords(o odds) string {
	switch o {
	case likely:
		return kit.L("likely")
	case possible:
		return kit.L("possible")
	}
	return kit.L("unlikely")
}

// oddsColours are the colours of odds as a row of bars.
func oddsColours(o odds) []fyne.ThemeColorName {
	filled := []fyne.ThemeColorName{
		theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess,
	}[o]
	colours := []fyne.ThemeColorName{noStep, noStep, noStep}
	for i := range o + 1 {
		colours[i] = filled
	}
	return colours
}

// waysView lists the addresses of this computer, best first, each with its code. It belongs to the
// UI goroutine.
type waysView struct {
	object  *fyne.Container
	w       *Window
	pairing Pairing
	rows    []*wayRow
}

func newWaysView(w *Window) *waysView {
	return &waysView{w: w, object: container.New(layout.NewCustomPaddedVBoxLayout(8))}
}

// set shows the addresses.
func (v *waysView) set(p Pairing) {
	large := ""
	for _, r := range v.rows {
		if r.large {
			large = r.address
		}
	}
	v.pairing, v.rows = p, nil
	v.object.RemoveAll()
	for i, a := range p.Others {
		r := newWayRow(v, i, a)
		v.rows = append(v.rows, r)
		v.object.Add(r.object)
		if a.Address == large {
			r.enlarge(true)
		}
	}
	if len(v.rows) == 0 {
		none := kit.NewNote("")
		none.Set(warningWords(PairingWarning{Code: NoNetwork}), theme.ColorNameWarning)
		v.object.Add(none.Object)
	}
	v.setCame(v.w.doctor.now.Visits)
}

// setCame marks the addresses that somebody has come to.
func (v *waysView) setCame(visits []Visit) {
	came := make(map[netip.Addr]bool)
	for _, one := range visits {
		came[one.Called.Unmap()] = true
	}
	for _, r := range v.rows {
		ip, err := netip.ParseAddr(r.address)
		r.setCame(err == nil && came[ip])
	}
}

// enlarge shows one code large, or none.
func (v *waysView) enlarge(one *wayRow) {
	for _, r := range v.rows {
		r.enlarge(r == one && !r.large)
	}
	v.object.Refresh()
}

// wayRow is one address.
type wayRow struct {
	object   *fyne.Container
	address  string
	chance   *strip
	said     *widget.Label
	odds     odds
	code     *fyne.Container
	size     *codeSide
	large    bool
	enlarger *kit.ToolButton
}

func newWayRow(v *waysView, i int, a AddressChoice) *wayRow {
	r := &wayRow{
		address: a.Address, odds: oddsOf(a), chance: newStrip(int(likely)+1, oddsStep),
		said: widget.NewLabel(""),
		size: &codeSide{side: smallCode},
	}
	r.said.SizeName = theme.SizeNameCaptionText
	r.said.Truncation = fyne.TextTruncateEllipsis
	qr := newQRCard(func(error) {}) // the large code on the pairing screen says why
	qr.least = smallCode
	qr.set(a.QR)
	r.code = container.New(r.size, container.NewStack(qr, newTapArea(func() { v.enlarge(r) })))
	name := widget.NewLabelWithStyle(kit.JoinDots(kindWords(a), a.Interface),
		fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	host, _, _ := strings.Cut(strings.TrimPrefix(a.URL, "https://"), "/")
	address := widget.NewLabelWithStyle(cmp.Or(host, a.Address), fyne.TextAlignLeading,
		fyne.TextStyle{Monospace: true})
	address.Truncation = fyne.TextTruncateEllipsis
	address.SizeName = theme.SizeNameCaptionText
	chance := container.NewBorder(nil, nil,
		container.New(layout.NewCustomPaddedLayout(0, 0, 9, 0), container.NewCenter(r.chance)),
		nil, r.said)
	words := container.New(layout.NewCustomPaddedVBoxLayout(-14), name, address, chance)
	r.object = container.NewStack(kit.NewBackground(theme.ColorNameBackground, kit.CardRadius),
		kit.Inset(8, container.New(&wayLayout{r}, r.code, words, v.buttons(i, a, r))))
	r.setCame(false)
	return r
}

// buttons are what can be done with an address.
func (v *waysView) buttons(i int, a AddressChoice, r *wayRow) fyne.CanvasObject {
	r.enlarger = kit.NewToolButton(v.w.hints, kit.L("Enlarge the code"), theme.ZoomInIcon(),
		func() { v.enlarge(r) })
	copyLink := kit.NewToolButton(v.w.hints, kit.L("Copy the link"), theme.ContentCopyIcon(),
		func() { v.w.copyText(a.URL, kit.L("Link copied")) })
	row := container.NewHBox(r.enlarger, copyLink)
	r.enlarger.Importance, copyLink.Importance = widget.LowImportance, widget.LowImportance
	whole := container.NewBorder(nil, nil, row, nil)
	if i == v.pairing.Chosen {
		words := widget.NewLabel(kit.L("In use"))
		words.SizeName = theme.SizeNameCaptionText
		words.Importance = widget.HighImportance
		words.Truncation = fyne.TextTruncateEllipsis
		whole.Add(words)
	} else if choose := v.pairing.Choose; choose != nil {
		row.Add(kit.NewButton(kit.L("Use"), nil, func() {
			v.w.tasks.Go(func() { choose(i) })
		}))
	}
	return whole
}

// setCame says whether somebody has come this way.
func (r *wayRow) setCame(came bool) {
	text, o := oddsWords(r.odds), r.odds
	if came {
		text, o = kit.L("a phone came here"), likely
	}
	r.chance.set(oddsColours(o))
	if r.said.Text != text {
		r.said.SetText(text)
	}
}

func (r *wayRow) enlarge(on bool) {
	if r.large == on {
		return
	}
	r.large = on
	icon := theme.ZoomInIcon()
	r.size.side = smallCode
	if on {
		r.size.side, icon = largeCode, theme.ZoomOutIcon()
	}
	r.enlarger.SetStyle(icon, widget.LowImportance)
	r.object.Refresh()
}

// codeSide gives its one object a square.
type codeSide struct{ side float32 }

func (s *codeSide) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(s.side) }

func (s *codeSide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	side := min(size.Width, size.Height)
	kit.SetBounds(o[0], 0, 0, side, side)
}

// wayLayout sets the code left of the words, or over them when it is large, and the buttons below
// the words.
type wayLayout struct{ row *wayRow }

const wayGap = 4

func (l *wayLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	code, words, buttons := o[0].MinSize(), o[1].MinSize(), o[2].MinSize()
	text := fyne.NewSize(max(words.Width, buttons.Width), words.Height+buttons.Height)
	if l.row.large {
		return fyne.NewSize(max(code.Width, text.Width), code.Height+wayGap+text.Height)
	}
	return fyne.NewSize(code.Width+wayGap+text.Width, max(code.Height, text.Height))
}

func (l *wayLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	code, words, buttons := o[0].MinSize(), o[1].MinSize(), o[2].MinSize()
	x, y := code.Width+wayGap, float32(0)
	if l.row.large {
		kit.SetBounds(o[0], (size.Width-code.Width)/2, 0, code.Width, code.Height)
		x, y = 0, code.Height+wayGap
	} else {
		kit.SetBounds(o[0], 0, (size.Height-code.Height)/2, code.Width, code.Height)
	}
	kit.SetBounds(o[1], x, y, size.Width-x, words.Height)
	kit.SetBounds(o[2], x, y+words.Height, size.Width-x, buttons.Height)
}
