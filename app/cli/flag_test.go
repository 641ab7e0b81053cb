package cli

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// sample is a command with an option of each kind.
type sample struct {
	name  string
	json  bool
	runs  int
	share float64
	words []string
	odd   string
}

func (s *sample) flags() []Flag {
	return []Flag{
		{Name: "model", To: &s.name, Placeholder: "NAME", Help: "a model"},
		{Name: "json", To: &s.json, Help: "as JSON"},
		{Name: "runs", To: &s.runs, Placeholder: "N", Help: "how many"},
		{Name: "share", To: &s.share, Placeholder: "S", Help: "how much"},
		{Name: "words", To: &s.words, Placeholder: "A,B", Help: "some words"},
		{
			Name: "odd", Placeholder: "X", Help: "anything",
			To: func(v string) error {
				if s.odd += v; v == "bad" {
					return errors.New("is not wanted")
				}
				return nil
			},
		},
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args string
		want sample
		rest []string
	}{
		{
			args: "a.jpg --model m b.jpg --json c.jpg", rest: []string{"a.jpg", "b.jpg", "c.jpg"},
			want: sample{name: "m", json: true},
		},
		{args: "-model=m=n --json=false -", rest: []string{"-"}, want: sample{name: "m=n"}},
		{args: "--model m -- --json -x", rest: []string{"--json", "-x"}, want: sample{name: "m"}},
		{args: "--model --", want: sample{name: "--"}},
		{args: ""},
		{
			args: "--runs 0x10 --share=.5 --words a,,b --words c --odd 1 --odd 2",
			want: sample{runs: 16, share: 0.5, words: []string{"a", "b", "c"}, odd: "12"},
		},
	} {
		var s sample
		got, err := Parse(s.flags(), strings.Fields(c.args))
		if err != nil || !reflect.DeepEqual(got.Rest, c.rest) || !reflect.DeepEqual(s, c.want) {
			t.Errorf("%q: %q and %+v, %v", c.args, got.Rest, s, err)
		}
	}
	var s sample
	got, err := Parse(s.flags(), []string{"--json=false", "x", "--model="})
	if want := map[string]bool{"json": true, "model": true}; err != nil ||
		!reflect.DeepEqual(got.Given, want) {
		t.Errorf("given are %v, %v", got.Given, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for args, word := range map[string]string{
		"a --modle m":                   "there is no option --modle; did you mean --model?",
		"--jsno=true":                   "there is no option --jsno; did you mean --json?",
		"--frobnicate":                  "there is no option --frobnicate",
		"a --model":                     "--model needs a value",
		"--json=perhaps":                `--json "perhaps": is neither true nor false`,
		"--runs many":                   `--runs "many": is not a whole number`,
		"--runs 1.5":                    "is not a whole number",
		"--runs 99999999999999999999":   "is too large a number",
		"--share much":                  "is not a number",
		"--share 1e999":                 "is too large a number",
		"--odd bad":                     `--odd "bad": is not wanted`,
		"---":                           "no option",
		"--" + strings.Repeat("x", 1e5): "no option",
	} {
		var s sample
		_, err := Parse(s.flags(), strings.Fields(args))
		if err == nil || !strings.Contains(err.Error(), word) || errors.Is(err, ErrHelp) {
			t.Errorf("%.40q: error %.80v, want one with %q", args, err, word)
		}
	}
	for _, args := range []string{"a -h", "--help a", "-help", "--json --help --frobnicate"} {
		var s sample
		if _, err := Parse(s.flags(), strings.Fields(args)); !errors.Is(err, ErrHelp) {
			t.Errorf("%q: %v is not a call for help", args, err)
		}
	}
}

func TestCheckChoice(t *testing.T) {
	choices := Choices("text", "csv", "coco")
	if err := CheckChoice("format", "csv", choices); err != nil {
		t.Error(err)
	}
	want := `--format is text, csv or coco, not "xml"`
	if err := CheckChoice("format", "xml", choices); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
