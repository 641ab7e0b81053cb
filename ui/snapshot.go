package ui

import (
	"fmt"
	"path/filepath"
)

// snapshotOf saves a picture of what a phone shows, and says where it is.
func (w *Window) snapshotOf(s *seat, kind Shot) {
	id := s.id
	w.once(fmt.Sprintf("snapshot %d %s", kind, id), func() {
		saved, err := w.cfg.Snapshot(id, kind)
		w.inbox.post(w.key("saved"), func() { w.toasts.add(w.savedNotice(saved, kind, err)) })
	})
}

// savedNotice says where the pictures are, and opens them.
func (w *Window) savedNotice(saved Saved, kind Shot, err error) Notice {
	if err != nil {
		return Notice{
			Kind: Failure,
			Text: L("The screenshot was not saved: {{.Why}}",
				map[string]any{"Why": plain(err.Error(), maxReason)}),
		}
	}
	path := saved.Annotated
	if path == "" {
		path = saved.Clean
	}
	folder := saved.Folder
	if folder == "" {
		folder = filepath.Dir(path)
	}
	words := map[string]any{"Folder": folder, "Count": saved.Count}
	text := L("Screenshot saved to {{.Folder}}", words)
	switch kind {
	case BurstShot:
		text = L("{{.Count}} screenshots saved to {{.Folder}}", words)
	case DatasetShot:
		text = L("The data set has {{.Count}} pictures: {{.Folder}}", words)
	}
	return Notice{Kind: Success, Text: text, Picture: path, ActionLabel: L("Open"), Action: func() {
		w.openFile(path)
	}}
}

// filmNotice says where a film is, and plays it.
func (w *Window) filmNotice(path string) Notice {
	return Notice{
		Kind: Success, Text: L("Film saved to {{.Path}}", map[string]any{"Path": path}),
		ActionLabel: L("Play"), Action: func() { w.openFile(path) },
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
