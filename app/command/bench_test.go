package command

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/inference/remote/remotetest"
	"handlens/inference/testmodel"
	"handlens/models"
)

func TestQuantile(t *testing.T) {
	times := []time.Duration{5, 1, 4, 2, 3, 10, 9, 8, 7, 6}
	for q, want := range map[float64]time.Duration{0: 1, 0.1: 1, 0.5: 5, 0.51: 6, 0.95: 10, 1: 10} {
		if got := quantile(times, q); got != want {
			t.Errorf("the quantile %.2f is %d, want %d", q, got, want)
		}
	}
	if got := quantile([]time.Duration{7}, 0.95); got != 7 {
		t.Errorf("of a single time it is %d", got)
	}
}

func TestPairedRatio(t *testing.T) {
	if got := pairedRatio([]time.Duration{11, 40, 3}, []time.Duration{10, 10, 3}); got != 1.1 {
		t.Errorf("the paired ratio is %v, want 1.1", got)
	}
}

func runBenchJSON(t *testing.T, args ...string) (benchResult, string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append(args, "--json", "--data-dir", t.TempDir())
	if got := benchCommand.Run(t.Context(), args, &out, &errs); got != cli.Done {
		t.Fatalf("bench %q ended with %d: %s", args, got, errs.String())
	}
	var r benchResult
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r, errs.String()
}

// wantStages checks that each stage was measured so often, and that the numbers agree with one
// another.
func wantStages(t *testing.T, r benchResult, n map[string]int) {
	t.Helper()
	if len(r.Stages) != len(n) {
		t.Errorf("there are %d stages, want %d: %+v", len(r.Stages), len(n), r.Stages)
	}
	median := map[string]float64{}
	for _, s := range r.Stages {
		if s.N != n[s.Stage] || s.Median < 0 || s.P95 < s.Median {
			t.Errorf("%+v, want n = %d", s, n[s.Stage])
		}
		median[s.Stage] = s.Median
	}
	if r.Ratio <= 0 || r.Ratio != recording.Round(median["detect"]/median["bare engine run"], 3) {
		t.Errorf("the ratio is %v", r.Ratio)
	}
	if r.PairRatio <= 0 {
		t.Errorf("the paired ratio is %v", r.PairRatio)
	}
}

// A server is measured beside this computer, in the same rounds.
func TestBenchBesideAServer(t *testing.T) {
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := remotetest.New(t, remotetest.FromModel(t, data))
	r, _ := runBenchJSON(t, "--runs", "3", "--model", path, "--provider", s.Address())
	wantStages(t, r, map[string]int{
		"convert": 3, "preprocess": 3, "engine run": 3, "layout": 3, "detect": 3, "detect here": 3,
		"bare engine run": 3,
	})
	if r.ServerRatio <= 0 {
		t.Errorf("the ratio to this computer is %v", r.ServerRatio)
	}
	var out bytes.Buffer
	if err := r.write(&out, false); err != nil ||
		!strings.Contains(out.String(), "detect by the server / detect here: ") {
		t.Errorf("it writes %s, %v", out.String(), err)
	}
}

func TestBenchTakesTheStarter(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r, stderr := runBenchJSON(t, "--runs", "4")
	wantStages(t, r,
		map[string]int{
			"convert": 4, "preprocess": 4, "engine run": 4, "layout": 4, "detect": 4,
			"bare engine run": 4,
		})
	if r.Model != models.Starter || stderr != "" {
		t.Errorf("it measures %q and says %q", r.Model, stderr)
	}
	if r.Picture != (benchSize{1280, 720}) || r.Input != (benchSize{320, 320}) {
		t.Errorf("sizes: %+v, %+v", r.Picture, r.Input)
	}
	if r.Versions.ONNXRuntime == "" || r.Versions.FFmpeg == "" {
		t.Errorf("versions: %+v", r.Versions)
	}
}

func TestBenchSources(t *testing.T) {
	model := colourModel(t, "deim")
	// Of the clip's 8 pictures the first of each pass comes from opening it; the warm-up takes 10,
	// which leaves 6 of the second pass, then 8 of the third, the first of which is not counted.
	r, _ := runBenchJSON(t, "--runs", "14", "--source", "testdata/patch.mp4", "--model", model)
	wantStages(t, r, map[string]int{
		"decode": 13, "convert": 14, "preprocess": 14, "engine run": 14, "layout": 14, "detect": 14,
		"bare engine run": 14,
	})
	if r.Picture != (benchSize{320, 240}) || r.Source != "testdata/patch.mp4" ||
		r.Model != "colours-deim" {
		t.Errorf("%+v", r)
	}
	r, _ = runBenchJSON(t, "--runs", "1", "--source", "testdata/patch.webp", "--model", model)
	if r.Picture != (benchSize{64, 64}) {
		t.Errorf("%+v", r.Picture)
	}
	var out bytes.Buffer
	if err := r.write(&out, false); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{
		"colours-deim", "64 × 64", "median ms", "preprocess",
		"detect / bare engine run",
	} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("no %q in\n%s", word, out.String())
		}
	}
}

func TestBenchThreads(t *testing.T) {
	model := colourModel(t, "yolox")
	for _, n := range []int{1, 2} {
		if r, _ := runBenchJSON(t, "--runs", "1", "--provider", "cpu", "--threads", strconv.Itoa(n),
			"--model", model); r.Threads != n {
			t.Errorf("with --threads %d the engine has %d", n, r.Threads)
		}
	}
}

func TestBenchRefuses(t *testing.T) {
	text := writeFile(t, filepath.Join(t.TempDir(), "a.mp4"), []byte("not a video at all"))
	model := colourModel(t, "yolov8")
	for _, c := range []struct {
		status int
		args   []string
		word   string
	}{
		{cli.Usage, []string{"clip.mp4"}, "--source"},
		{cli.Usage, []string{"--runs", "0"}, "--runs 0"},
		{cli.Usage, []string{"--runs", "1000000000"}, "outside"},
		{cli.Usage, []string{"--threads", "0"}, "from 1 to 256"},
		{cli.Usage, []string{"--threads", "257"}, "from 1 to 256"},
		{cli.Usage, []string{"--confidence", "7"}, "--confidence"},
		{cli.Failed, []string{"--source", "nowhere.mp4", "--model", model}, "no such file"},
		{cli.Failed, []string{"--source", text, "--model", model}, "neither a picture nor a video"},
		{cli.Failed, []string{"--model", "yolox-nano-416"}, "models get"},
	} {
		var out, errs bytes.Buffer
		got := benchCommand.Run(t.Context(), append(c.args, "--data-dir", t.TempDir()), &out, &errs)
		if got != c.status || !strings.Contains(errs.String(), c.word) {
			t.Errorf("%q ended with %d: %q", c.args, got, errs.String())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if got := benchCommand.Run(ctx, []string{"--model", model}, &out, &errs); got != cli.Failed ||
		!strings.Contains(errs.String(), "stopped") {
		t.Errorf("interrupted, it ended with %d: %q", got, errs.String())
	}
}
