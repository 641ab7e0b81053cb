package ui

import (
	"handlens/ui/kit"
)

// FilmSaved says where a film is that was recorded or repaired. Any goroutine may call it.
func (w *Window) FilmSaved(path string) { w.Notice(w.recordingNotice(path)) }

// OfferRepair tells of a recording that was cut off, and has it repaired on the user's word, off
// the UI goroutine. Any goroutine may call it.
func (w *Window) OfferRepair(name string, repair func()) {
	w.Notice(kit.Notice{
		Kind: kit.Warning,
		Text: kit.L("A recording was cut off: {{.Name}}",
			map[string]any{"Name": kit.Printable(name, kit.MaxReason)}),
		ActionLabel: kit.L("Repair"), Action: repair,
	})
}

// CleanNotKept says why a recording has no video without boxes: it would show what is to stay
// unrecognised. Any goroutine may call it.
func (w *Window) CleanNotKept() {
	w.Notice(kit.Notice{
		Kind: kit.Info,
		Text: kit.L("The video without boxes is not kept while a class is made unrecognisable"),
	})
}
