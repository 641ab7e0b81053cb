package assets

import (
	"io/fs"
	"path"
	"regexp"
	"testing"
)

// What the viewers' page may weigh, as it is, without the other languages.
const watchBudget = 152 << 10

var importing = regexp.MustCompile(`(?m)^(?:import|export) .*from '(\.[^']+)';$`)

// The viewers' page names each module that it loads, of its own and of the phone's page, and no
// other; together they keep to the budget.
func TestTheViewersPageNamesItsModules(t *testing.T) {
	weight := 0
	read := func(name string) []byte {
		text, err := fs.ReadFile(Web(), name)
		if err != nil {
			t.Fatal(err)
		}
		weight += len(text)
		return text
	}
	want := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if want[name] {
			return
		}
		want[name] = true
		for _, m := range importing.FindAllSubmatch(read(name), -1) {
			add(path.Join(path.Dir(name), string(m[1])))
		}
	}
	add("watch/main.js")
	page := read("watch.html")
	read("base.css")
	read("watch.css")
	for _, m := range regexp.MustCompile(`"modulepreload" href="/(.*)"`).FindAllSubmatch(page, -1) {
		if name := string(m[1]); !want[name] {
			t.Errorf("the page names %s, or names it twice", name)
		} else {
			want[name] = false
		}
	}
	for name, left := range want {
		if left {
			t.Errorf("the page does not name %s", name)
		}
	}
	if weight > watchBudget {
		t.Errorf("the page weighs %d bytes, want at most %d", weight, watchBudget)
	}
}
