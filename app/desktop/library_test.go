package desktop

import (
	"reflect"
	"testing"
	"time"

	"handlens/media/record"
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
