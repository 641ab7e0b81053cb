package record

import (
	"html/template"
	"net/url"
	"strings"
	"testing"
)

// The page about a recording leads into its film under the new name, too.
func TestARenamedRecordingKeepsItsPage(t *testing.T) {
	const before, after = "It's <b> & c+d", "Tom & Jerry+1"
	page := func(name string) string {
		var b strings.Builder
		film := name + ".mp4"
		err := template.Must(template.New("").Parse(
			`<title>{{.Film}}</title><a href="{{.Link}}">0:01</a><a href="{{.Link}}5">0:15</a>`,
		)).Execute(&b, map[string]any{
			"Film": film, "Link": template.URL(url.PathEscape(film) + "#t=1"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	l := library(t)
	put(t, 0, "x", l.videos, before+".mp4")
	put(t, 0, page(before), l.videos, before+" report.html")
	item, err := l.Rename(listed(t, l)[0], after)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := readText(t, item.Others[0]), page(after); got != want {
		t.Errorf("the page has %s, want %s", got, want)
	}
}
