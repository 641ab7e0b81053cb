package ui

import (
	"handlens/ui/kit"
)

// RecordingSaved shows where a recording was saved, or was repaired. Any goroutine may call it.
func (w *Window) RecordingSaved(path string) { w.Notice(w.recordingNotice(path)) }

// OfferRepair shows that a recording was cut off. When the user asks for it, repair runs off the UI
// goroutine. Any goroutine may call it.
func (w *Window) OfferRepair(name string, repair func()) {
	w.Notice(kit.Notice{
		Kind: kit.Warning,
		Text: kit.L("A recording was cut off: {{.Name}}",
			map[string]any{"Name": kit.Printable(name, kit.MaxReason)}),
		ActionLabel: kit.L("Repair"), Action: repair,
	})
}

// CleanNotKept says why a recording has no video without boxes: it would show what must stay
// hidden. Any goroutine may call it.
func (w *Window) CleanNotKept() {
	w.Notice(kit.Notice{
		Kind: kit.Info,
		Text: kit.L("The video without boxes is not kept while a class is made unrecognisable"),
	})
}
