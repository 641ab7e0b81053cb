package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestMeter(t *testing.T) {
	var out bytes.Buffer
	m := Meter{to: &out, label: "m"}
	for _, done := range []int64{0, 1, 500_000, 504_000, 1_000_000} {
		m.Bytes(done, 1_000_000)
	}
	m.End()
	want := "\rm: 0 B of 1.0 MB, 0 %\rm: 500 kB of 1.0 MB, 50 %" +
		"\rm: 1.0 MB of 1.0 MB, 100 %\r                          \r"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	out.Reset()
	m = Meter{to: &out}
	for _, part := range []float64{0, 0.004, 0.5, 0.5, 1} {
		m.Part(part)
	}
	m.End()
	m.End()
	if want := "\r  0 %\r 50 %\r100 %\r     \r"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestMeterClearsALongerLine(t *testing.T) {
	var out bytes.Buffer
	m := Meter{to: &out}
	m.show(1, "longer")
	m.show(2, "short")
	if want := "\rlonger\rshort "; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestMeterIsForTerminals wants silence where nobody watches. The null device is a character
// device, as terminals are.
func TestMeterIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	m := NewMeter(&out, "m")
	m.Part(0.5)
	m.End()
	if out.Len() > 0 || IsTerminal(&out) {
		t.Errorf("a buffer was told %q", out.String())
	}
	for _, path := range []string{os.DevNull, filepath.Join(t.TempDir(), "f")} {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if IsTerminal(f) {
			t.Errorf("%s is not a terminal", path)
		}
		f.Close()
	}
}
