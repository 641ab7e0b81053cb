package detector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/inference/ort"
	"handlens/inference/testmodel"
)

func testDetector(t *testing.T, o Options) *Detector {
	t.Helper()
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	d, err := OpenBytes("patches.onnx", data, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestTuneRemembersItsResult(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sub", "providers.json")
	told := 0
	o := Options{Provider: "auto", TuneCache: file, Changed: func(Info) { told++ }}
	d := testDetector(t, o)
	before := d.Info()
	if info := before; info.Provider != "CPU" {
		t.Fatalf("before anything is measured, %s runs it", info.Provider)
	}
	if err := d.Tune(t.Context()); err != nil {
		t.Fatal(err)
	}
	info := d.Info()
	if !strings.HasPrefix(info.Why, info.Provider+": ") || (told == 1) != (info.Why != before.Why) {
		t.Errorf("%s: %q, told %d times", info.Provider, info.Why, told)
	}
	if n := d.Threads(); !slices.Contains(threadCounts(0), n) {
		t.Errorf("%d threads are none of %v", n, threadCounts(0))
	}
	if found, _, err := d.Detect(drawTestFrame(), nil); err != nil || len(found) != 3 {
		t.Errorf("afterwards the patches give %v, %v", found, err)
	}
	again := testDetector(t, o)
	if !again.tuner.cache.known() || again.Info().Why != info.Why ||
		again.Threads() != d.Threads() {
		t.Errorf("the second one says %q with %d threads, and not %q with %d", again.Info().Why,
			again.Threads(), info.Why, d.Threads())
	}
	if err := os.WriteFile(file, []byte("{\"a\": nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if testDetector(t, o).tuner.cache.known() {
		t.Error("a damaged file gave a result")
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("marks are left: %v", left)
	}
}

func TestTuneEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := testDetector(t, Options{Provider: "auto"})
	if err := d.Tune(ctx); !errors.Is(err, errStopped) {
		t.Errorf("got %v", err)
	}
	d.Close()
	if err := d.Tune(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed one gives %v", err)
	}
	began := time.Now()
	released := make(chan struct{})
	late := make(chan int, 1)
	_, err := inTime(t.Context(), time.Millisecond, func() (int, error) {
		<-released
		return 7, nil
	}, func(n int, _ error) { late <- n })
	if !errors.As(err, new(lateError)) || time.Since(began) > 5*time.Second {
		t.Errorf("a driver that hangs gives %v", err)
	}
	close(released)
	if n := <-late; n != 7 {
		t.Errorf("what came late was %d", n)
	}
}

func TestResultsThatMakeNoSense(t *testing.T) {
	f := tuneFile{filepath.Join(t.TempDir(), "v.json")}
	if err := os.WriteFile(f.path,
		[]byte(
			`{"a": {"provider": "abacus"}, "b": {"provider": "cpu", "threads": -3}, "c": {"provider": "cpu", "threads": 2}}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	if all := f.load(); len(all) != 1 || all["c"].Threads != 2 {
		t.Errorf("read %v", all)
	}
	for i := range maxTuneResults + 5 {
		if err := f.store(fmt.Sprint(i), &tuneResult{Provider: "cpu"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.load()); n != maxTuneResults {
		t.Errorf("%d results are kept", n)
	}
}

// TestCrashedProviderIsSkipped finds the mark of a process that ended in the middle of a trial.
func TestCrashedProviderIsSkipped(t *testing.T) {
	d := testDetector(t, Options{Provider: "auto", TuneCache: filepath.Join(t.TempDir(), "v.json")})
	release, err := d.tuner.marks.set("webgpu")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.tuner.marks.set("webgpu"); err == nil || errors.Is(err, errCrashed) {
		t.Errorf("while it runs: %v", err)
	}
	release()
	note := func(pid int, where string) {
		if err := os.WriteFile(d.tuner.marks.file("webgpu"),
			fmt.Appendf(nil, "%d\n%s\n", pid, where), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const nobody = 1<<31 - 2
	note(nobody, d.tuner.marks.where)
	if _, err := d.tuner.marks.set("webgpu"); !errors.Is(err, errCrashed) {
		t.Errorf("got %v", err)
	}
	note(nobody, "another machine")
	if release, err = d.tuner.marks.set("webgpu"); err != nil {
		t.Fatal(err)
	}
	release()
}

// TestFallBack makes the session fail as a lost device would: it refuses to run.
func TestFallBack(t *testing.T) {
	var told []Info
	d := testDetector(t,
		Options{
			Provider: "auto", TuneCache: filepath.Join(t.TempDir(), "v.json"),
			Changed: func(i Info) { told = append(told, i) },
		})
	want, _, err := d.Detect(drawTestFrame(), nil)
	if err != nil || len(want) != 3 {
		t.Fatalf("%v, %v", want, err)
	}
	broken, err := d.tuner.model.open(ort.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.Allocate([]int64{1, 3, 64, 64}); err != nil {
		t.Fatal(err)
	}
	if err := d.replace(broken,
		activeProvider{provider: "WebGPU", why: "WebGPU: a test"}); err != nil {
		t.Fatal(err)
	}
	if got, _, err := d.Detect(drawTestFrame(), nil); err != nil || !slices.Equal(got, want) {
		t.Fatalf("after the change: %v, %v", got, err)
	}
	d.execute = func(s engine) error {
		if s == broken {
			return errors.New("the device is lost")
		}
		return s.Run()
	}
	got, _, err := d.Detect(drawTestFrame(), nil)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("the same picture gives %v, %v", got, err)
	}
	info := d.Info()
	if info.Provider != "CPU" ||
		!strings.HasPrefix(info.Why, "CPU: WebGPU failed while it ran (") || len(told) != 1 ||
		told[0].Why != info.Why {
		t.Errorf("%s: %q, told %v", info.Provider, info.Why, told)
	}
	if v := d.tuner.cache.result(); v.Provider != "cpu" || v.Why != info.Why {
		t.Errorf("remembered is %+v", v)
	}
}

func TestNamedProviderIsUsedOrRefused(t *testing.T) {
	data, err := testmodel.Build("yolox", 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Examine() {
		d, err := OpenBytes("x.onnx", data, Options{Provider: r.Name})
		if !r.Available {
			if !errors.Is(err, ErrProvider) || strings.Contains(err.Error(), "\n") || r.Why == "" {
				t.Errorf("%s gives %v, and why is %q", r.Name, err, r.Why)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		if d.Info().Provider != r.Words {
			t.Errorf("%s says that %s runs it", r.Name, d.Info().Provider)
		}
		d.Close()
	}
	if _, err := OpenBytes("x.onnx", data, Options{Provider: "abacus"}); !errors.Is(err,
		ErrProvider) {
		t.Errorf("abacus gives %v", err)
	}
}

func TestCompareOutputs(t *testing.T) {
	tensor := func(v ...float32) *ort.Tensor {
		return &ort.Tensor{Name: "o", Type: ort.Float32, Shape: []int64{int64(len(v))}, Float32: v}
	}
	nan := float32(0)
	nan /= nan
	for name, c := range map[string]struct {
		got  *ort.Tensor
		same bool
	}{
		"equal":         {tensor(1, 2, 3, 4), true},
		"rounded":       {tensor(1.001, 2.001, 2.999, 4), true},
		"another order": {tensor(1, 3, 2, 4), true},
		"zeros":         {tensor(0, 0, 0, 0), false},
		"half":          {tensor(0.5, 1, 1.5, 2), false},
		"NaN":           {tensor(1, 2, nan, 4), false},
		"shorter":       {tensor(1, 2, 3), false},
	} {
		if err := compareOutputs(tensor(1, 2, 3, 4), c.got); (err == nil) != c.same {
			t.Errorf("%s: %v", name, err)
		}
	}
}
