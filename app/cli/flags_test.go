package cli

import (
	"errors"
	"flag"
	"reflect"
	"strings"
	"testing"
)

func TestParseArgs(t *testing.T) {
	for _, c := range []struct {
		args  string
		files []string
		model string
		json  bool
		word  string // of the error
	}{
		{
			args: "a.jpg --model m b.jpg --json c.jpg", files: []string{"a.jpg", "b.jpg", "c.jpg"},
			model: "m", json: true,
		},
		{args: "-model=m=n --json=false -", files: []string{"-"}, model: "m=n"},
		{args: "--model m -- --json -x", files: []string{"--json", "-x"}, model: "m"},
		{args: "--model --", model: "--"},
		{args: "", files: nil},
		{args: "a --modle m", word: "there is no option --modle"},
		{args: "a --model", word: "--model needs a value"},
		{args: "--json=perhaps", word: "perhaps"},
		{args: "--runs many", word: `--runs "many"`},
		{args: "a -h", word: "help"},
		{args: "--help a", word: "help"},
		{args: "---", word: "no option"},
	} {
		fs := flag.NewFlagSet("test", flag.ContinueOnError)
		model, isJSON := fs.String("model", "", ""), fs.Bool("json", false, "")
		fs.Int("runs", 1, "")
		files, err := Parse(fs, strings.Fields(c.args))
		if c.word != "" {
			if err == nil || !strings.Contains(err.Error(), c.word) {
				t.Errorf("%q: error %v, want one with %q", c.args, err, c.word)
			}
			if c.word == "help" && !errors.Is(err, flag.ErrHelp) {
				t.Errorf("%q: %v is not a call for help", c.args, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(files, c.files) || *model != c.model ||
			*isJSON != c.json {
			t.Errorf("%q: files %q, model %q, json %v, error %v", c.args, files, *model, *isJSON,
				err)
		}
	}
}
