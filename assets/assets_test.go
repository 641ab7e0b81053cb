package assets

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// What all files of the phone page together may weigh, so that it loads in an instant on any
// network: as they are, with their comments, and as any server that compresses sends them. Of the
// words in other languages a phone loads one file at most.
const (
	pageBudget       = 192 << 10
	compressedBudget = 70 << 10
	languageBudget   = 6 << 10 // compressed
)

func TestPageFitsItsBudget(t *testing.T) {
	var plain, compressed int
	err := fs.WalkDir(Web(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "trust") ||
			strings.HasPrefix(name, "watch") || strings.HasPrefix(name, "detect/") ||
			strings.HasSuffix(name, ".png") {
			return err // other pages, and what is loaded when somebody wants it
		}
		text, err := fs.ReadFile(Web(), name)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := z.Write(text); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if strings.HasPrefix(name, "messages.") && name != "messages.js" {
			if out.Len() > languageBudget {
				t.Errorf("%s weighs %d bytes compressed, want at most %d", name, out.Len(),
					languageBudget)
			}
			return nil
		}
		plain += len(text)
		compressed += out.Len()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if plain > pageBudget || compressed > compressedBudget {
		t.Errorf("the phone page weighs %d bytes and %d compressed, want at most %d and %d", plain,
			compressed, pageBudget, compressedBudget)
	}
}

// The pages are served under a strict content policy: what it forbids would silently do nothing in
// the browser.
func TestPagesKeepToTheContentPolicy(t *testing.T) {
	forbidden := []struct {
		why string
		re  *regexp.Regexp
	}{
		{"inline style attribute", regexp.MustCompile(`(?i)<[^>]+\sstyle\s*=`)},
		{"inline event handler", regexp.MustCompile(`(?i)<[^>]+\son[a-z]+\s*=`)},
		{"inline style element", regexp.MustCompile(`(?i)<style\b`)},
		{"inline script", regexp.MustCompile(`(?i)<script\b[^>]*>\s*[^<\s]`)},
		{
			"another origin",
			regexp.MustCompile(
				`(?i)(src|href|url|from|import|fetch)\s*[=(]?\s*["'(]\s*(https?:)?//`),
		},
		{"eval", regexp.MustCompile(`\beval\(|new Function\(`)},
		{
			// probe.js asks by one whether it would open.
			"secure web socket, which iOS refuses with a certificate that was clicked through",
			regexp.MustCompile(`WebSocket`),
		},
	}
	err := fs.WalkDir(Web(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(Web(), name)
		if err != nil {
			return err
		}
		for _, f := range forbidden {
			if m := f.re.Find(text); m != nil && (name != "probe.js" || string(m) != "WebSocket") {
				t.Errorf("%s: %s: %q", name, f.why, m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The linter's limits for Go hold for the pages as well.
func TestPagesKeepToTheLengths(t *testing.T) {
	const (
		most      = 100
		mostLines = 400
	)
	err := fs.WalkDir(Web(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".svg") ||
			strings.HasSuffix(name, ".png") {
			return err
		}
		text, err := fs.ReadFile(Web(), name)
		if err != nil {
			return err
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			if long := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); long > most {
				t.Errorf("web/%s:%d: %d characters, want at most %d", name, n, long, most)
			}
		}
		if n > mostLines {
			t.Errorf("web/%s has %d lines, want at most %d", name, n, mostLines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var reference = regexp.MustCompile(`(?:src="/|href="/|from '\./|import '\./)([\w.-]+\.[a-z]+)["']`)

// A page that names a file which is not there breaks as a whole, since modules load all or nothing.
func TestPagesNameOnlyWhatIsThere(t *testing.T) {
	for _, pattern := range []string{"*.html", "*.js"} {
		names, err := fs.Glob(Web(), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no %s among the pages: %v", pattern, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(Web(), name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range reference.FindAllSubmatch(text, -1) {
				if _, err := fs.Stat(Web(), string(m[1])); err != nil {
					t.Errorf("%s names %s: %v", name, m[1], err)
				}
			}
		}
	}
}

var imported = regexp.MustCompile(`(?m)^import .* from '(\.\.?/[\w/-]+\.js)';$`)

// What the page does not name is asked for one round trip later, and what it names for nothing is
// loaded for nothing.
func TestThePageNamesItsModules(t *testing.T) {
	want := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if want[name] {
			return
		}
		want[name] = true
		text, err := fs.ReadFile(Web(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range imported.FindAllSubmatch(text, -1) {
			add(path.Join(path.Dir(name), string(m[1])))
		}
	}
	add("main.js")
	page, err := fs.ReadFile(Web(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
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
}

func TestIconsAreThoseThatAreDrawn(t *testing.T) {
	drawn := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", drawn, "./icon").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct {
		file   string
		side   int
		filled bool
		args   []string
	}{
		{"icon.png", 512, false, nil},
		{"web/icon-192.png", 192, false, []string{"-side", "192"}},
		{"web/icon-512.png", 512, false, []string{"-side", "512"}},
		{"web/icon-maskable.png", 512, true, []string{"-fill", "0.72"}},
		{"web/icon-180.png", 180, true, []string{"-side", "180", "-fill", "0.86"}},
	} {
		img, err := readPNG(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != c.side || b.Dy() != c.side {
			t.Errorf("%s is %v, want %d by %[3]d", c.file, b, c.side)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); (a != 0) != c.filled {
			t.Errorf("%s: the corner has an alpha of %d", c.file, a)
		}
		name := filepath.Join(drawn, "icon.png")
		run := exec.Command(filepath.Join(drawn, "icon"), append(c.args, name)...)
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("draw the icon: %v\n%s", err, out)
		}
		if again, err := readPNG(name); err != nil {
			t.Fatal(err)
		} else if x, y, same := sameImage(img, again); !same {
			t.Errorf("%s differs from what ./icon draws at %d,%d: run go generate ./assets",
				c.file, x, y)
		}
	}
}

// The manifest lets a phone keep the page on its home screen. What it names is there, of the sizes
// that it says.
func TestManifest(t *testing.T) {
	text, err := fs.ReadFile(Web(), "manifest.webmanifest")
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Name, Display, Orientation string
		Short                      string `json:"short_name"`
		Start                      string `json:"start_url"`
		Icons                      []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if m.Name == "" || m.Short == "" || m.Display != "standalone" || m.Start != "/" ||
		m.Orientation != "any" {
		t.Errorf("it says %+v", m)
	}
	want := map[string]bool{"192x192": true, "512x512": true, "512x512 maskable": true}
	for _, icon := range m.Icons {
		img, err := readPNG("web" + icon.Src)
		if err != nil {
			t.Error(err)
			continue
		}
		b := img.Bounds()
		if got := fmt.Sprintf("%dx%d", b.Dx(), b.Dy()); got != icon.Sizes {
			t.Errorf("%s is %s, not %s", icon.Src, got, icon.Sizes)
		}
		delete(want, strings.TrimSpace(icon.Sizes+" "+icon.Purpose))
	}
	if len(want) > 0 {
		t.Errorf("these icons are missing: %v", want)
	}
}
