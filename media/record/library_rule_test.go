package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a rule had taken is known by its data, also under another name.
func TestLibraryKnowsWhatRulesTook(t *testing.T) {
	l := library(t)
	if _, err := SaveSnapshot(l.pictures, noon, "Pixel", gradient(40, 30), gradient(40, 30),
		Seen{Rule: "Gate", Detections: strings.Repeat("x", maxDataHead)}); err != nil {
		t.Fatal(err)
	}
	put(t, 0, "x", l.videos, "A.mp4")
	put(t, 0, `{"handlens":1,"labels":["rule","x"],"rule":"Bird"}`+"\n"+`{"t":1}`, l.videos,
		"A.jsonl")
	for name, data := range map[string]string{
		"B": `{"t":1,"detections":[],"rule":"no"}`, "C": `{"rule":7}`, "D": `{"a":`, "E": "",
		"F": `[{"rule":"no"}]`, "G": `{"x":"` + strings.Repeat("x", maxDataHead) + `","rule":"no"}`,
	} {
		put(t, 0, "x", l.videos, name+".mp4")
		put(t, 0, data, l.videos, name+".jsonl")
	}
	rules := func() map[string]string {
		got := make(map[string]string)
		for _, it := range listed(t, l) {
			if it.Rule != "" {
				got[fmt.Sprint(it.Kind, " ", it.Rule)] = it.Name
			}
		}
		return got
	}
	got := rules()
	if len(got) != 2 || got["1 Bird"] != "A" || got["0 Gate"] == "" {
		t.Errorf("got %v", got)
	}
	path := filepath.Join(l.videos, "A.jsonl")
	if err := os.WriteFile(path, []byte(`{"rule":"Dog"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if got := rules(); got["1 Dog"] != "A" {
		t.Errorf("after a change got %v", got)
	}
}
