package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/track"
)

var start = time.Date(2026, 11, 29, 21, 0, 0, 0, time.UTC)

// film is what is found at each tenth of a second: a word for each object.
func film(seconds float64, what string) []string {
	all := make([]string, int(seconds*10))
	for i := range all {
		all[i] = what
	}
	return all
}

func join(parts ...[]string) (all []string) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// fires runs a film by a rule and says at which tenths of a second it fires, and for what.
func fires(t *testing.T, sentence string, pictures []string) string {
	t.Helper()
	r, err := Parse(sentence)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWatch([]Rule{r})
	zone := track.Region{Name: "Zone 1", Points: make([]track.Point, 4)}
	line := track.Region{Name: "Line 1", Points: make([]track.Point, 2)}
	crossed := map[string]int{}
	var said []string
	for i, picture := range pictures {
		if picture == "blind" {
			continue
		}
		m := Moment{At: start.Add(time.Duration(i) * 100 * time.Millisecond)}
		inside := map[string]int{}
		for word := range strings.FieldsSeq(picture) {
			label, where, _ := strings.Cut(word, "@")
			m.Found = append(m.Found, inference.Detection{Label: label})
			switch where {
			case "zone":
				inside[label]++
			case "line":
				crossed[label]++
			}
		}
		m.Tallies = []track.Tally{
			{Region: zone, Inside: inside, In: map[string]int{}},
			{Region: line, In: map[string]int{}, Out: crossed},
		}
		for _, f := range w.See(m) {
			said = append(said, fmt.Sprint(i, f.Names(), f.Count()))
		}
	}
	return strings.Join(said, "; ")
}

func TestRulesFire(t *testing.T) {
	none, one, flicker := film(1, ""), film(3, "person"), film(0.5, "")
	for _, c := range []struct {
		rule string
		film []string
		want string
	}{
		{"when person then sound", join(none, one, one), "10 [person] 1"},
		{"when dog then sound", join(none, one), ""},
		{"when anything then sound", join(none, film(1, "cat dog dog")), "10 [dog cat] 3"},
		{"when cat or dog then sound", join(none, film(1, "cat dog person")), "10 [cat dog] 2"},
		{"when person for 2 s then sound", join(none, one), "30 [person] 1"},
		{"when person for 4 s then sound", join(none, one), ""},
		// The detector may lose sight of it for a moment.
		{"when person for 4 s then sound", join(none, one, flicker, one), "50 [person] 1"},
		{"when person for 4 s then sound", join(one, none, one), ""},
		// Once as long as it lasts, and again when it comes back.
		{"when person then sound", join(none, one, none, one), "10 [person] 1; 50 [person] 1"},
		{"when person then sound", join(none, one, flicker, one), "10 [person] 1"},
		// What would fire too early fires late, if it is still there.
		{
			"when person at most every 5 s then sound", join(none, one, none, one),
			"10 [person] 1; 60 [person] 1",
		},
		{"when person at most every 9 s then sound", join(none, one, none, one), "10 [person] 1"},
		{
			"when person more than 1 then sound", join(one, film(1, "person person dog")),
			"30 [person] 2",
		},
		// Inside a zone.
		{
			`when person in "Zone 1" for 1 s then sound`, join(one, film(2, "person@zone")),
			"40 [person] 1",
		},
		{`when person in "Zone 2" then sound`, film(2, "person@zone"), ""},
		{`when person in "Line 1" then sound`, film(2, "person@line"), ""},
		// Missing, also from the beginning; but not while nobody looks.
		{"when cup is missing for 1 s then sound", join(film(1, "cup"), film(2, "dog")), "20 [] 0"},
		{"when cup is missing for 1 s then sound", film(2, ""), "10 [] 0"},
		{
			"when cup is missing for 2 s then sound",
			join(film(1.5, ""), film(5, "blind"), film(1.5, "")), "",
		},
		// A wait begins anew when nobody has looked.
		{
			"when person for 2 s then sound",
			join(film(1.5, "person"), film(5, "blind"), film(1.5, "person")), "",
		},
		// Across a line: each time, or so many in so long.
		{
			`when person crosses "Line 1" then sound`,
			join(one, []string{"person@line"}, one, []string{"person@line dog@line"}),
			"30 [person] 1; 61 [person] 1",
		},
		{
			`when person crosses "Line 1" more than 1 for 2 s then sound`,
			join(one, []string{"person@line"}, one, []string{"person@line"}, none,
				[]string{"person@line"}),
			"72 [person] 2",
		},
		{
			`when person crosses "Line 1" at most every 5 s then sound`,
			join(one, []string{"person@line"}, none, []string{"person@line"}), "30 [person] 1",
		},
		// By the clock; the film begins at 21:00.
		{"when person between 20:00 and 22:00 then sound", join(none, one), "10 [person] 1"},
		{"when person between 22:00 and 06:00 then sound", join(none, one), ""},
		{"when person between 20:30 and 06:00 then sound", join(none, one), "10 [person] 1"},
	} {
		if got := fires(t, c.rule, c.film); got != c.want {
			t.Errorf("%s\n fires at %q, want %q", c.rule, got, c.want)
		}
	}
}

// A wait does not run before its hour.
func TestHoursBeginAWait(t *testing.T) {
	r, err := Parse("when person for 10 s between 21:01 and 22:00 then sound")
	if err != nil {
		t.Fatal(err)
	}
	w := NewWatch([]Rule{r})
	found := []inference.Detection{{Label: "person"}}
	for s := range 120 {
		got := w.See(Moment{At: start.Add(time.Duration(s) * time.Second), Found: found})
		if want := s == 70; (len(got) > 0) != want {
			t.Errorf("after %d s: %+v", s, got)
		}
	}
}

func TestRulesChangeWhileTheyWait(t *testing.T) {
	parse := func(s string) Rule {
		r, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	dog, cat := parse("when dog for 2 s then sound"), parse("when cat for 2 s then sound")
	off := cat
	off.Off = true
	w := NewWatch([]Rule{dog, off})
	found := []inference.Detection{{Label: "dog"}, {Label: "cat"}}
	see := func(after float64) (names []string) {
		for _, f := range w.See(Moment{At: start.Add(duration(after)), Found: found}) {
			names = append(names, f.Names()...)
		}
		return names
	}
	see(0)
	see(1)
	w.Set([]Rule{cat, dog}) // the first is new in this place, but it has waited too
	if got := fmt.Sprint(see(1.9), see(2.1), see(3)); got != "[] [cat dog] []" {
		t.Errorf("got %v", got)
	}
	w.Set(nil)
	if got := see(4); got != nil {
		t.Errorf("no rule fires for %v", got)
	}
}
