package ui

import (
	"fmt"
	"path/filepath"

	"handlens/ui/kit"
)

// snapshotOf saves a picture of what a phone shows, and says where it is.
func (w *Window) snapshotOf(s *phoneView, kind Shot) {
	w.tasks.Once(fmt.Sprintf("snapshot %d %s", kind, s.id), func() {
		saved, err := s.phone.Snapshot(kind)
		w.queue.Post(w.tasks.Key("saved"), func() { w.toasts.add(w.savedNotice(saved, kind, err)) })
	})
}

// savedNotice says where the pictures are, and opens them.
func (w *Window) savedNotice(saved Saved, kind Shot, err error) kit.Notice {
	if err != nil {
		return kit.Notice{
			Kind: kit.Failure,
			Text: kit.L("The screenshot was not saved: {{.Why}}",
				map[string]any{"Why": whyWords(err)}),
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
	words := map[string]any{"Folder": folder}
	text := kit.L("Screenshot saved to {{.Folder}}", words)
	switch kind {
	case BurstShot:
		text = kit.N("Screenshot saved to {{.Folder}}",
			"{{.Count}} screenshots saved to {{.Folder}}", saved.Count, words)
	case DatasetShot:
		text = kit.N("The data set has 1 picture: {{.Folder}}",
			"The data set has {{.Count}} pictures: {{.Folder}}", saved.Count, words)
	}
	return kit.Notice{
		Kind: kit.Success, Text: text, Picture: path, ActionLabel: kit.L("Open"),
		Action: func() {
			w.openFile(path)
		},
	}
}

// recordingNotice says where a recording is, and plays it.
func (w *Window) recordingNotice(path string) kit.Notice {
	return kit.Notice{
		Kind:        kit.Success,
		Text:        kit.L("Recording saved to {{.Path}}", map[string]any{"Path": path}),
		ActionLabel: kit.L("Play"), Action: func() { w.openFile(path) },
	}
}

// disconnect disconnects the only phone in view.
func (w *Window) disconnect() {
	chosen := w.live.chosen()
	if len(chosen) != 1 {
		return
	}
	w.tasks.Go(chosen[0].phone.Disconnect)
}
