package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// toggleRecording records all chosen phones, or ends that when all are being recorded.
func (w *Window) toggleRecording() {
	chosen, on := w.live.chosen(), false
	for _, s := range chosen {
		on = on || !s.status.recording.On && !s.status.recording.Ending
	}
	for _, s := range chosen {
		r := s.status.recording
		if r.Ending || r.On == on {
			continue
		}
		w.tasks.Once("record "+s.id, func() {
			err := s.phone.Record(on)
			w.queue.Post("recording "+s.id, func() {
				if err != nil {
					w.toasts.add(kit.Notice{
						Kind: kit.Failure,
						Text: s.tile.Name() + ": " + whyWords(err),
					})
				}
			})
		})
	}
}

// togglePause pauses the chosen phones, or resumes them when all are paused.
func (w *Window) togglePause() {
	chosen, hold := w.live.chosen(), false
	for _, s := range chosen {
		hold = hold || !s.status.held
	}
	for _, s := range chosen {
		if s.status.held != hold {
			w.setPaused(s.id, hold)
		}
	}
}

// setPaused pauses a phone's picture or resumes it.
func (w *Window) setPaused(id string, on bool) {
	s := w.live.find(id)
	if s == nil {
		return
	}
	// The next press must not wait for the phone to confirm it.
	s.status.held = on
	s.phone.Pause(on)
	w.live.bar.update()
}

// takeShot saves pictures of each chosen phone, one at a time for each.
func (w *Window) takeShot(kind Shot) {
	for _, s := range w.live.chosen() {
		w.snapshotOf(s, kind)
	}
}

// resetCounts resets the counts of the chosen phones.
func (w *Window) resetCounts() {
	w.live.sidebar.classes.forget()
	for _, s := range w.live.chosen() {
		s.phone.ResetCounts()
	}
	w.live.sidebar.update()
}

// toggleSidebar opens or closes the sidebar. Opened by hand it also stays where there is little
// room.
func (w *Window) toggleSidebar() {
	on := !w.live.sidebar.object.Visible()
	w.live.pinned = on
	w.change(func(s *Settings) { s.Sidebar = on })
	w.live.object.Refresh()
}

// figuresTitle says what nextFigures would do.
func (w *Window) figuresTitle() string {
	switch w.settings.Figures {
	case tile.FiguresBrief:
		return kit.L("Show the age by stage")
	case tile.FiguresStages:
		return kit.L("Hide the figures")
	default:
		return kit.L("Show the figures")
	}
}

// nextFigures switches to the next state of the HUD.
func (w *Window) nextFigures() {
	w.change(func(s *Settings) { s.Figures = (s.Figures + 1) % (tile.FiguresOff + 1) })
}

// popUp opens a menu above a button.
func (w *Window) popUp(menu *fyne.Menu, at fyne.CanvasObject) {
	if len(menu.Items) == 0 {
		return
	}
	m := widget.NewPopUpMenu(menu, w.win.Canvas())
	pos := w.app.Driver().AbsolutePositionForObject(at)
	m.ShowAtPosition(pos.AddXY(0, -m.MinSize().Height-4))
}
