package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"handlens/app/session"
	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/models"
)

// TestBrainProvesWhatItLoads loads a model, has it proved, and listens only to the model that is in use.
func TestBrainProvesWhatItLoads(t *testing.T) {
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
	b := &brain{
		ctx: t.Context(), store: store, worker: session.NewWorker(),
		options: inference.Options{Provider: "auto", Verdicts: verdictFile(dir)},
		changed: func(st modelState) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, st)
		},
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.worker.Run(ctx) }) // it closes the detector at its end
	defer running.Wait()
	defer stop()
	b.load(file)
	b.wait()
	st := b.now()
	if st.State != "ready" || !strings.HasPrefix(st.Info.Why, st.Info.Provider+": ") {
		t.Fatalf("it is %+v", st)
	}
	if kept, err := os.ReadFile(verdictFile(dir)); err != nil || !strings.Contains(string(kept), `"threads"`) {
		t.Errorf("remembered is %s, %v", kept, err)
	}
	mu.Lock()
	before := len(told)
	mu.Unlock()
	failed := st.Info
	failed.Provider, failed.Why = "CPU", "CPU: WebGPU failed while it ran (the device is lost)"
	(&proof{b}).changed(inference.Info{Provider: "an older model's"})
	b.latest.changed(failed)
	if got := b.now(); len(told) != before+1 || got.Info.Why != failed.Why || got.State != "ready" {
		t.Errorf("%d were told after it failed, and it is %+v", len(told)-before, got)
	}
}
