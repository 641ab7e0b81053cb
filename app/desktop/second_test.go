package desktop

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/instance"
)

// TestFileOnTheCommandLine: what looks like a file is one to open, by a path that holds in any
// folder.
func TestFileOnTheCommandLine(t *testing.T) {
	for arg, want := range map[string]bool{
		"a.onnx": true, "A.ONNX": true, filepath.Join("m", "best.pt"): true, "detct": false,
		"doctor": false,
	} {
		if opensFile(arg) != want {
			t.Errorf("%q is a file: %v", arg, !want)
		}
	}
	o, err := parseOptions([]string{"a.onnx"})
	if err != nil || !filepath.IsAbs(o.open) || filepath.Base(o.open) != "a.onnx" || !o.plain() {
		t.Errorf("%+v, %v", o.open, err)
	}
	for args, want := range map[string]string{
		"a.onnx b.onnx":      "one model",
		"--no-window a.onnx": "handlens models add",
	} {
		if _, err := parseOptions(strings.Fields(args)); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", args, err)
		}
	}
}

// TestSecondStart says which starts show the window that is open, and which get one of their own.
func TestSecondStart(t *testing.T) {
	dir := t.TempDir()
	claim, err := instance.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer claim.Close()
	asked := make(chan instance.Request, 8)
	claim.Serve(func(r instance.Request) { asked <- r })
	for _, c := range []struct {
		args          string
		shown, claims bool
	}{
		{"", true, false},
		{"a.onnx", true, false},
		{"--port 0", false, false},
		{"--new-instance", false, false},
		{"--no-window", false, false},
		{"--data-dir " + t.TempDir(), false, true},
		{"--data-dir " + filepath.Join(dir, strings.Repeat("long", 50)), false, false},
	} {
		o, err := parseOptions(append([]string{"--data-dir", dir}, strings.Fields(c.args)...))
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		got, shown := o.takeFolder(t.Context(), &said)
		if shown != c.shown || (got != nil) != c.claims || said.Len() > 0 {
			t.Errorf("%q: shown is %v, the claim %v, and it said %q", c.args, shown, got,
				said.String())
		}
		if got != nil {
			got.Close()
		}
		if !shown {
			continue
		}
		if r := <-asked; r.Model != o.open {
			t.Errorf("%q: the window is asked for %+v", c.args, r)
		}
	}
	if len(asked) > 0 {
		t.Errorf("the window is asked for %+v as well", <-asked)
	}
}
