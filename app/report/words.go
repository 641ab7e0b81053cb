package report

import (
	_ "embed" // the words
	"encoding/json"
)

// Languages are those that a report can be written in; the first is taken for one that is unknown.
var Languages = []string{"en", "de", "es", "fr", "ja", "zh"}

//go:embed words.json
var wordsText []byte

// words are the sentences of a report, by language and by key. %s and %d are filled in.
var words = func() (all map[string]map[string]string) {
	if err := json.Unmarshal(wordsText, &all); err != nil {
		panic(err) // they are a part of the program
	}
	return all
}()

// in says the words of a language.
func in(language string) func(key string) string {
	return func(key string) string { return words[language][key] }
}
