package ui

import (
	"path/filepath"
)

// snapshot saves what is shown of each phone that is seen, one at a time for each.
func (w *Window) snapshot() {
	if w.cfg.Snapshot == nil {
		return
	}
	for _, s := range w.live.chosen() {
		w.snapshotOf(s)
	}
}

func (w *Window) snapshotOf(s *seat) {
	id := s.id
	if w.saving[id] {
		return
	}
	w.saving[id] = true
	w.background(func() {
		saved, err := w.cfg.Snapshot(id, OneShot)
		w.inbox.post("saved "+id, func() {
			delete(w.saving, id)
			w.toasts.add(w.savedNotice(saved, err))
		})
	})
}

// savedNotice says where the pictures are, and opens them.
func (w *Window) savedNotice(saved Saved, err error) Notice {
	if err != nil {
		return Notice{Kind: Failure, Text: "The screenshot was not saved: " + err.Error()}
	}
	path := saved.Annotated
	if path == "" {
		path = saved.Clean
	}
	return Notice{
		Kind: Success, Text: "Screenshot saved to " + filepath.Dir(path), Picture: path,
		ActionLabel: "Open", Action: func() { w.openFile(path) },
	}
}

// disconnect sends away the phone that is seen alone.
func (w *Window) disconnect() {
	chosen := w.live.chosen()
	if len(chosen) != 1 || w.cfg.Disconnect == nil {
		return
	}
	id := chosen[0].id
	w.background(func() { w.cfg.Disconnect(id) })
}
