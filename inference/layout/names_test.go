package layout

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// namesForms are texts with class names, and the names.
var namesForms = map[string][]string{
	`{0: 'person', 1: 'bicycle'}`:             {"person", "bicycle"},
	`{1: "dog's bowl", 0: 'a\'b"c'}`:          {`a'b"c`, "dog's bowl"},
	`{"0": "person", "1": "caf\u00e9"}`:       {"person", "café"},
	`{'0': 'x', }`:                            {"x"},
	`["red","green" , "blue"]`:                {"red", "green", "blue"},
	`('a', 'b')`:                              {"a", "b"},
	` { 2 : 'c' } `:                           {"", "", "c"},
	`['\x41\u0042\U00000043\\', 'tab\there']`: {`ABC\`, "tab here"},
	"['\x00\x1bbad\xff']":                     {"bad"},
	`{0: '` + strings.Repeat("é", 80) + `'}`:  {strings.Repeat("é", 50)},
	`['']`:             {""},
	`{}`:               nil,
	`['日本', 'собака']`: {"日本", "собака"},

	`{0.0: 'a', 1.0: 'b'}`:                             {"a", "b"},
	`{"0.0": "a", "1": "b"}`:                           {"a", "b"},
	`{0: 0, 1: 1}`:                                     {"0", "1"},
	`{0: person, 1: traffic light}`:                    {"person", "traffic light"},
	`{0: np.str_('a'), 1: numpy.str_("b")}`:            {"a", "b"},
	`[np.str_('a'), str('b'), b'c', u"d"]`:             {"a", "b", "c", "d"},
	`array(['a', 'b'], dtype='<U6')`:                   {"a", "b"},
	`OrderedDict([(0, 'a'), (1, 'b')])`:                {"a", "b"},
	`OrderedDict({0: 'a'})`:                            {"a"},
	`{'a': 0, 'b': 1}`:                                 {"a", "b"},
	`[[0, "a"], [1, "b"]]`:                             {"a", "b"},
	`[["a"], ["b", "synonym"]]`:                        {"a", "b"},
	`[{"id": 0, "name": "a"}, {"name": "b", "id": 1}]`: {"a", "b"},
	`{"0": {"name": "a"}, "1": {"label": "b"}}`:        {"a", "b"},
	`{"id2label": {"1": "b", "0": "a"}, "x": [1]}`:     {"a", "b"},
	`{"0": null, "1": "b"}`:                            {"", "b"},
	"{\n  \"names\": [\n\"a\",\n \"b\"\n]}":            {"a", "b"},
	"a,b, c d":                                         {"a", "b", "c d"},
	"a;b":                                              {"a", "b"},
	"a\r\nb\r\n\r\n":                                   {"a", "b"},
	"- a\n- 'b'\n":                                     {"a", "b"},
	"0: a\n1: b # not":                                 {"a", "b # not"},
	"0 a b\n1\tc":                                      {"a b", "c"},
	"a\n\nc\n":                                         {"a", "", "c"},
	"path: x\ntrain: y\nnc: 2\nnames: ['a', \"b\"]\n":  {"a", "b"},
	"names:\n  0: a # one\n  1: b\nnc: 2\n":            {"a", "b"},
	"nc: 2\nnames:\n- a\n- b\n\nroboflow:\n  w: 1":     {"a", "b"},
	"nc: 2\nnames: a, b\n":                             {"a", "b"},
	"item { namename: 'x' id: 1 name: 'a' }":           {"", "a"},
	"names: [\n 'a',\n 'b' ]":                          {"a", "b"},
	"item {\n id: 1\n name: '/m/1'\n display_name: 'a'\n}\nitem { name: \"b\" id: 2 }": {
		"", "a", "b",
	},
}

func TestParseNames(t *testing.T) {
	for text, want := range namesForms {
		got, err := parseNames(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q gives %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseNamesRefuses(t *testing.T) {
	for _, text := range []string{
		"", "{", "[", "{0}", "{0:", "{0: 'person'", "{'a': 'b'}", "\n", strings.Repeat("x", 200),
		"{0: ", "[<object>]", "[f(]", "[f()]", "{0: [[1]]}", "[[0, 'a'], 'b']",
		"{-1: 'x'}", "{99999: 'x'}", "['a' 'b']", "{0: 'a' 1: 'b'}",
		`['a\`, "{99999999999999999999: 'x'}", strings.Repeat("[", 100000),
		"{1e300: 'x'}", "{nan: 'x'}", "{0.5: 'x'}",
		"[" + strings.Repeat("'a',", 20000) + "]",
	} {
		if got, err := parseNames(text); err == nil {
			t.Errorf("%.40q gives %d names", text, len(got))
		}
	}
}

func FuzzParseNames(f *testing.F) {
	for _, s := range []string{
		`{0: 'person', 1: "dog's"}`, `["a","b"]`, `{"0":"\u00e9"}`, `('a',)`,
		`{9999: '\U0010ffff'}`, `['\xzz']`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		labels, err := parseNames(text)
		if err != nil {
			return
		}
		if len(labels) > maxClasses {
			t.Fatalf("%d labels", len(labels))
		}
		for _, l := range labels {
			if len(l) > maxLabel || !utf8.ValidString(l) ||
				strings.ContainsAny(l, "\n\r\t\x00") {
				t.Fatalf("label %q", l)
			}
		}
	})
}

// labelled gives a layout of so many classes its names.
func labelled(metadata map[string]string, classes int) *Layout {
	l := &Layout{classes: classes}
	l.label(metadata, nil)
	return l
}

func namesBeside(text string) map[string]string {
	return WithNamesBeside(nil, "labels.txt beside it", text)
}

// labelCases are models with so many classes, and what these are called.
var labelCases = []struct {
	metadata map[string]string
	n        int
	want     []string
	warned   string
}{
	{nil, 2, []string{"class 0", "class 1"}, "labels.txt"},
	{map[string]string{"names": "{0: 'a', 1: 'b'}"}, 3, []string{"a", "b", "class 2"}, "2 names"},
	{map[string]string{"names": "{0: 'a', 1: 'b'}"}, 1, []string{"a"}, "2 names"},
	{map[string]string{"names": "{0: 'a"}, 1, []string{"class 0"}, "cannot be read"},
	{map[string]string{"names": "0,1,2", "labels": "a,b"}, 2, []string{"a", "b"}, ""},
	{map[string]string{"names": "", "Class Names": "a\nb"}, 2, []string{"a", "b"}, ""},
	{map[string]string{"character": "a\nb\n"}, 2, []string{"a", "b"}, ""},
	{map[string]string{"classes": "2", "Labels": "['a','b']"}, 2, []string{"a", "b"}, ""},
	{map[string]string{"classes": "None", "labels": "true"}, 1, []string{"class 0"}, "labels.txt"},
	{map[string]string{"config": `{"x": {}, "id2label": {"0": "a"}}`}, 1, []string{"a"}, ""},
	{map[string]string{"input_names": "['x']"}, 1, []string{"class 0"}, "labels.txt"},
	{map[string]string{"names": "{1: 'a', 2: 'b'}"}, 2, []string{"a", "b"}, ""},
	{map[string]string{"names": "['__background__', 'a']"}, 1, []string{"a"}, ""},
	{map[string]string{"names": "['a', 'background']"}, 1, []string{"a"}, ""},
	{namesBeside("a\nb\n"), 2, []string{"a", "b"}, ""},
	{namesBeside("a\nb\n"), 0, []string{"a", "b"}, ""},
	{namesBeside("a\nb\n"), 1, []string{"class 0"}, "labels.txt beside it has 2 names"},
	{
		WithNamesBeside(map[string]string{"names": "['x', 'y']"}, "labels.txt beside it", "a\nb"),
		2,
		[]string{"x", "y"},
		"",
	},
}

func TestLabel(t *testing.T) {
	l := labelled(nil, 80)
	if got := l.Labels(); len(got) != 80 || got[0] != "person" || got[9] != "traffic light" ||
		len(l.Warnings()) > 0 || len(l.Reasons()) != 1 {
		t.Errorf("80 unnamed classes are %q; %q", got, l.Warnings())
	}
	l.Labels()[0] = "changed"
	if labelled(nil, 80).Labels()[0] != "person" {
		t.Error("the labels are shared")
	}
	if l := labelled(nil, 0); len(l.Labels()) != 80 || len(l.Warnings()) != 1 {
		t.Errorf("%d labels and the warnings %q where nothing is known", len(l.Labels()),
			l.Warnings())
	}
	for _, c := range labelCases {
		l := labelled(c.metadata, c.n)
		warnings := strings.Join(l.Warnings(), "; ")
		if !slices.Equal(l.Labels(), c.want) || !strings.Contains(warnings, c.warned) ||
			(warnings == "") != (c.warned == "") {
			t.Errorf("%q for %d classes gives %q, warned %q", c.metadata, c.n, l.Labels(), warnings)
		}
	}
}

func TestSelectClasses(t *testing.T) {
	labels := labelled(nil, 80).Labels()
	allow, err := SelectClasses(labels, []string{" Person", "CAR"})
	if err != nil || !allow[0] || !allow[2] || allow[1] {
		t.Errorf("got %v, %v", allow, err)
	}
	if allow, err := SelectClasses(labels, nil); allow != nil || err != nil {
		t.Errorf("no names give %v, %v", allow, err)
	}
	for name, near := range map[string]string{
		"perzon": "person", "trafic light": "traffic light",
		"phone": "cell phone", "zzzzz": "",
	} {
		_, err := SelectClasses(labels, []string{name})
		if err == nil || !strings.Contains(err.Error(), name) || near != "" &&
			!strings.Contains(err.Error(), near) || near == "" &&
			strings.Contains(err.Error(), ";") {
			t.Errorf("%q gives %v", name, err)
		}
	}
}
