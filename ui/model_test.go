package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/models/sniff"
	"handlens/ui/kit/kittest"
)

// download is a Config.GetModel that ends when it is told to.
type download struct {
	asked  chan string
	finish chan error
}

func newDownload() *download {
	return &download{asked: make(chan string, 1), finish: make(chan error)}
}

func (d *download) get(ctx context.Context, name string, progress func(done, total int64)) error {
	d.asked <- name
	for i := range int64(1000) {
		progress(i, 1000)
	}
	select {
	case err := <-d.finish:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestModelIsDownloadedOnTheUsersWord(t *testing.T) {
	d := newDownload()
	w, l := open(t, Config{GetModel: d.get})
	w.SetModel(Model{
		State: Failed, Err: errors.New("the engine is not here"),
		Offers: []Offer{{
			Name: "tiny", Title: "Tiny", License: "Apache-2.0", Size: 4_100_000,
			MAP: 31,
		}},
	})
	l.Turn()
	view := w.model.views[0]
	get := findButton(view.object, "Download")
	if get == nil {
		t.Fatal("the offer has no button")
	}
	if len(d.asked) != 0 {
		t.Fatal("a download began by itself")
	}
	test.Tap(get)
	if name := <-d.asked; name != "tiny" {
		t.Errorf("%s is downloaded", name)
	}
	l.Until(t, "the progress is shown", func() bool {
		return w.model.done == 999 && w.model.total == 1000
	})
	d.finish <- errors.New("the server closed the connection")
	l.Until(t, "the download ended", func() bool { return w.model.getting == "" })
	if !strings.Contains(w.model.problem, "the server closed the connection") {
		t.Errorf("the problem is %q", w.model.problem)
	}
	test.Tap(findButton(view.object, "Download"))
	<-d.asked
	l.Until(t, "it can be cancelled", func() bool { return view.getting.Visible() })
	test.Tap(view.stop)
	l.Until(t, "the download was cancelled", func() bool { return w.model.getting == "" })
	if w.model.problem != "" {
		t.Errorf("cancelling is called a problem: %s", w.model.problem)
	}
}

// TestBuiltInDetectorOffersBetter wants the card to say what the built-in detector finds and to
// offer others, with less emphasis than where there is none, and to say why one was not to be had.
func TestBuiltInDetectorOffersBetter(t *testing.T) {
	d := newDownload()
	w, l := open(t, Config{
		Settings: DefaultSettings(), Models: starterAndLarge, GetModel: d.get,
	})
	w.SetModel(Model{
		State: Ready, BuiltIn: true, Name: "starter", Provider: "CPU",
		Labels: strings.Fields("person car bus cat dog cup bike tree hat sock"),
	})
	l.Until(t, "the offers are known", func() bool { return len(w.model.choices) == 2 })
	view := w.model.views[0]
	if got := view.state.Detail.Segment.Text; got != "Finds person, car, bus, cat, dog, cup, "+
		"bike, tree and 2 more. These find more, and more surely:" {
		t.Errorf("the card says %q", got)
	}
	get := findButton(view.object, "Download")
	if get == nil || get.Importance != widget.MediumImportance ||
		w.live.sidebar.model.more.Text != "Get a better detector…" {
		t.Fatalf("the offer's button is %+v", get)
	}
	w.SetModel(Model{
		State: Ready, BuiltIn: true, Name: "starter",
		Err: errors.New("the model large is not installed"),
	})
	l.Until(t, "the reason is known", func() bool { return w.model.model.Err != nil })
	for _, v := range w.model.views {
		if got := v.state.Label.Text + v.state.Detail.Segment.Text; !strings.Contains(got,
			"large is not installed") {
			t.Errorf("of why the starter is at work a view says %q", got)
		}
	}
	test.Tap(findButton(view.object, "Download"))
	d.finish <- errors.New("no network leads to the server")
	l.Until(t, "the download ended", func() bool { return w.model.getting == "" })
	if got := view.state.Detail.Segment.Text; !strings.Contains(got,
		"no network leads to the server") {
		t.Errorf("after the failure the card says %q", got)
	}
	w.SetModel(Model{State: Ready, Name: "large", Provider: "CPU"})
	l.Until(t, "the other is known", func() bool { return w.model.model.Name == "large" })
	if findButton(view.object, "Download") != nil {
		t.Error("beside a detector of the user's choice the card offers others")
	}
}

// starterAndLarge is the built-in detector and one that can be had.
func starterAndLarge() []ModelChoice {
	return []ModelChoice{
		{Offer: Offer{Name: "large", Title: "Large", License: "MIT", Size: 4_100_000, MAP: 31}},
		{Offer: Offer{Name: "starter", Title: "Handlens starter"}, Installed: true},
	}
}

// TestModalSaysWhy wants the modal of detectors to say what runs the detector and why.
func TestModalSaysWhy(t *testing.T) {
	w, l := open(t, Config{Settings: DefaultSettings()})
	w.SetModel(Model{
		State: Ready, Name: "tiny", Provider: "CPU",
		Why: "CPU: WebGPU gave other answers",
	})
	l.Until(t, "the model is known", func() bool { return w.model.known })
	w.model.newView(viewModal)
	v := w.model.views[len(w.model.views)-1]
	if got := v.state.Detail.Segment.Text; !strings.Contains(got,
		"CPU: WebGPU gave other answers") {
		t.Errorf("the modal says %q", got)
	}
}

// twoInstalled is a choice of two models, and one more to be had.
func twoInstalled() []ModelChoice {
	return []ModelChoice{
		{Offer: Offer{Name: "tiny", Title: "Tiny"}, Installed: true},
		{Offer: Offer{Name: "large", Title: "Large"}, Installed: true},
		{Offer: Offer{Name: "huge", Title: "Huge", Size: 1e9, License: "MIT"}},
	}
}

func TestDetectorIsChosen(t *testing.T) {
	var s told
	w, l := open(t, Config{
		Settings: DefaultSettings(), Changed: s.changed, Models: twoInstalled,
	})
	w.SetModel(Model{
		State: Ready, Name: "tiny", License: "Apache-2.0", Provider: "CPU",
		Providers: []string{"auto", "cpu", "webgpu"},
	})
	join(t, w, l, 1)
	m := w.live.sidebar.model
	l.Until(t, "the choice is there", func() bool {
		return slices.Equal(m.model.Options, []string{"Tiny", "Large"})
	})
	if m.model.Selected != "Tiny" || m.provider.Selected != "Automatic" || s.times != 0 {
		t.Errorf("at first %q on %q is chosen, and %d changes were told", m.model.Selected,
			m.provider.Selected, s.times)
	}
	m.model.SetSelectedIndex(1)
	m.provider.SetSelectedIndex(2)
	if s.last.Model != "large" || s.last.Provider != "webgpu" {
		t.Errorf("chosen are %q on %q", s.last.Model, s.last.Provider)
	}
}

func TestDetectorIsAdded(t *testing.T) {
	var s told
	added := make(chan string, 1)
	w, l := open(t, Config{
		Settings: DefaultSettings(), Changed: s.changed, Models: twoInstalled,
		AddModel: func(path string) (string, error) {
			added <- path
			switch filepath.Base(path) {
			case "bad.onnx":
				return "", errors.New("it has no output of boxes")
			case "best.pt":
				return "", fmt.Errorf("model best.pt: %w", &sniff.Refusal{
					Code: sniff.OtherModel, Format: "PyTorch", Command: "yolo export",
				})
			}
			return "mine", nil
		},
	})
	file := filepath.Join(t.TempDir(), "mine.onnx")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(file)})
	if got := <-added; got != file {
		t.Errorf("%s was added", got)
	}
	l.Until(t, "the new one is chosen", func() bool { return s.last.Model == "mine" })
	n := len(w.toasts.live)
	w.addModel("/somewhere/bad.onnx")
	<-added
	l.Until(t, "the refusal is said", func() bool { return len(w.toasts.live) == n+1 })
	w.addModel("/somewhere/best.pt") // the checker says what it is, whatever its name
	<-added
	l.Until(t, "the refusal is said", func() bool { return len(w.toasts.live) == n+2 })
	said := ""
	if label, ok := kittest.Find(w.toasts.live[n+1].object, func(l *widget.Label) bool {
		return strings.Contains(l.Text, "best.pt")
	}); ok {
		said = label.Text
	}
	if s.last.Model != "mine" || !strings.Contains(said, "best.pt was not added") ||
		!strings.Contains(said, "a model for PyTorch") || !strings.Contains(said, "yolo export") {
		t.Errorf("of a checkpoint it says %q", said)
	}
}

// TestDoubtsStandByTheName says by the name of a model in one line that something does not match in
// it, in the modal what, and neither of the next model.
func TestDoubtsStandByTheName(t *testing.T) {
	w, l := open(t, Config{})
	w.SetModel(Model{
		Name: "mine", State: Ready, Family: "YOLOv8",
		Warnings: []string{"the model has 2 names and 3 class scores", "it hums\x1b"},
	})
	l.Turn()
	name, colour, below := w.model.text()
	const want = "What it shows may be wrong."
	if name != "mine" || colour != theme.ColorNameWarning || below != want {
		t.Errorf("it shows %q in %s, and below %q", name, colour, below)
	}
	w.model.newView(viewModal)
	shown := make(map[modelViewKind]bool)
	for _, v := range w.model.views {
		detail := v.state.Detail.Segment.Text
		switch v.kind {
		case viewState:
			shown[v.kind] = v.state.Label.Text == want && detail == ""
		case viewModal:
			shown[v.kind] = strings.HasPrefix(detail,
				want+"\nthe model has 2 names and 3 class scores\nit hums")
		}
	}
	if !shown[viewState] || !shown[viewModal] {
		t.Errorf("the sidebar and the modal show it: %v", shown)
	}
	w.SetModel(Model{Name: "other", State: Ready, Family: "YOLOv8"})
	l.Turn()
	if _, colour, below := w.model.text(); colour != theme.ColorNameSuccess || below != "YOLOv8" {
		t.Errorf("of the next model it shows %q in %s", below, colour)
	}
}
