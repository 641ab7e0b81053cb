package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"handlens/app/command/browserbench"
)

// TestBenchComparesBrowsers has the program fill its table with real browsers: each architecture
// finds something, and what leaves a device is what the architecture says.
func TestBenchComparesBrowsers(t *testing.T) {
	dir := t.TempDir()
	cmd := command(t, "bench", "--browser", "--seconds", "2", "--json", "--model", modelFile(t),
		"--source", landscape.file(t, t.TempDir()))
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var r browserbench.Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Model != "patches" || r.Source != "landscape.y4m" || r.Browser == "" ||
		len(r.Architectures) != 3 {
		t.Fatalf("the result is %s", out.String())
	}
	for i, want := range []struct {
		name    string
		devices int
		video   []string // leaves those devices
	}{
		{"I", 2, []string{"phone"}},
		{"II phone", 2, []string{"phone"}},
		{"II viewer", 3, []string{"phone", "computer"}},
	} {
		a := r.Architectures[i]
		if a.Name != want.name || a.Known.N == 0 || a.Drawn.N == 0 || a.Rate <= 0 ||
			a.Engine <= 0 || a.Whole < a.Engine || a.Known.P50 < a.Engine ||
			a.Drawn.P50 < a.Known.P50 || len(a.Loads) != want.devices || len(a.Leaves) == 0 {
			t.Errorf("%s: %+v", want.name, a)
		}
		for _, l := range a.Loads {
			if l.Memory < 10e6 || l.CPU < 0 || l.CPU > float64(r.CPUs) {
				t.Errorf("%s: the %s uses %+v", a.Name, l.Device, l)
			}
		}
		for _, f := range a.Flows {
			const video = 4e3 // bytes a second; boxes alone are less
			if slices.Contains(want.video, f.Device) != (f.Bytes-f.Results > video) {
				t.Errorf("%s: %+v leaves the %s", a.Name, f, f.Device)
			}
		}
	}
	for i, device := range []string{"computer", "phone"} {
		if flows := r.Architectures[i].Flows; !slices.ContainsFunc(flows,
			func(f browserbench.Flow) bool { return f.Device == device && f.Results > 0 }) {
			t.Errorf("the %s sends no results: %+v", device, flows)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}
