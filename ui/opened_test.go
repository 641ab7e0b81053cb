package ui

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/models/sniff"
	"handlens/ui/kit/kittest"
)

// offerSays is what the question about a model says of it.
func offerSays(w *Window) string {
	return w.offer.said.Label.Text + "\n" + w.offer.said.Detail.Segment.Text
}

// checkByName knows models by the names of their files.
func checkByName(file string) (Model, error) {
	switch filepath.Base(file) {
	case "good.onnx":
		return Model{Family: "YOLOv8", Labels: []string{"nut", "bolt"}}, nil
	case "odd.onnx":
		return Model{
			Family: "YOLOX", Labels: []string{"nut"}, Warnings: []string{"no names"},
		}, nil
	}
	return Model{}, &sniff.Refusal{Code: sniff.Empty}
}

// TestOpenedModel opens models with the program: what they are is said before they are added, and
// one that cannot be used cannot be added.
func TestOpenedModel(t *testing.T) {
	var mu sync.Mutex
	var added []string
	path := func(name string) string { return filepath.Join(string(filepath.Separator), "m", name) }
	w, l := open(t, Config{
		Settings: DefaultSettings(), CheckModel: checkByName,
		AddModel: func(file string) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			added = append(added, filepath.Base(file))
			return "good", nil
		},
	})
	offer := func(name, want string) {
		t.Helper()
		w.OfferModel(path(name))
		l.Until(t, "the question about "+name, func() bool {
			return w.offer != nil && w.offer.path == path(name) &&
				strings.Contains(offerSays(w), want)
		})
		if w.modals.Len() != 1 {
			t.Fatalf("%d questions stand", w.modals.Len())
		}
	}
	offer("best.pt", "the file is empty")
	if add := findButton(w.offer.modal.Object(), "Add and use"); !add.Disabled() {
		t.Error("a file that cannot be used can be added")
	}
	offer("odd.onnx", "What it shows may be wrong. no names")
	test.Tap(findButton(w.offer.modal.Object(), "Cancel"))
	if w.offer != nil || w.modals.Len() != 0 {
		t.Fatal("the question stands after No")
	}
	offer("good.onnx", "Finds nut, bolt.")
	test.Tap(findButton(w.offer.modal.Object(), "Add and use"))
	l.Until(t, "the model is chosen", func() bool { return w.settings.Model == "good" })
	mu.Lock()
	defer mu.Unlock()
	if !slices.Equal(added, []string{"good.onnx"}) {
		t.Errorf("added is %q", added)
	}
}

// A window that cannot add models asks about none.
func TestNobodyAddsModels(t *testing.T) {
	w, l := open(t, Config{Settings: DefaultSettings()})
	w.OfferModel("/m.onnx")
	l.Turn()
	if w.offer != nil || w.modals.Len() != 0 {
		t.Error("it asks about a model")
	}
}

// TestCrashIsTold tells of the report; where no file manager shows it, it is opened.
func TestCrashIsTold(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	w, l := open(t, Config{Settings: DefaultSettings()})
	w.Crashed(filepath.Join(t.TempDir(), "2026-11-29 04.15.07 7.txt"))
	l.Until(t, "the notice", func() bool { return len(w.toasts.live) == 1 })
	said, ok := kittest.Find(w.toasts.live[0].object, func(l *widget.Label) bool {
		return strings.Contains(l.Text, "crashed the last time")
	})
	if !ok || findButton(w.toasts.live[0].object, "Show the file") == nil {
		t.Errorf("it says %v", said)
	}
}
