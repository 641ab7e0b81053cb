package desktop

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"handlens/inference/track"
	"handlens/ui"
)

func mustOpen(t *testing.T, dir string) *settings {
	t.Helper()
	s, err := openSettings(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettingsLast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := mustOpen(t, dir)
	if got := s.get(); !reflect.DeepEqual(got, ui.DefaultSettings()) {
		t.Errorf("the first start has %+v", got)
	}
	want := s.get()
	want.Confidence, want.Hidden, want.Trails, want.Replay = 0.7, []string{"dog"}, true,
		90*time.Second
	want.Counted = []track.Region{{
		Name:   "Door",
		Points: []track.Point{{X: 0.1, Y: 0.2}, {X: 0.9, Y: 0.2}},
	}}
	s.set(want)
	s.flush()
	if got := mustOpen(t, dir).get(); !reflect.DeepEqual(got, want) {
		t.Errorf("the next start has %+v, want %+v", got, want)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("beside the settings there is %v, %v", files, err)
	}
}

func TestOptionsCountForOneRun(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	o, err := parseOptions([]string{
		"--confidence", "0.9", "--model", "m", "--approve", "ask", "--max-phones", "2",
		"--share", "--data-dir", dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.override(o)
	v := s.get()
	if v.Confidence != 0.9 || v.Model != "m" || v.Approve != "ask" || v.MaxPhones != 2 ||
		!v.Share {
		t.Errorf("the options do not count: %+v", v)
	}
	v.Trails = true
	s.set(v)
	s.flush()
	if got := mustOpen(t, dir).get(); got.Confidence != 0.4 || got.Model != "" || !got.Trails ||
		got.Approve != "auto" || got.MaxPhones != 8 || got.Share {
		t.Errorf("the next start has %+v: what was said once has stayed, or the choice has not",
			got)
	}
	v.Confidence, v.MaxPhones = 0.8, 3
	s.set(v)
	s.flush()
	if got := mustOpen(t, dir).get(); got.Confidence != 0.8 || got.Model != "" ||
		got.MaxPhones != 3 || got.Approve != "auto" {
		t.Errorf("the next start has %+v, want what was chosen at the window", got)
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no JSON": {"{", "make no sense"},
		"a list":  {"[]", "make no sense"},
		"out of range": {`{"confidence": 7, "replay": -5, "look": "pink", "figures": 99,
			"counted": [{"name":"x","points":[{"x":2,"y":0},{"x":0,"y":0}]},
				{"name":"y","points":[]}]}`, ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(c.text),
			0o600); err != nil {
			t.Fatal(err)
		}
		s, err := openSettings(dir, func(error) {})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		v := s.get()
		if !reflect.DeepEqual(v, v.Sane()) || v.Appearance != "auto" || len(v.Counted) != 0 ||
			v.Figures != ui.FiguresBrief {
			t.Errorf("%s: believed %+v", name, v)
		}
	}
}

// What somebody may want to mend is not replaced by the next thing to be mended.
func TestSettingsThatMakeNoSenseAreKept(t *testing.T) {
	dir := t.TempDir()
	for i, text := range []string{"{", "[", strings.Repeat(" ", maxSettings+1)} {
		if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := openSettings(dir, func(err error) { t.Error(err) })
		if err == nil {
			t.Errorf("%.10q was believed", text)
		}
		s.set(s.get())
		s.flush()
		name := settingsFile + []string{".broken", ".broken (2)", ".broken (3)"}[i]
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("%s holds %.10q, %v; want %.10q", name, got, err, text)
		}
	}
}

func TestSettingsThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	told := 0
	s, _ := openSettings(filepath.Join(file, "under"), func(error) { told++ })
	for range 3 {
		s.set(s.get())
		s.flush()
	}
	if told != 1 {
		t.Errorf("it was said %d times that settings do not last, want once", told)
	}
}

// TestSlowDiskHoldsUpNoSetting changes settings while the disk does not answer: the UI goroutine
// does it.
func TestSlowDiskHoldsUpNoSetting(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	writing, disk := make(chan struct{}, 2), make(chan struct{})
	s.write = func(path string, v ui.Settings) error {
		writing <- struct{}{}
		<-disk
		return writeSettings(path, v)
	}
	v := s.get()
	v.Confidence = 0.6
	s.set(v)
	soon(t, "writing", writing) // a second later
	v.Confidence = 0.7
	promptly(t, "a change", func() { s.set(v) })
	promptly(t, "reading", func() {
		if got := s.get().Confidence; got != 0.7 {
			t.Errorf("the confidence is %v", got)
		}
	})
	close(disk)
	promptly(t, "flush", s.flush)
	if got := mustOpen(t, dir).get().Confidence; got != 0.7 {
		t.Errorf("the next start has the confidence %v", got)
	}
}
