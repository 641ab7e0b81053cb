package record

import (
	"net/url"
	"strings"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// maxPage is more than any page about a recording has, in bytes.
const maxPage = 64 << 20

// inHTML writes a text as html/template does.
var inHTML = strings.NewReplacer("&", "&amp;", "+", "&#43;", "<", "&lt;", ">", "&gt;", `"`, "&#34;",
	"'", "&#39;")

// renamePage has the page about a recording call its film by another name, and lead into it. Where
// that fails the page stays as it is: only its links are of no use then.
func renamePage(page, from, to string) {
	text, err := inputfile.Read(page, maxPage)
	if err != nil {
		return
	}
	link := func(film string) string {
		return `href="` + inHTML.Replace(url.PathEscape(film)) + `#t=`
	}
	title := func(film string) string { return ">" + inHTML.Replace(film) + "</" }
	renamed := strings.NewReplacer(link(from), link(to), title(from), title(to))
	_ = atomicfile.Replace(page, 0o644, atomicfile.Bytes([]byte(renamed.Replace(string(text)))))
}
