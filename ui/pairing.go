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

	"handlens/ui/kit"
)

// pairingView shows how a phone gets here. There are two: one fills the window while no phone is
// here, the other is a narrow panel beside the pictures. All of it belongs to the UI goroutine.
type pairingView struct {
	object  fyne.CanvasObject
	qr      *qrCard
	address *textRow
	code    *textRow
	state   *kit.StatusLine
	warning *kit.Note
	network *kit.Select
	cards   *fyne.Container
	pairing Pairing
	filling bool // the list is being filled, and nothing was chosen
}

// pairingSteps are what to do, in the order in which to do it.
func pairingSteps() []string {
	return []string{
		kit.L("Put the phone on the same Wi-Fi as this computer."),
		kit.L("Open the phone's camera, point it at the code and tap the link."),
		kit.L(
			"The phone warns once about the certificate: tap Details or Advanced, then visit the " +
				"page. Tap Start there."),
	}
}

// compactCode is the side of the code in the panel.
const compactCode = 256

func hintNobody() string {
	return kit.L("Nobody has come yet. Is the phone on this same Wi-Fi, and not on mobile data " +
		"or a " +
		"guest network? " +
		"A firewall on this computer may also turn it away: allow Handlens, or try another " +
		"network below.")
}

func newPairingView(w *Window, compact bool) *pairingView {
	v := &pairingView{state: kit.NewStatusLine(), warning: kit.NewNote("")}
	v.qr = newQRCard(func(err error) {
		v.warning.Set(kit.L("The code cannot be drawn: {{.Why}}",
			map[string]any{"Why": kit.ErrorWords(err)}), theme.ColorNameError)
	})
	v.address = newTextRow(w, kit.L("Address"), kit.L("Address copied"))
	v.code = newTextRow(w, kit.L("Code"), kit.L("Code copied"))
	v.network = kit.NewSelect(func(string) { v.choose(w) })
	v.network.PlaceHolder = kit.L("No network")
	v.cards = container.NewBorder(nil, nil, widget.NewLabel(kit.L("Network")), nil, v.network)
	v.warning.Set("", theme.ColorNameWarning)
	texts := container.New(layout.NewCustomPaddedVBoxLayout(0), v.address.object, v.code.object)
	if compact {
		v.object = container.NewVScroll(kit.Inset(4, container.NewVBox(
			container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(compactCode), v.qr)),
			v.state.Object, texts, v.warning.Object, v.cards)))
		return v
	}
	steps := container.New(layout.NewCustomPaddedVBoxLayout(2))
	for i, s := range pairingSteps() {
		steps.Add(kit.Numbered(fmt.Sprint(i+1), s))
	}
	help := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Keys and looks"), "?"), theme.HelpIcon(),
		w.showKeys)
	help.Importance = widget.LowImportance
	corner := container.NewHBox(help)
	if w.cfg.Library != nil {
		gallery := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Gallery"), "G"), iconGallery,
			w.showGallery)
		gallery.Importance = widget.LowImportance
		corner.Add(gallery)
	}
	title := kit.Heading(kit.L("Point your phone at the code"), theme.SizeNameHeadingText)
	right := container.New(layout.NewCustomPaddedVBoxLayout(9),
		layout.NewSpacer(), title, steps,
		kit.Card(v.state.Object),
		v.warning.Object, v.cards, w.model.newView(viewCard),
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
	v.warning.Set(warningWords(p.Warning), theme.ColorNameWarning)
	options := make([]string, len(p.Others))
	for i, o := range p.Others {
		options[i] = strings.Join(kit.NonEmpty(kindWords(o), o.Interface, o.Address), " · ")
	}
	v.filling = true
	v.network.Options = options
	v.network.ClearSelected()
	if p.Chosen >= 0 && p.Chosen < len(options) {
		v.network.SetSelectedIndex(p.Chosen)
	}
	v.network.Refresh()
	v.filling = false
	kit.SetVisible(v.cards, len(options) > 0)
}

func (v *pairingView) choose(w *Window) {
	i := v.network.SelectedIndex()
	if v.filling || i < 0 || i == v.pairing.Chosen || v.pairing.Choose == nil {
		return
	}
	choose := v.pairing.Choose
	w.tasks.Go(func() { choose(i) })
}

// setStage shows how far a phone has come; lonely says that none came for a while.
func (v *pairingView) setStage(s Stage, lonely bool) {
	text, c, hint := stageWords(s.State)
	if d := cmp.Or(kit.Printable(s.Detail, kit.MaxReason), reasonWords(s.Reason)); d != "" {
		text = kit.L("{{.Stage}}: {{.Detail}}", map[string]any{"Stage": text, "Detail": d})
	}
	if s.State == Waiting && lonely {
		c, hint = theme.ColorNameWarning, hintNobody()
	}
	v.state.Set(text, c)
	v.state.SetDetail(hint, theme.ColorNamePlaceHolder)
}

// stageWords returns a stage's sentence, the colour of its dot, and a hint.
func stageWords(s StageState) (text string, c fyne.ThemeColorName, hint string) {
	switch s {
	case Untrusted:
		return kit.L("A phone is at the certificate warning"), theme.ColorNameWarning,
			kit.L("On the phone: tap Details or Advanced, then visit the page. " +
				"To be rid of the certificate warning for good, open this address with /trust at " +
				"its end.")
	case Reached:
		return kit.L("A phone has opened the page"), theme.ColorNamePrimary,
			kit.L("Tap Start on the phone and let it use the camera.")
	case Joining:
		return kit.L("A phone is joining"), theme.ColorNamePrimary, ""
	case Camera:
		return kit.L("Connected, waiting for the camera"), theme.ColorNameSuccess, ""
	}
	return kit.L("Waiting for a phone"), theme.ColorNamePlaceHolder, ""
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
	copyText := kit.NewButton("", theme.ContentCopyIcon(), func() {
		w.app.Clipboard().SetContent(r.words.Text)
		w.toasts.add(kit.Notice{Kind: kit.Success, Text: copied})
	})
	copyText.Importance = widget.LowImportance
	r.object = container.New(&textRowLayout{r}, widget.NewLabel(name), r.words, copyText)
	return r
}

func (r *textRow) set(text string) {
	r.words.SetText(text)
	kit.SetVisible(r.object, text != "")
}
