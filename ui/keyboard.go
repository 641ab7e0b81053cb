package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"handlens/ui/kit"
)

// Letters are handled as keys, so that they work in every script; signs are handled as typed
// characters, since each keyboard layout has them elsewhere.

func (w *Window) bindKeys() {
	c := w.win.Canvas()
	c.SetOnTypedKey(w.typedKey)
	c.SetOnTypedRune(w.typedRune)
	c.AddShortcut(&desktop.CustomShortcut{
		KeyName:  fyne.KeyQ,
		Modifier: fyne.KeyModifierShortcutDefault,
	},
		func(fyne.Shortcut) { w.close() })
	if d, ok := w.app.Driver().(desktop.Driver); ok {
		w.shifted = func() bool { return d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0 }
	}
}

// typedKey handles a key that the focused widget has no use for.
func (w *Window) typedKey(ev *fyne.KeyEvent) {
	if w.gallery != nil && w.modals.Len() == 0 {
		w.gallery.TypedKey(ev)
		return
	}
	if ev.Name == fyne.KeyEscape {
		w.back()
		return
	}
	if top := w.modals.Top(); top != nil {
		if top.Enter != nil && (ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter) {
			top.Enter()
		}
		return
	}
	switch ev.Name {
	case fyne.KeyF:
		w.toggleFullScreen()
	case fyne.KeyG:
		if w.cfg.Library != nil {
			w.showGallery()
		}
	case fyne.KeyW:
		w.showDoctor()
	case fyne.KeyO:
		w.showShare()
	default:
		if len(w.live.phones) > 0 {
			w.liveKey(ev.Name)
		}
	}
}

// liveKey handles a key while there are phones.
func (w *Window) liveKey(name fyne.KeyName) {
	switch name {
	case fyne.KeyS:
		if w.shifted() {
			w.takeShot(BurstShot)
		} else {
			w.takeShot(OneShot)
		}
	case fyne.KeyD:
		w.takeShot(DatasetShot)
	case fyne.KeyR:
		w.toggleRecording()
	case fyne.KeyL:
		// It must not be over before the user has chosen a length.
		w.saveReplay(replays[0])
	case fyne.KeySpace:
		w.togglePause()
	case fyne.KeyI:
		w.addRegion(true)
	case fyne.KeyZ:
		w.addRegion(false)
	case fyne.Key0:
		w.resetCounts()
	default:
		w.cameraOrPanelKey(name)
	}
}

// cameraOrPanelKey handles a key of the camera, or of what stands beside and over the pictures.
func (w *Window) cameraOrPanelKey(name fyne.KeyName) {
	switch name {
	case fyne.KeyC:
		w.flipCamera()
	case fyne.KeyT:
		w.toggleTorch()
	case fyne.KeyV:
		w.live.camera.show(!w.live.camera.object.Visible())
	case fyne.KeyB:
		w.toggleSidebar()
	case fyne.KeyP:
		w.showPairing(!w.live.side.Visible())
	case fyne.KeyH:
		w.nextFigures()
	}
}

// typedRune handles a typed character.
func (w *Window) typedRune(r rune) {
	if r == '?' && w.keysModal == nil {
		w.showKeys()
		return
	}
	if len(w.live.phones) == 0 || w.modals.Len() > 0 || w.gallery != nil {
		return
	}
	switch r {
	case '+':
		w.change(func(s *Settings) { s.Confidence += 0.05 })
	case '-':
		w.change(func(s *Settings) { s.Confidence -= 0.05 })
	case '[':
		w.zoomBy(1 / zoomStep)
	case ']':
		w.zoomBy(zoomStep)
	case '/':
		w.searchClass()
	}
}

// searchClass opens the sidebar and puts the cursor into its search field.
func (w *Window) searchClass() {
	if !w.live.sidebar.object.Visible() {
		w.toggleSidebar()
	}
	w.win.Canvas().Focus(w.live.sidebar.classes.search)
}

// back undoes the last step: it closes what is open, leaves full screen, or shows all phones again.
func (w *Window) back() {
	switch {
	case w.modals.Len() > 0:
		w.modals.Top().Close()
	case w.live.cancelDrawing():
	case w.live.camera.object.Visible():
		w.live.camera.show(false)
	case w.live.side.Visible():
		w.showPairing(false)
	case w.win.FullScreen():
		w.toggleFullScreen()
	case w.live.large != "":
		w.live.enlarge(w.live.large)
	}
}

// toggleFullScreen fills the screen with the pictures alone, or goes back.
func (w *Window) toggleFullScreen() {
	full := !w.win.FullScreen()
	if full {
		w.saveGeometry()
	}
	w.win.SetFullScreen(full)
	kit.SetVisible(w.live.bottom, !full)
	w.live.object.Refresh()
	if full {
		w.toasts.add(kit.Notice{Kind: kit.Info, Text: kit.L("Esc leaves the full screen")})
	}
}

// showPairing shows or hides the pairing panel beside the pictures.
func (w *Window) showPairing(on bool) {
	if on == w.live.side.Visible() {
		return
	}
	kit.SetVisible(w.live.side, on)
	w.live.object.Refresh()
	if on {
		w.doctor.wait()
		w.doctor.update()
	} else {
		w.win.Canvas().Unfocus()
	}
}
