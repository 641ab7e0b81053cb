package ui

import (
	"cmp"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// pairingView shows how a phone gets here. There are two of it: the whole window while no phone is
// here, and a narrow panel beside the pictures. All of it belongs to the UI goroutine.
type pairingView struct {
	object  fyne.CanvasObject
	qr      *qrCard
	address *textRow
	code    *textRow
	state   *stateLine
	warning *note
	network *keyedSelect
	cards   *fyne.Container
	pairing Pairing
	filling bool // the choice is being filled, not chosen from
}

// pairingSteps are what to do, in the order in which to do it.
func pairingSteps() []string {
	return []string{
		L("Put the phone on the same Wi-Fi as this computer."),
		L("Open the phone's camera, point it at the code and tap the link."),
		L("The phone warns once about the certificate: tap Details or Advanced, then visit the " +
			"page. Tap Start there."),
	}
}

// compactCode is the side of the code in the panel.
const compactCode = 256

func hintNobody() string {
	return L("Nobody has come yet. Is the phone on this same Wi-Fi, and not on mobile data or a " +
		"guest network? " +
		"A firewall on this computer may also turn it away: allow Handlens, or try another " +
		"network below.")
}

func newPairingView(w *Window, compact bool) *pairingView {
	v := &pairingView{state: newStateLine(), warning: newNote("")}
	v.qr = newQRCard(func(err error) {
		v.warning.set(L("The code cannot be drawn: {{.Why}}",
			map[string]any{"Why": plain(err.Error(), maxReason)}), theme.ColorNameError)
	})
	v.address = newTextRow(w, L("Address"), L("Address copied"))
	v.code = newTextRow(w, L("Code"), L("Code copied"))
	v.network = newKeyedSelect(w, func(string) { v.choose(w) })
	v.network.PlaceHolder = L("No network")
	v.cards = container.NewBorder(nil, nil, widget.NewLabel(L("Network")), nil, v.network)
	v.warning.set("", theme.ColorNameWarning)
	texts := container.New(layout.NewCustomPaddedVBoxLayout(0), v.address.object, v.code.object)
	if compact {
		v.object = container.NewVScroll(inset(4, container.NewVBox(
			container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(compactCode), v.qr)),
			v.state.object, texts, v.warning.object, v.cards)))
		return v
	}
	steps := container.New(layout.NewCustomPaddedVBoxLayout(2))
	for i, s := range pairingSteps() {
		steps.Add(numbered(fmt.Sprint(i+1), s))
	}
	help := newToolButton(w, hintOf(L("Keys and looks"), "?"), theme.HelpIcon(), w.showKeys)
	help.Importance = widget.LowImportance
	corner := container.NewHBox(help)
	if w.cfg.Library != nil {
		gallery := newToolButton(w, hintOf(L("Gallery"), "G"), iconGallery, w.showGallery)
		gallery.Importance = widget.LowImportance
		corner.Add(gallery)
	}
	title := heading(L("Point your phone at the code"), theme.SizeNameHeadingText)
	right := container.New(layout.NewCustomPaddedVBoxLayout(9),
		layout.NewSpacer(), title, steps,
		card(v.state.object),
		v.warning.object, v.cards, w.model.newView(viewCard),
		layout.NewSpacer(),
	)
	v.object = container.New(&pairingLayout{}, container.New(&codeLayout{}, v.qr, texts),
		container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 10), right)),
		corner)
	return v
}

func (v *pairingView) setPairing(p Pairing) {
	v.pairing = p
	v.qr.set(p.QR)
	v.address.set(p.Address)
	v.code.set(p.Token)
	v.warning.set(warningWords(p.Warning), theme.ColorNameWarning)
	options := make([]string, len(p.Others))
	for i, o := range p.Others {
		options[i] = strings.Join(lines(kindWords(o), o.Interface, o.Address), " · ")
	}
	v.filling = true
	v.network.Options = options
	v.network.ClearSelected()
	if p.Chosen >= 0 && p.Chosen < len(options) {
		v.network.SetSelectedIndex(p.Chosen)
	}
	v.network.Refresh()
	v.filling = false
	show(v.cards, len(options) > 0)
}

func (v *pairingView) choose(w *Window) {
	i := v.network.SelectedIndex()
	if v.filling || i < 0 || i == v.pairing.Chosen || v.pairing.Choose == nil {
		return
	}
	choose := v.pairing.Choose
	w.background(func() { choose(i) })
}

// setStage shows how far a phone is; lonely says that none came for a while.
func (v *pairingView) setStage(s Stage, lonely bool) {
	text, c, hint := stageWords(s.State)
	if d := cmp.Or(plain(s.Detail, maxReason), reasonWords(s.Reason)); d != "" {
		text = L("{{.Stage}}: {{.Detail}}", map[string]any{"Stage": text, "Detail": d})
	}
	if s.State == Waiting && lonely {
		c, hint = theme.ColorNameWarning, hintNobody()
	}
	v.state.set(text, c)
	v.state.say(hint, theme.ColorNamePlaceHolder)
}

// stageWords returns the sentence of a stage, the colour of its dot, and what helps now.
func stageWords(s StageState) (text string, c fyne.ThemeColorName, hint string) {
	switch s {
	case Untrusted:
		return L("A phone is at the certificate warning"), theme.ColorNameWarning,
			L("On the phone: tap Details or Advanced, then visit the page. " +
				"To be rid of the certificate warning for good, open this address with /trust at " +
				"its end.")
	case Reached:
		return L("A phone has opened the page"), theme.ColorNamePrimary,
			L("Tap Start on the phone and let it use the camera.")
	case Joining:
		return L("A phone is joining"), theme.ColorNamePrimary, ""
	case Camera:
		return L("Connected, waiting for the camera"), theme.ColorNameSuccess, ""
	}
	return L("Waiting for a phone"), theme.ColorNamePlaceHolder, ""
}

// textRow is a line of text that can be selected, with a name before it where there is room and a
// button that copies it.
type textRow struct {
	object *fyne.Container
	words  *widget.Label
}

func newTextRow(w *Window, name, copied string) *textRow {
	r := &textRow{words: widget.NewLabelWithStyle("", fyne.TextAlignLeading,
		fyne.TextStyle{Monospace: true})}
	r.words.Selectable = true
	r.words.Truncation = fyne.TextTruncateEllipsis
	copyText := newKeyedButton(w, "", theme.ContentCopyIcon(), func() {
		w.app.Clipboard().SetContent(r.words.Text)
		w.toasts.add(Notice{Kind: Success, Text: copied})
	})
	copyText.Importance = widget.LowImportance
	r.object = container.New(&textRowLayout{r}, widget.NewLabel(name), r.words, copyText)
	return r
}

func (r *textRow) set(text string) {
	r.words.SetText(text)
	show(r.object, text != "")
}
