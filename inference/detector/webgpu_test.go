package detector

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/inference/testmodel"
)

// chromiumFolder is where Debian's package chromium keeps SwiftShader, a Vulkan device made of
// software, and Vulkan's loader.
const chromiumFolder = "/usr/lib/chromium"

// TestWebGPU runs models on WebGPU without a graphics card, in a process of its own: Vulkan's
// loader is found when that starts.
func TestWebGPU(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SwiftShader comes with Debian's chromium only")
	}
	icd := filepath.Join(chromiumFolder, "vk_swiftshader_icd.json")
	if _, err := os.Stat(icd); err != nil {
		t.Fatalf("%v; `make setup-test` installs chromium, which brings it", err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestWebGPUChild$", "-test.v",
		"-test.timeout=10m")
	cmd.Env = append(os.Environ(), "HANDLENS_WEBGPU_CHILD=1", "VK_DRIVER_FILES="+icd,
		"LD_LIBRARY_PATH="+chromiumFolder+":"+os.Getenv("LD_LIBRARY_PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestWebGPUChild") {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "webgpu_test.go") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// TestWebGPUChild is what TestWebGPU runs in its own process.
func TestWebGPUChild(t *testing.T) {
	if os.Getenv("HANDLENS_WEBGPU_CHILD") == "" {
		t.Skip("TestWebGPU runs this with a device made of software")
	}
	if !slices.Contains(Providers(), "webgpu") {
		t.Fatalf("offered are %v", Providers())
	}
	for _, layout := range testmodel.Layouts {
		data, err := testmodel.Build(layout, 64)
		if err != nil {
			t.Fatal(err)
		}
		cpu, err := OpenBytes(layout, data, Options{})
		if err != nil {
			t.Fatal(err)
		}
		gpu, err := OpenBytes(layout, data, Options{Provider: "webgpu"})
		if err != nil {
			t.Fatalf("%s: %v", layout, err)
		}
		compareOn(t, layout, cpu, gpu, 3)
		cpu.Close()
		gpu.Close()
	}
	tuneOnWebGPU(t)
	path := filepath.Join(sharedData, "models", "yolox_nano_416.onnx")
	if _, err := os.Stat(path); err != nil {
		t.Logf("YOLOX-Nano was not compared: %v", err)
		return
	}
	cpu, err := Open(path, Options{Confidence: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	defer cpu.Close()
	gpu, err := Open(path, Options{Provider: "webgpu", Confidence: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	defer gpu.Close()
	// Its raw outputs were compared when it was opened by name.
	compareOn(t, "YOLOX-Nano", cpu, gpu, 1)
}

// compareOn shows both the drawn frame a few times, each time with the colours rotated, so that an
// answer to the frame before would be noticed.
func compareOn(t *testing.T, name string, cpu, gpu *Detector, rounds int) {
	t.Helper()
	if p := gpu.Info().Provider; p != "WebGPU" {
		t.Errorf("%s: %s runs it", name, p)
	}
	f := drawTestFrame()
	for range rounds {
		want, one, err := cpu.Detect(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, other, err := gpu.Detect(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		if compareFound(want, got, 0.3) != nil || compareFound(got, want, 0.3) != nil {
			t.Errorf("%s: WebGPU finds %v, the CPU %v", name, got, want)
		}
		t.Logf("%s: %d found, WebGPU takes %s as long as the CPU", name, len(got),
			times(other.Run, one.Run))
		for i := 0; i < len(f.Plane[0]); i += 4 {
			p := f.Plane[0][i:]
			p[0], p[1], p[2] = p[1], p[2], p[0]
		}
	}
}

// tuneOnWebGPU lets auto decide: a graphics card made of software is slower, and the sentence says
// how much.
func tuneOnWebGPU(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "providers.json")
	d := testDetector(t, Options{Provider: "auto", TuneCache: file})
	if err := d.Tune(t.Context()); err != nil {
		t.Fatal(err)
	}
	info := d.Info()
	if info.Provider != "CPU" ||
		!regexp.MustCompile(
			`^CPU: WebGPU gave the same answers but was [0-9.]+ times slower \(.* ms against .* ms\)$`).MatchString(info.Why) {
		t.Errorf("%s: %q", info.Provider, info.Why)
	}
	t.Log(info.Why)
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("marks are left: %v", left)
	}
	// A result for WebGPU, as a real card would have, is used from the start.
	v := d.tuner.cache.result()
	v.Provider, v.Why = "webgpu", "WebGPU: a test"
	if err := d.tuner.cache.remember(v); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if info := testDetector(t,
		Options{Provider: "auto", TuneCache: file}).Info(); info.Provider != "WebGPU" ||
		info.Why != v.Why {
		t.Errorf("with a result: %s, %q", info.Provider, info.Why)
	}
	t.Logf("opening on WebGPU again took %v", time.Since(began).Round(time.Millisecond))
}
