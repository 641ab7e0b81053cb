package detector

import (
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSmallestAndStrangePictures(t *testing.T) {
	for _, layout := range slices.Concat(testmodel.Layouts, testmodel.Families) {
		d := openTestModel(t, layout, 64, Options{})
		for _, size := range [][2]int{{1, 1}, {2, 1}, {1, 3000}, {3000, 1}, {5, 7}} {
			dets, _, err := d.Detect(paint(t, size[0], size[1], media.I420), nil)
			if err != nil || len(dets) != 0 {
				t.Errorf("%s, %v of grey: %v, %v", layout, size, dets, err)
			}
		}
		// One red pixel is the whole frame.
		f := paint(t, 1, 1, media.I420, patch{0, image.Rect(0, 0, 1, 1)})
		dets, _, err := d.Detect(f, nil)
		if err != nil || len(dets) != 1 || dets[0].Label != "red" ||
			dets[0].Box != (inference.Box{X2: 1, Y2: 1}) {
			t.Errorf("%s: a red pixel gives %+v, %v", layout, dets, err)
		}
		bad := paint(t, 20, 20, media.I420)
		bad.Plane[1] = bad.Plane[1][:50]
		if _, _, err := d.Detect(bad, nil); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: a picture without its end gives %v", layout, err)
		}
		if _, _, err := d.Detect(&media.Frame{}, nil); err == nil {
			t.Errorf("%s: an empty frame was accepted", layout)
		}
	}
}

func TestPictureSizeMayChange(t *testing.T) {
	d := openTestModel(t, "yolov8", 416, Options{})
	for _, size := range [][2]int{{640, 360}, {360, 640}, {640, 360}, {1280, 720}} {
		w, h := size[0], size[1]
		want := patch{2, even(w, h, .2, .3, .7, .8)}
		got, _, err := d.Detect(paint(t, w, h, media.I420, want), nil)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, d, w, h, got, []patch{want})
	}
}

func TestThresholdsAndClasses(t *testing.T) {
	d := openTestModel(t, "yolox", 64, Options{Classes: []string{"Red", "blue"}})
	f := paint(t, 64, 64, media.I420, patch{0, image.Rect(4, 4, 20, 20)},
		patch{1, image.Rect(30, 4, 50, 20)}, patch{2, image.Rect(4, 30, 50, 60)})
	count := func() string {
		t.Helper()
		dets, _, err := d.Detect(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range dets {
			names = append(names, x.Label)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	if got := count(); got != "blue red" {
		t.Errorf("found %q", got)
	}
	err := d.SetClasses([]string{"red", "gren"})
	if !errors.Is(err, ErrUnknownClass) || !strings.Contains(err.Error(), `"gren"`) ||
		!strings.Contains(err.Error(), "green") {
		t.Errorf("an unknown class gives %v", err)
	}
	if got := count(); got != "blue red" {
		t.Errorf("after a refused change: %q", got)
	}
	if err := d.SetClasses(nil); err != nil || count() != "blue green red" {
		t.Errorf("all classes: %q, %v", count(), err)
	}
	d.SetConfidence(.99)
	if got := count(); got != "" {
		t.Errorf("above the score: %q", got)
	}
	for set, want := range map[float32]float32{-1: minConfidence, 5: 1, .5: .5} {
		if d.SetConfidence(set); d.Confidence() != want {
			t.Errorf("%v became %v", set, d.Confidence())
		}
	}
	d.SetConfidence(float32(math.NaN()))
	if c := d.Confidence(); !(c > 0 && c <= 1) {
		t.Errorf("not a number became %v", c)
	}
}

func TestDetectAppends(t *testing.T) {
	d := openTestModel(t, "end2end", 64, Options{})
	f := paint(t, 64, 64, media.RGBA, patch{1, image.Rect(10, 10, 30, 30)})
	got, _, err := d.Detect(f, []inference.Detection{{Label: "before"}})
	if err != nil || len(got) != 2 || got[0].Label != "before" || got[1].Label != "green" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := d.BareRun(); err != nil {
		t.Error(err)
	}
	dst := make([]inference.Detection, 0, 8)
	if n := testing.AllocsPerRun(20, func() {
		if _, _, err := d.Detect(f, dst); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations for a picture", n)
	}
}

func TestBadOptions(t *testing.T) {
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]Options{
		"confidence": {Confidence: 1.5}, "overlap": {IoU: -1}, "abacus": {Provider: "abacus"},
		"perzon": {Classes: []string{"perzon"}},
		"NaN":    {Confidence: float32(math.NaN())}, "threads": {Threads: 100000},
	} {
		if _, err := OpenBytes("m.onnx", data, o); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v", o, err)
		}
	}
}

// TestSeveralGoroutines detects, changes settings and closes from several goroutines at once.
func TestSeveralGoroutines(t *testing.T) {
	d := openTestModel(t, "deim", 64, Options{Threads: 1})
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			f := paint(t, 40+i, 50, media.I420, patch{0, image.Rect(4, 4, 20, 20)})
			for range 20 {
				dets, _, err := d.Detect(f, nil)
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil || len(dets) > 1 {
					t.Errorf("found %+v, %v", dets, err)
				}
				d.SetConfidence(.3 + float32(i)/10)
				if err := d.SetClasses([]string{"red"}); err != nil {
					t.Error(err)
				}
				_ = d.Info()
			}
		})
	}
	wait.Go(d.Close)
	wait.Wait()
	d.Close()
	if _, _, err := d.Detect(paint(t, 10, 10, media.I420), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed detector says %v", err)
	}
	if err := d.BareRun(); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed detector says %v", err)
	}
}

func TestOpenFile(t *testing.T) {
	data, err := testmodel.Build("yolov8", 96)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "patches ü.v1.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got := d.Info(); got.Name != "patches ü.v1" || got.Family != "YOLOv8" ||
		got.Provider != "CPU" || got.InputHeight != 96 {
		t.Errorf("the info is %+v", got)
	}
	if _, err := Open(path+".none", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
}

func tryDamaged(t *testing.T, data []byte, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	bad := slices.Clone(data)
	for range 1 + seed%4 {
		bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
	}
	if seed%3 == 0 {
		bad = bad[:r.IntN(len(bad)-1)+1]
	}
	openDamaged(t, bad)
}

// openDamaged opens what may not be a model. The result must be an error in one line, or work.
func openDamaged(t *testing.T, data []byte) {
	t.Helper()
	d, err := OpenBytes("damaged.onnx", data, Options{Threads: 1})
	if err != nil {
		if s := err.Error(); strings.ContainsAny(s, "\n\x00") || len(s) > 700 ||
			!strings.Contains(s, "damaged.onnx") {
			t.Errorf("not a sentence: %q", s)
		}
		return
	}
	defer d.Close()
	f, err := new(media.Pool).Get(32, 24, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	dets, _, err := d.Detect(f, nil)
	if err != nil {
		return
	}
	for _, x := range dets {
		if !(x.Box.X1 >= 0 && x.Box.Y1 >= 0 && x.Box.X2 <= 1 && x.Box.Y2 <= 1 &&
			x.Box.X1 < x.Box.X2 && x.Box.Y1 < x.Box.Y2) {
			t.Errorf("box %+v", x.Box)
		}
	}
}

func TestDamagedModels(t *testing.T) {
	for _, layout := range slices.Concat(testmodel.Layouts, testmodel.Families) {
		data, err := testmodel.Build(layout, 32)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(120) {
			tryDamaged(t, data, seed)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, layout := range testmodel.Layouts {
		data, err := testmodel.Build(layout, 32)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) { openDamaged(t, data) })
}
