package layout

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseNames(t *testing.T) {
	for text, want := range map[string][]string{
		`{0: 'person', 1: 'bicycle'}`:             {"person", "bicycle"},
		`{1: "dog's bowl", 0: 'a\'b"c'}`:          {`a'b"c`, "dog's bowl"},
		`{"0": "person", "1": "caf\u00e9"}`:       {"person", "café"},
		`{'0': 'x', }`:                            {"x"},
		`["red","green" , "blue"]`:                {"red", "green", "blue"},
		`('a', 'b')`:                              {"a", "b"},
		` { 2 : 'c' } `:                           {"class 0", "class 1", "c"},
		`['\x41\u0042\U00000043\\', 'tab\there']`: {`ABC\`, "tab here"},
		"['\x00\x1bbad\xff']":                     {"bad"},
		`{0: '` + strings.Repeat("é", 80) + `'}`:  {strings.Repeat("é", 50)},
		`['']`:                           {"class 0"},
		`{}`:                             nil,
		"helmet,vest, head":              {"helmet", "vest", "head"},
		"helmet\nvest\nhead\n":           {"helmet", "vest", "head"},
		"{0.0: 'a', 1.0: 'b'}":           {"a", "b"},
		"{0: person, 1: 7}":              {"person", "7"},
		"[np.str_('a'), np.str_(\"b\")]": {"a", "b"},
		`['日本', 'собака']`:               {"日本", "собака"},
	} {
		got, err := parseNames(text)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q gives %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestParseNamesRefuses(t *testing.T) {
	for _, text := range []string{
		"", "person", "{", "[", "{0}", "{0:", "{0: 'person'", "{'a': 'b'}",
		"{-1: 'x'}", "{99999: 'x'}", "['a' 'b']", "{0: 'a' 1: 'b'}",
		`['a\`, "{99999999999999999999: 'x'}", strings.Repeat("[", 100000),
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
			if l == "" || len(l) > maxLabel || !utf8.ValidString(l) ||
				strings.ContainsAny(l, "\n\r\t\x00") {
				t.Fatalf("label %q", l)
			}
		}
	})
}

func TestLabelsFor(t *testing.T) {
	none := map[string]string{}
	if l := labelsFor(none, 80); len(l) != 80 || l[0] != "person" || l[79] != "toothbrush" ||
		l[9] != "traffic light" {
		t.Errorf("COCO's labels are %q", l)
	}
	if l := labelsFor(none, 0); len(l) != 80 {
		t.Errorf("%d labels where nothing is known", len(l))
	}
	if l := labelsFor(none, 3); !slices.Equal(l, []string{"class 0", "class 1", "class 2"}) {
		t.Errorf("three unnamed classes are %q", l)
	}
	named := map[string]string{"names": "{0: 'red', 1: 'green'}"}
	if l := labelsFor(named, 3); !slices.Equal(l, []string{"red", "green", "class 2"}) {
		t.Errorf("two names for three classes give %q", l)
	}
	if l := labelsFor(named, 1); !slices.Equal(l, []string{"red"}) {
		t.Errorf("two names for one class give %q", l)
	}
	labelsFor(none, 80)[0] = "changed"
	if labelsFor(none, 80)[0] != "person" {
		t.Error("the labels are shared")
	}
}

func TestSelectClasses(t *testing.T) {
	labels := labelsFor(nil, 80)
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

func TestNamesAtOtherKeys(t *testing.T) {
	for key := range map[string]bool{"id2label": true, "classes": true, "character": true} {
		m := withPlainNames(map[string]string{key: `{"0": "a", "1": "b"}`, "task": "detect"})
		if m["names"] != m[key] || m["task"] != "detect" {
			t.Errorf("%s gives %v", key, m)
		}
	}
	if m := withPlainNames(map[string]string{"classes": "2"}); m["names"] != "" {
		t.Errorf("a number gives names: %v", m)
	}
}
