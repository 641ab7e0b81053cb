package desktop

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"handlens/media/record"
	"handlens/ui"
)

// TestItemsKeepTheirFields wants an item of the folders to come back from the gallery as it was.
func TestItemsKeepTheirFields(t *testing.T) {
	item := record.Item{
		Kind: record.KindRecording, Name: "a", Path: "/a.mp4", Others: []string{"/a.jsonl"},
		Folder: "/f", Count: 2, Taken: time.Unix(1, 0), Length: time.Second, Bytes: 3, Width: 4,
		Height: 5, Unfinished: true, Rule: "Gate",
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[record.Item]()) {
		if reflect.ValueOf(item).FieldByIndex(f.Index).IsZero() {
			t.Errorf("this test leaves %s empty", f.Name)
		}
	}
	if got := recordItem(shownItem(item)); !reflect.DeepEqual(got, item) {
		t.Errorf("it came back as %+v", got)
	}
	item.Kind = record.KindPicture
	if got := recordItem(shownItem(item)); got.Kind != item.Kind {
		t.Errorf("a picture came back as %+v", got)
	}
}

// A page about a recording is made from its data once.
func TestTheGallerysPage(t *testing.T) {
	dir := t.TempDir()
	l := library{settings: mustOpen(t, t.TempDir())}
	lines := filepath.Join(dir, "walk.jsonl")
	head := `{"handlens":1,"canvas":[64,48],"start":"2026-01-02T03:04:05Z","film":"walk.mp4"}` +
		"\n" + `{"t":0,"w":64,"h":48,"detections":[],"looked":true}` + "\n"
	if err := os.WriteFile(lines, []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	item := ui.LibraryItem{Path: filepath.Join(dir, "walk.mp4"), Others: []string{lines}}
	for range 2 {
		path, err := l.Report(t.Context(), item)
		if err != nil || path != filepath.Join(dir, "walk report.html") {
			t.Errorf("the page is %q, %v", path, err)
		}
	}
	if _, err := l.Report(t.Context(), ui.LibraryItem{}); err == nil {
		t.Error("a page is made from nothing")
	}
}
