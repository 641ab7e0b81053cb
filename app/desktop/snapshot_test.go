package desktop

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/app/recording"
	"handlens/media"
	"handlens/ui"
)

// still is a player that holds one frame.
type still struct{ frame *media.Frame }

func (s still) Seek(time.Duration)             {}
func (s still) Span() (from, to time.Duration) { return 0, time.Second }
func (s still) Frame() (*media.Frame, time.Duration, bool) {
	return s.frame.Retain(), 0, true
}
func (s still) Close() { s.frame.Release() }

// TestSnapshotsAreSavedAndTold takes each kind of snapshot of a frame that is held.
func TestSnapshotsAreSavedAndTold(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	front, tell := new(fakeFrontend), new(fanout)
	phones := newTestRegistry(t, tell)
	tell.listeners = []listener{phones, front}
	ph, leave := joinTestPhone(t, phones, tell)
	defer phones.close()
	defer leave()
	if _, err := ph.Snapshot(ui.OneShot); !errors.Is(err, errNoPicture) {
		t.Errorf("before the first frame it says %v", err)
	}
	front.want(t)
	var pool media.Pool
	frame, err := pool.Get(64, 48, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	phones.recorder.play = func(recording.Source) player { return still{frame} }
	ph.Pause(true)
	for kind, count := range map[ui.Shot]int{
		ui.OneShot: 1, ui.BurstShot: burstPictures, ui.DatasetShot: 1,
	} {
		saved, err := ph.Snapshot(kind)
		if err != nil || saved.Count != count {
			t.Errorf("kind %d: saved are %+v, %v", kind, saved, err)
		}
		if told := front.saved[len(front.saved)-1]; ui.Saved(told) != saved {
			t.Errorf("kind %d: told is %+v, saved %+v", kind, told, saved)
		}
		if kind == ui.OneShot {
			wantSnapshot(t, saved)
		}
	}
	front.want(t, "snapshot", "snapshot", "snapshot")
	ph.Pause(false)
	promptly(t, "the player's end", phones.close)
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not given back", n)
	}
}

// wantSnapshot reads the files of a snapshot.
func wantSnapshot(t *testing.T, saved ui.Saved) {
	t.Helper()
	for _, path := range []string{saved.Annotated, saved.Clean} {
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	data, err := os.ReadFile(saved.Data)
	if err != nil {
		t.Fatal(err)
	}
	var seen struct {
		Phone, Model  string
		Width, Height int
	}
	if err := json.Unmarshal(data, &seen); err != nil {
		t.Fatal(err)
	}
	if seen.Phone != "Phone" || seen.Model != "m" || seen.Width != 64 || seen.Height != 48 {
		t.Errorf("it says %+v", seen)
	}
}
