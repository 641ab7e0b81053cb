package ui

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"handlens/assets"
	"handlens/ui/kit"
)

// TestTranslations wants each text of the window in each language, none that nobody uses, and the
// same values in all.
func TestTranslations(t *testing.T) {
	texts := textsOf(t)
	if len(texts) < 100 {
		t.Fatalf("only %d texts were found in the sources", len(texts))
	}
	files := assets.Translations()
	codes, err := kit.Languages(files)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"de", "en", "es", "fr", "ja", "zh"}; !slices.Equal(codes, want) {
		t.Fatalf("there are %v, want %v", codes, want)
	}
	for _, code := range codes {
		data, err := fs.ReadFile(files, code+".json")
		if err != nil {
			t.Fatal(err)
		}
		var translated map[string]string
		if err := json.Unmarshal(data, &translated); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		for _, text := range slices.Sorted(maps.Keys(texts)) {
			words, ok := translated[text]
			switch {
			case !ok || strings.TrimSpace(words) == "":
				t.Errorf("%s lacks %q, which is at %s", code, text, texts[text])
			case !slices.Equal(values(text), values(words)):
				t.Errorf("%s has %q for %q: not the same values", code, words, text)
			case code == "en" && words != text:
				t.Errorf("English has %q for %q", words, text)
			}
		}
		for text := range translated {
			if _, used := texts[text]; !used {
				t.Errorf("%s has %q, which nobody says", code, text)
			}
		}
	}
}

var value = regexp.MustCompile(`\{\{[^}]*\}\}`)

// values are the places for values in a text, in the order of the alphabet.
func values(text string) []string {
	return slices.Sorted(slices.Values(value.FindAllString(text, -1)))
}

// textsOf gathers the literals of all calls of kit.L and kit.N in the sources of this package and
// of those below it, with their places.
func textsOf(t *testing.T) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			place := set.Position(call.Pos()).String()
			add := func(arg ast.Expr) (text string) {
				text, err := literal(arg)
				if err != nil {
					t.Errorf("%s: %v", place, err)
				}
				texts[text] = place
				return text
			}
			switch {
			case isKit(call.Fun, "N"):
				checkPlural(t, place, add(call.Args[0]), add(call.Args[1]))
			case isKit(call.Fun, "L") && !isPluralsOwn(call.Args[0]):
				checkText(t, place, add(call.Args[0]), len(call.Args) > 1)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// count is the value of texts that count.
const count = "{{.Count}}"

// checkText checks a text of kit.L: what counts goes by kit.N, so that one is not "1 pictures".
func checkText(t *testing.T, place, text string, data bool) {
	t.Helper()
	if len(values(text)) > 0 != data {
		t.Errorf("%s: %q has values and no data, or the other way round", place, text)
	}
	if strings.Contains(text, count) {
		t.Errorf("%s: %q counts, and has no text for one: say it by kit.N", place, text)
	}
}

// checkPlural checks the two texts of kit.N.
func checkPlural(t *testing.T, place, one, several string) {
	t.Helper()
	if one == several || strings.Contains(one, count) || !strings.Contains(several, count) {
		t.Errorf("%s: %q and %q are no text for one and text for several", place, one, several)
	}
}

// isPluralsOwn says that this is the text that kit.N hands on to kit.L.
func isPluralsOwn(e ast.Expr) bool {
	i, ok := e.(*ast.Ident)
	return ok && (i.Name == "one" || i.Name == "several")
}

// isKit says whether an expression is a function of package kit, there or elsewhere.
func isKit(f ast.Expr, name string) bool {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name == name
	case *ast.SelectorExpr:
		pkg, ok := f.X.(*ast.Ident)
		return ok && pkg.Name == "kit" && f.Sel.Name == name
	}
	return false
}

// literal is the text of a string literal, or of several that are added up.
func literal(e ast.Expr) (string, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return strconv.Unquote(e.Value)
	case *ast.BinaryExpr:
		a, err := literal(e.X)
		if err != nil {
			return "", err
		}
		b, err := literal(e.Y)
		return a + b, err
	}
	return "", fmt.Errorf("a text that is no literal cannot be translated")
}

// TestUseLanguage chooses a language against the system's, and follows the system's when none is
// chosen.
func TestUseLanguage(t *testing.T) {
	t.Setenv("LANGUAGE", "")
	t.Setenv("LC_MESSAGES", "")
	files := assets.Translations()
	t.Cleanup(func() {
		if err := kit.UseLanguage(files, "en"); err != nil {
			t.Error(err)
		}
	})
	// What was chosen stays with Fyne, so the system's own come first.
	for _, c := range []struct{ system, code, want string }{
		{"", "", "Pair a phone"},
		{"C", "", "Pair a phone"},
		{"nl_NL.UTF-8", "", "Pair a phone"},
		{"de_AT.UTF-8", "", "Telefon koppeln"},
		{"fr_CA.UTF-8", "", "Associer un téléphone"},
		{"es_MX.UTF-8", "", "Vincular un teléfono"},
		{"zh_CN.UTF-8", "", "配对手机"},
		{"ja_JP.UTF-8", "", "スマホを接続"},
		{"C", "de", "Telefon koppeln"},
		{"fr_FR.UTF-8", "de", "Telefon koppeln"},
		{"zh_TW.UTF-8", "es", "Vincular un teléfono"},
		{"pt_BR.UTF-8", "ja", "スマホを接続"},
		{"ja_JP.UTF-8", "zh", "配对手机"},
		{"de_DE.UTF-8", "en", "Pair a phone"},
		{"uk_UA.UTF-8", "fr", "Associer un téléphone"},
		{"nl_NL.UTF-8", "fr", "Associer un téléphone"},
	} {
		t.Setenv("LC_ALL", c.system)
		if err := kit.UseLanguage(files, c.code); err != nil {
			t.Fatal(err)
		}
		if got := kit.L("Pair a phone"); got != c.want {
			t.Errorf("with the system's %q and %q chosen it says %q, want %q", c.system, c.code,
				got, c.want)
		}
	}
}

func TestUseLanguageSaysWhatIsWrong(t *testing.T) {
	if err := kit.UseLanguage(nil, "de"); err != nil {
		t.Errorf("without translations: %v", err)
	}
	files := fstest.MapFS{"xx.json": {Data: []byte(`{"A`)}}
	if err := kit.UseLanguage(files, ""); err == nil || !strings.Contains(err.Error(), `"xx"`) {
		t.Errorf("a file that is cut off gives %v", err)
	}
	if err := kit.UseLanguage(assets.Translations(), "tlh"); err == nil ||
		!strings.Contains(err.Error(), "de, en, es") {
		t.Errorf("an unknown language gives %v", err)
	}
}

// TestSidebarFitsEachLanguage wants no text so long that the sidebar's column would be cut off.
func TestSidebarFitsEachLanguage(t *testing.T) {
	files := assets.Translations()
	codes, err := kit.Languages(files)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kit.UseLanguage(files, "en"); err != nil {
			t.Error(err)
		}
	})
	for _, code := range codes {
		t.Run(code, func(t *testing.T) {
			if err := kit.UseLanguage(files, code); err != nil {
				t.Fatal(err)
			}
			w, _ := open(t, Config{Settings: DefaultSettings()})
			if got := w.live.sidebar.object.MinSize().Width; got > sidebarWidth {
				t.Errorf("the sidebar needs %v of width, and has %v", got, sidebarWidth)
			}
		})
	}
}

// TestOneAndSeveral wants one and several of a thing told apart in each language that does so.
func TestOneAndSeveral(t *testing.T) {
	files := assets.Translations()
	t.Cleanup(func() {
		if err := kit.UseLanguage(files, "en"); err != nil {
			t.Error(err)
		}
	})
	for code, want := range map[string][2]string{
		"en": {"1 picture", "2 pictures"},
		"de": {"1 Bild", "2 Bilder"},
		"es": {"1 imagen", "2 imágenes"},
		"fr": {"1 image", "2 images"},
		"ja": {"画像 1 枚", "画像 2 枚"},
		"zh": {"1 张图片", "2 张图片"},
	} {
		if err := kit.UseLanguage(files, code); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got := kit.N("1 picture", "{{.Count}} pictures", i+1, nil); got != want[i] {
				t.Errorf("%s says %q, want %q", code, got, want[i])
			}
		}
	}
	if got := kit.N("One item, {{.Size}}", "{{.Count}} items, {{.Size}}", 1,
		map[string]any{"Size": "2 MB"}); strings.Contains(got, "{{") {
		t.Errorf("with another value it says %q", got)
	}
}
