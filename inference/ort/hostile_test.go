package ort

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"handlens/inference/testmodel"
	"handlens/models/sniff"
)

// TestHostileModels has each fail in one sentence, twice, and wants the memory back.
func TestHostileModels(t *testing.T) {
	for _, kind := range testmodel.Hostiles {
		t.Run(kind, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hostile.onnx")
			megabytes := 200
			if kind == "external" {
				megabytes = 1
			}
			if err := os.WriteFile(path, testmodel.Hostile(kind, megabytes), 0o600); err != nil {
				t.Fatal(err)
			}
			tryHostile(t, path)
			before := residentMB(t)
			tryHostile(t, path)
			if after := residentMB(t); after > before+100 {
				t.Errorf("another failure took %d MB", after-before)
			}
		})
	}
}

// TestExternalWeights finds the file beside the model too short, and then long enough.
func TestExternalWeights(t *testing.T) {
	dir := t.TempDir()
	path, weights := filepath.Join(dir, "external.onnx"), filepath.Join(dir, "weights.bin")
	if err := os.WriteFile(path, testmodel.Hostile("external", 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(weights, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	tryHostile(t, path)
	if err := os.WriteFile(weights, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Allocate([]int64{1, 3, 32, 32}); err != nil {
		t.Fatal(err)
	}
}

// TestNewerThanTheEngine names both versions, and the operators that are not the engine's.
func TestNewerThanTheEngine(t *testing.T) {
	open := func(data []byte) *sniff.Refusal {
		t.Helper()
		_, err := OpenBytes("newer.onnx", data, Options{Threads: 1})
		checkSentence(t, err, "newer.onnx")
		r, ok := errors.AsType[*sniff.Refusal](err)
		if !ok || !errors.Is(err, ErrModel) || !errors.Is(err, sniff.ErrNotONNX) {
			t.Fatalf("the error is %v", err)
		}
		return r
	}
	variant := func(v testmodel.Variant) []byte {
		data, _, err := testmodel.BuildVariant("yolov8", 64, v)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if r := open(variant(testmodel.Variant{IR: 99})); r.Code != sniff.NewerIR || r.Got != 99 ||
		r.Most < 10 {
		t.Errorf("a newer format: %+v", r)
	}
	if r := open(variant(testmodel.Variant{Opset: 99})); r.Code != sniff.NewerOpset ||
		r.Got != 99 || r.Most < 20 || r.Domain != "ai.onnx" {
		t.Errorf("newer operators: %+v", r)
	}
	for kind, want := range map[string]sniff.Refusal{
		"plugin":  {Code: sniff.Plugin, Op: "EfficientNMS_TRT", Domain: "TRT"},
		"domain":  {Code: sniff.Operator, Op: "Weld", Domain: "com.example"},
		"unknown": {Code: sniff.Operator, Op: "Nonsense", Domain: "ai.onnx"},
		// In memory there is nothing beside a model.
		"external": {Code: sniff.DataMissing, File: "weights.bin"},
	} {
		if r := open(testmodel.Hostile(kind, 1)); *r != want {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}

func tryHostile(t *testing.T, path string) {
	t.Helper()
	s, err := Open(path, Options{Threads: 1})
	if err == nil {
		err = s.Allocate([]int64{1, 3, 32, 32})
		s.Close()
	}
	checkSentence(t, err, filepath.Base(path))
	t.Log(err)
}

// residentMB is how much memory of this process lies in the machine's; 0 where the system does not
// tell.
func residentMB(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	if runtime.GOOS != "linux" {
		return 0
	}
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	fields := bytes.Fields(data)
	pages, err := strconv.Atoi(strings.TrimSpace(string(fields[1])))
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize() >> 20
}
