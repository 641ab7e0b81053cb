package ui

import (
	"fmt"

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
	visits  *visitsView
	warning *kit.Note
	pairing Pairing
}

// pairingSteps are what to do, in the order in which to do it.
func pairingSteps() []string {
	return []string{
		kit.L("Put the phone on the same Wi-Fi as this computer."),
		kit.L("Open the phone's camera, point it at the code and tap the link."),
		kit.L(
			"The phone warns once about the certificate: tap Details or Advanced, then visit the " +
				"page. Start the camera there."),
	}
}

// compactCode is the side of the code in the panel.
const compactCode = 222

func hintNobody() string {
	return kit.L("Nobody has come yet. Is the phone on this same Wi-Fi, and not on mobile data " +
		"or a guest network? A firewall on this computer may also turn it away: allow Handlens, " +
		"or try another way.")
}

func newPairingView(w *Window, compact bool) *pairingView {
	v := &pairingView{warning: kit.NewNote("")}
	v.qr = newQRCard(func(err error) {
		v.warning.Set(kit.L("The code cannot be drawn: {{.Why}}",
			map[string]any{"Why": kit.ErrorWords(err)}), theme.ColorNameError)
	})
	v.address = newTextRow(w, kit.L("Address"), kit.L("Address copied"))
	v.code = newTextRow(w, kit.L("Code"), kit.L("Code copied"))
	v.warning.Set("", theme.ColorNameWarning)
	texts := container.New(layout.NewCustomPaddedVBoxLayout(0), v.address.object, v.code.object)
	why := kit.NewButton(kit.L("No phone? Find out why"), theme.SearchIcon(), w.showDoctor)
	why.Importance = widget.LowImportance
	why.Alignment = widget.ButtonAlignLeading
	if compact {
		v.visits = newVisitsView(w, inPanel)
		v.object = container.NewVScroll(kit.Inset(4, container.NewVBox(
			container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(compactCode), v.qr)),
			texts, v.visits.object, v.warning.Object, why)))
		return v
	}
	v.visits = newVisitsView(w, inWindow)
	v.fillWindow(w, texts, why)
	return v
}

// fillWindow sets the code beside what to do, or beside the ladder of somebody who does not come
// on.
func (v *pairingView) fillWindow(w *Window, texts, why fyne.CanvasObject) {
	steps := container.New(layout.NewCustomPaddedVBoxLayout(2))
	for i, s := range pairingSteps() {
		steps.Add(kit.Numbered(fmt.Sprint(i+1), s))
	}
	help := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Keys and looks"), "?"), theme.HelpIcon(),
		w.showKeys)
	help.Importance = widget.LowImportance
	corner := container.NewHBox(help, w.guardButton())
	if w.cfg.Library != nil {
		gallery := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Gallery"), "G"), iconGallery,
			w.showGallery)
		gallery.Importance = widget.LowImportance
		corner.Add(gallery)
	}
	if w.cfg.Share != nil {
		share := kit.NewToolButton(w.hints, kit.HintOf(kit.L("Show in a browser"), "O"),
			theme.VisibilityIcon(), w.showShare)
		share.Importance = widget.LowImportance
		corner.Add(share)
	}
	title := kit.Heading(kit.L("Point your phone at the code"), theme.SizeNameHeadingText)
	right := container.New(layout.NewCustomPaddedVBoxLayout(9),
		layout.NewSpacer(), title, steps,
		kit.Card(v.visits.object),
		v.warning.Object, why, w.model.newView(viewCard),
		layout.NewSpacer(),
	)
	v.visits.widened = func(wide bool) {
		kit.SetVisible(title, !wide)
		kit.SetVisible(steps, !wide)
		right.Refresh()
	}
	v.object = container.New(&pairingLayout{}, container.New(&codeLayout{}, v.qr, texts),
		container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 10), right)),
		corner)
}

func (v *pairingView) setPairing(p Pairing) {
	v.pairing = p
	v.qr.set(p.QR)
	v.address.set(p.Address)
	v.code.set(p.Token)
	v.warning.Set(warningWords(p.Warning), theme.ColorNameWarning)
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
		w.copyText(r.words.Text, copied)
	})
	copyText.Importance = widget.LowImportance
	r.object = container.New(&textRowLayout{r}, widget.NewLabel(name), r.words, copyText)
	return r
}

func (r *textRow) set(text string) {
	r.words.SetText(text)
	kit.SetVisible(r.object, text != "")
	r.object.Refresh() // the name may have no room beside it
}
