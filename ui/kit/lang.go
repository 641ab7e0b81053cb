package kit

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// L translates an English text into the user's language; without a translation it stays English. In
// texts with values, {{.Name}} stands for the value of that name in the data (lang.L). Every text
// that a person reads in the window passes through here, as a literal: a test collects the literals
// and checks that every translation has them.
func L(text string, data ...any) string { return lang.L(text, data...) }

// N is L for a text that counts: it takes the text for one, or the text for several, whose
// {{.Count}} is the count; more are further values, or nil. Both texts are literals of their own,
// so that each language inflects as it needs to. None of the six languages has more forms for the
// counts that are shown; where nothing is there, other words say so.
func N(one, several string, count int, more map[string]any) string {
	data := map[string]any{"Count": count}
	maps.Copy(data, more)
	if count == 1 {
		return L(one, data)
	}
	return L(several, data)
}

// fyneLanguages are those that Fyne has texts of its own for. It chooses among those and ours only
// by the system's languages.
var fyneLanguages = []string{
	"cs", "de", "el", "en", "es", "fr", "ja", "pl", "pt", "pt-BR", "ru",
	"sv", "ta", "uk", "zh-Hans",
}

// UseLanguage sets the language of L: the one of that code, or the system's when the code is "".
// The files are CODE.json at the root of files, each a flat object from English text to
// translation. Call it before any widget is made, and not at the same time as L.
//
// Fyne cannot be set to another language than the system's. So it is given the chosen texts as
// those of every language that it might choose.
func UseLanguage(files fs.FS, code string) error {
	if files == nil {
		return nil
	}
	codes, err := Languages(files)
	if err != nil {
		return err
	}
	if code != "" && !slices.Contains(codes, code) {
		return fmt.Errorf("there are no texts for the language %q, only for %s", code,
			strings.Join(codes, ", "))
	}
	texts := make(map[string][]byte)
	for _, c := range codes {
		if texts[tagOf(c)], err = fs.ReadFile(files, c+".json"); err != nil {
			return fmt.Errorf("read the texts of the window: %w", err)
		}
	}
	if code != "" {
		chosen := texts[tagOf(code)]
		for _, tag := range fyneLanguages {
			texts[tag] = chosen
		}
		for tag := range texts {
			texts[tag] = chosen
		}
	}
	for tag, data := range texts {
		if err := lang.AddTranslationsForLocale(data, fyne.Locale(tag)); err != nil {
			return fmt.Errorf("the texts of the window for the language %q: %w", tag, err)
		}
	}
	return nil
}

// Languages are the codes that there are texts for, sorted.
func Languages(files fs.FS) ([]string, error) {
	if files == nil {
		return nil, nil
	}
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list the texts of the window: %w", err)
	}
	for i, n := range names {
		names[i] = strings.TrimSuffix(path.Base(n), ".json")
	}
	return names, nil
}

// tagOf is the name under which Fyne knows a language. It has its own texts for simplified Chinese,
// and ours must join them: it speaks from one set of texts only.
func tagOf(code string) string {
	if code == "zh" {
		return "zh-Hans"
	}
	return code
}
