package ui

import "handlens/ui/kit"

// secretEntry is a field for a password or a token, of which one may be kept already. It belongs to
// the UI goroutine.
type secretEntry struct {
	*kit.Entry
	typed bool // the user has changed it
}

func newSecretEntry() *secretEntry {
	e := &secretEntry{Entry: kit.NewEntry("")}
	e.Password = true
	e.OnChanged = func(string) { e.typed = true }
	return e
}

// wanted is what is to be kept from now on: nothing when all is switched off, what was typed, or
// nil for what is kept already.
func (e *secretEntry) wanted(off bool) *string {
	switch typed := e.Text; {
	case off:
		return new("")
	case e.typed:
		return &typed
	}
	return nil
}

// sayKept says whether one is kept.
func (e *secretEntry) sayKept(kept bool) {
	holder := ""
	if kept {
		holder = kit.L("the one that is kept")
	}
	if e.PlaceHolder != holder {
		e.SetPlaceHolder(holder)
	}
}
