package record

import (
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSaveSnapshot(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.Local)
	saved, err := SaveSnapshot(dir, at, "", gradient(4, 3), gradient(8, 6), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Saved{
		Annotated: filepath.Join(dir, "Handlens 2026-01-02 15-04-05 annotated.png"),
		Clean:     filepath.Join(dir, "Handlens 2026-01-02 15-04-05 clean.png"),
		Count:     1,
	}
	if saved != want {
		t.Errorf("saved as %+v, want %+v", saved, want)
	}
	if w := readPNG(t, saved.Annotated).Bounds().Dx(); w != 4 {
		t.Errorf("the annotated picture is %d wide", w)
	}
	if w := readPNG(t, saved.Clean).Bounds().Dx(); w != 8 {
		t.Errorf("the clean picture is %d wide", w)
	}
	again, err := SaveSnapshot(dir, at, "Küche/1", gradient(4, 3), gradient(8, 6), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.Base(again.Clean); got != "Handlens 2026-01-02 15-04-05 Küche-1 clean.png" {
		t.Errorf("the named one is %s", got)
	}
}

func TestSnapshotWithData(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	seen := Seen{
		Time: at, Phone: "Pixel", Width: 8, Height: 6, Model: "small",
		Detections: []map[string]any{{"label": "cat"}},
	}
	saved, err := SaveSnapshot(dir, at, "Pixel", gradient(4, 3), gradient(8, 6), seen)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "Handlens 2026-01-02 15-04-05 Pixel.json"); saved.Data != want {
		t.Errorf("the data is in %s, want %s", saved.Data, want)
	}
	text, err := os.ReadFile(saved.Data)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"time": "2026-01-02T15:04:05Z", "phone": "Pixel", "width": 8.0, "height": 6.0,
		"model": "small", "detections": []any{map[string]any{"label": "cat"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the data is %v, want %v", got, want)
	}

	if err := os.Remove(saved.Annotated); err != nil {
		t.Fatal(err)
	}
	checkNextSnapshot(t, dir, at)
}

// checkNextSnapshot checks that all files of the next snapshot share a number, also when only one
// of the names is taken.
func checkNextSnapshot(t *testing.T, dir string, at time.Time) {
	again, err := SaveSnapshot(dir, at, "Pixel", gradient(4, 3), gradient(8, 6), Seen{})
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		again.Annotated: " annotated.png",
		again.Clean:     " clean.png", again.Data: ".json",
	} {
		if want = filepath.Join(dir, "Handlens 2026-01-02 15-04-05 Pixel (2)"+want); got != want {
			t.Errorf("saved as %s, want %s", got, want)
		}
	}
	if text, err := os.ReadFile(again.Data); err != nil ||
		!strings.Contains(string(text), `"detections": []`) {
		t.Errorf("nothing seen is %s, %v", text, err)
	}
}

func TestSnapshotIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	if _, err := SaveSnapshot(dir, time.Now(), "", gradient(4, 3), image.NewRGBA(image.Rectangle{}),
		nil); err == nil {
		t.Fatal("half a snapshot was saved")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 0 {
		t.Errorf("%v is left", files)
	}
}
