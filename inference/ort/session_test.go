package ort

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

func build(t testing.TB, layout string, size int) []byte {
	t.Helper()
	data, err := testmodel.Build(layout, size)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDescribe(t *testing.T) {
	s, err := OpenBytes("deim.onnx", build(t, "deim", 64), Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	in, out := s.Inputs(), s.Outputs()
	if len(in) != 2 || in[0].Name != "images" || in[0].Type != Float32 ||
		!slices.Equal(in[0].Shape, []int64{1, 3, 64, 64}) ||
		in[1].Type != Int64 || !slices.Equal(in[1].Shape, []int64{1, 2}) {
		t.Errorf("inputs are %+v", in)
	}
	if len(out) != 3 || out[0].Name != "labels" || out[0].Type != Int64 ||
		!slices.Equal(out[1].Shape, []int64{1, 300, 4}) {
		t.Errorf("outputs are %+v", out)
	}
	m := s.Metadata()
	if m["names"] != "{0: 'red', 1: 'green', 2: 'blue'}" || m["license"] != "Apache-2.0" {
		t.Errorf("metadata is %v", m)
	}
	if s.Threads() != 1 || s.Provider() != "CPU" {
		t.Errorf("%d threads on %s", s.Threads(), s.Provider())
	}
}

func TestRunKeepsItsTensorsAndAllocatesNothing(t *testing.T) {
	s, err := OpenBytes("yolov8.onnx", build(t, "yolov8", 64), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Allocate([]int64{1, 3, 64, 64}); err != nil {
		t.Fatal(err)
	}
	in, out := s.Input(0), s.Output(0)
	if !slices.Equal(out.Shape, []int64{1, 7, 84}) {
		t.Fatalf("the output's shape is %v", out.Shape)
	}
	// A red patch at columns 16 to 31, rows 32 to 39.
	for y := 32; y < 40; y++ {
		for x := 16; x < 32; x++ {
			in.Float32[y*64+x] = 1
		}
	}
	if n := testing.AllocsPerRun(10, func() {
		if err := s.Run(); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations in a run", n)
	}
	if s.Output(0) != out {
		t.Error("the output tensor was allocated again")
	}
	got := []float32{}
	for row := range 5 {
		got = append(got, out.Float32[row*84])
	}
	if !slices.Equal(got, []float32{24, 36, 16, 8, testmodel.Score}) {
		t.Errorf("the first column is %v", got)
	}
}

func TestAllocateAgainAndClose(t *testing.T) {
	s, err := OpenBytes("end2end.onnx", build(t, "end2end", 64), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Allocate([]int64{1, 3, 64, 64}); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range [][]int64{
		{1, 3, 32, 64},
		{1, 3, 0, 64},
		{1, 3, -1, 64},
		{1, 3, 1 << 20, 1 << 20},
		{},
	} {
		if err := s.Allocate(bad); err == nil {
			t.Errorf("the shape %v was accepted", bad)
		}
	}
	if err := s.Run(); err == nil {
		t.Error("a session without tensors ran")
	}
	s.Close()
	s.Close()
	if err := s.Run(); err == nil {
		t.Error("a closed session ran")
	}
	if err := s.Allocate([]int64{1, 3, 64, 64}); err == nil {
		t.Error("a closed session took tensors")
	}
}

func TestBadOptions(t *testing.T) {
	data := build(t, "yolox", 64)
	if _, err := OpenBytes("x", data, Options{Provider: "abacus"}); !errors.Is(err, ErrProvider) ||
		!strings.Contains(err.Error(), "abacus") {
		t.Errorf("got %v", err)
	}
	if _, err := OpenBytes("x", data, Options{Threads: -1}); err == nil {
		t.Error("-1 threads were accepted")
	}
}

func TestWhatIsNoModel(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ content, want string }{
		"empty.onnx":   {"", "empty"},
		"pointer.onnx": {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4116144\n", "Git LFS"},
		"page.onnx":    {"<!DOCTYPE html><html></html>", "web page"},
		"text.onnx":    {"hello, I am a model", "its format is TXT"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path, Options{})
		checkSentence(t, err, name)
		if err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q does not say %q", name, err, c.want)
		}
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrModel) {
		t.Errorf("a folder gives %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none.onnx"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
}

// checkSentence wants one short line that names the file.
func checkSentence(t *testing.T, err error, file string) {
	t.Helper()
	if !errors.Is(err, ErrModel) {
		t.Errorf("%s: got %v", file, err)
		return
	}
	s := err.Error()
	if !strings.Contains(s, file) || strings.Contains(s, "\n") || len(s) > 300 ||
		strings.Contains(s, ".cc:") || strings.Contains(s, "onnxruntime::") {
		t.Errorf("not a sentence: %q", s)
	}
}

// TestDamagedModels cuts and flips a real file: each must be an error or a model that still runs,
// and never the end of the process.
func TestDamagedModels(t *testing.T) {
	for _, layout := range testmodel.Layouts {
		data := build(t, layout, 32)
		for cut := 1; cut < len(data); cut += 61 {
			tryDamaged(t, data[:cut])
		}
		for seed := range uint64(150) {
			r := rand.New(rand.NewPCG(seed, 7))
			bad := slices.Clone(data)
			for range 1 + seed%8 {
				bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
			}
			tryDamaged(t, bad)
		}
	}
}

func tryDamaged(t *testing.T, data []byte) {
	t.Helper()
	s, err := OpenBytes("damaged.onnx", data, Options{Threads: 1})
	if err != nil {
		checkSentence(t, err, "damaged.onnx")
		return
	}
	defer s.Close()
	var shapes [][]int64
	for _, in := range s.Inputs() {
		shape := slices.Clone(in.Shape)
		for i := range shape {
			shape[i] = min(max(shape[i], 1), 64)
		}
		shapes = append(shapes, shape)
	}
	if err := s.Allocate(shapes...); err != nil {
		checkSentence(t, err, "damaged.onnx")
		return
	}
	if err := s.Run(); err != nil {
		checkSentence(t, err, "damaged.onnx")
	}
}
