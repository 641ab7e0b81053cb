package desktop

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/inference/detector"
	"handlens/inference/testmodel"
	"handlens/models"
)

// TestDetectorManagerProvesWhatItLoads loads a model, has it proved, and listens only to the model
// that is in use.
func TestDetectorManagerProvesWhatItLoads(t *testing.T) {
	dir := t.TempDir()
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "patches.onnx")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := models.Open(filepath.Join(dir, "models"))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var told []modelState
	b := newTestDetectors(t, store, func(st modelState) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, st)
	})
	b.options.TuneCache = cli.TuneCacheFile(dir)
	b.load(file)
	b.wait()
	st := b.now()
	if st.State != session.ModelReady || !strings.HasPrefix(st.Info.Why, st.Info.Provider+": ") {
		t.Fatalf("it is %+v", st)
	}
	if kept, err := os.ReadFile(cli.TuneCacheFile(dir)); err != nil ||
		!strings.Contains(string(kept), `"threads"`) {
		t.Errorf("remembered is %s, %v", kept, err)
	}
	mu.Lock()
	before := len(told)
	mu.Unlock()
	failed := st.Info
	failed.Provider, failed.Why = "CPU", "CPU: WebGPU failed while it ran (the device is lost)"
	(&generation{manager: b}).changed(detector.Info{Provider: "an older model's"})
	b.latest.changed(failed)
	got := b.now()
	if len(told) != before+1 || got.Info.Why != failed.Why || got.State != session.ModelReady ||
		len(got.Choices) == 0 {
		t.Errorf("%d were told after it failed, and it is %+v", len(told)-before, got)
	}
}

// TestDoubtsAreTold loads a model whose scores are misread: that is found out while it is at work
// already, and told in the events, on the terminal and in the window.
func TestDoubtsAreTold(t *testing.T) {
	dir := t.TempDir()
	data, err := testmodel.Build("detr", 320)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "patches.onnx")
	for path, content := range map[string][]byte{
		file: data, filepath.Join(dir, "patches.json"): []byte(`{"layout": {"scores": "plain"}}`),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store, err := models.Open(filepath.Join(dir, "models"))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var first, last modelState
	b := newTestDetectors(t, store, func(st modelState) {
		mu.Lock()
		defer mu.Unlock()
		if first.State != session.ModelReady {
			first = st
		}
		last = st
	})
	b.options.Checks = cli.ChecksFile(dir)
	b.load(file)
	b.wait()
	const odd = "scores end at 1"
	if len(first.Info.Warnings) != 0 || len(last.Info.Warnings) != 1 ||
		!strings.Contains(last.Info.Warnings[0], odd) {
		t.Fatalf("first it warns %q, and last %q", first.Info.Warnings, last.Info.Warnings)
	}
	if _, err := os.Stat(cli.ChecksFile(dir)); err != nil {
		t.Error(err)
	}
	wantsDoubt(t, last, odd)
}

// wantsDoubt has the state told to the window, the terminal and in the events.
func wantsDoubt(t *testing.T, last modelState, odd string) {
	t.Helper()
	if m := modelView(last); len(m.Warnings) != 1 || m.Warnings[0] != last.Info.Warnings[0] {
		t.Errorf("the window gets %q", m.Warnings)
	}
	var said, written bytes.Buffer
	terminal := openTerminal(&said)
	c := &console{lines: terminal}
	c.Model(last)
	c.Model(last) // another provider has taken over
	e, err := openEvents("-", &written, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.Model(last)
	if err := errors.Join(terminal.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	if strings.Count(said.String(), odd) != 1 {
		t.Errorf("the terminal says %q", said.String())
	}
	if !strings.Contains(written.String(), `"warnings":["on a drawn picture`) {
		t.Errorf("the events are %s", written.String())
	}
}

// TestWhatIsAddedIsLookedAt drops what is no model.
func TestWhatIsAddedIsLookedAt(t *testing.T) {
	dir := t.TempDir()
	store, err := models.Open(filepath.Join(dir, "models"))
	if err != nil {
		t.Fatal(err)
	}
	b := newTestDetectors(t, store, func(modelState) {})
	if _, err := b.add(filepath.Join(dir, "none.onnx")); !errors.Is(err, fs.ErrNotExist) ||
		!strings.Contains(err.Error(), "there is no model file") {
		t.Errorf("of no file it says %v", err)
	}
	pt := filepath.Join(dir, "best.pt")
	if err := os.WriteFile(pt, []byte("\x80\x02}q"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.add(pt); !errors.Is(err, models.ErrNotONNX) ||
		!strings.Contains(err.Error(), "PyTorch") {
		t.Errorf("of a checkpoint it says %v", err)
	}
}

// TestDetectorManagerHasTheStarterStandIn chooses models that cannot be had: the starter does their
// work, and the reason is told.
func TestDetectorManagerHasTheStarterStandIn(t *testing.T) {
	dir := t.TempDir()
	store, err := models.Open(filepath.Join(dir, "models"))
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "starter.onnx") // whose name is not to be mistaken for the starter
	if err := os.WriteFile(broken, []byte("no model at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newTestDetectors(t, store, func(modelState) {})
	for name, reason := range map[string]string{
		store.Recommended().Name:        "is not installed",
		broken:                          "starter.onnx",
		filepath.Join(dir, "none.onnx"): "there is no model file",
		"nobody":                        "The model starter is at work, since no model is called",
	} {
		b.load(name)
		b.wait()
		if st := b.now(); st.State != session.ModelReady || !st.BuiltIn ||
			!strings.Contains(st.text(), reason) {
			t.Errorf("of %s it is known: %+v", name, st)
		}
	}
	b.load("")
	b.wait()
	if st := b.now(); st.State != session.ModelReady || !st.BuiltIn || st.Err != nil {
		t.Errorf("where nothing was chosen it is %+v", st)
	}
	b.options.Classes = []string{"unicorn"}
	b.load("")
	b.wait()
	if st := b.now(); st.State != session.ModelFailed || !strings.Contains(st.text(), "unicorn") {
		t.Errorf("with a class that nothing here knows it is %+v", st)
	}
}

// newTestDetectors has a detectorManager with a worker that runs as long as the test.
func newTestDetectors(t *testing.T, store *models.Store,
	changed func(modelState),
) *detectorManager {
	t.Helper()
	b := &detectorManager{
		ctx: t.Context(), store: store, worker: session.NewWorker(),
		options: detector.Options{Provider: "auto"}, changed: changed,
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { b.worker.Run(ctx) }) // it closes the detector at its end
	t.Cleanup(func() {
		stop()
		b.wait()
		running.Wait()
	})
	return b
}
