package rules

import (
	"reflect"
	"strings"
	"testing"
)

func TestASentenceIsARuleAndBack(t *testing.T) {
	for sentence, want := range map[string]Rule{
		`when person then snapshot`: {
			Classes: []string{"person"}, Then: []Action{{Do: Snapshot}},
		},
		`Gate: when person or "cell phone" in "Zone 1" more than 2 for 5 s between 22:00 and 06:30 ` +
			`at most every 60 s then snapshot, webhook https://example.org/hook with picture`: {
			Name: "Gate", Classes: []string{"person", "cell phone"}, Where: InZone,
			Place: "Zone 1", MoreThan: 2, Seconds: 5, Hours: Hours{22 * 60, 6*60 + 30}, Every: 60,
			Then: []Action{
				{Do: Snapshot}, {Do: Webhook, To: "https://example.org/hook", Picture: true},
			},
		},
		`"a b": when anything crosses "Line 1" then clip 5 s before 10 s after, sound, notify`: {
			Name: "a b", Where: AcrossLine, Place: "Line 1",
			Then: []Action{{Do: Clip, Before: 5, After: 10}, {Do: Sound}, {Do: Notify}},
		},
		`when bottle is missing for 1.5 s then command "say \"gone\" \\"`: {
			Classes: []string{"bottle"}, Missing: true, Seconds: 1.5,
			Then: []Action{{Do: Command, To: `say "gone" \`}},
		},
		`when "in" or "or" then sound`: {
			Classes: []string{"in", "or"}, Then: []Action{{Do: Sound}},
		},
	} {
		got, err := Parse(sentence)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n is read as %+v, %v", sentence, got, err)
		}
		if got.String() != sentence {
			t.Errorf("%s\n is written as %s", sentence, got)
		}
	}
}

func TestOtherWaysToSayIt(t *testing.T) {
	for said, same := range map[string]string{
		"WHEN Person FOR 2min THEN Snapshot": "when Person for 120 s then snapshot",
		"when dog for 1 h then clip": "when dog for 3600 s then clip 5 s before " +
			"5 s after",
		"when dog\n for 5s then clip 3 s after,sound": "when dog for 5 s then clip 0 s before 3 " +
			"s after, sound",
		"when 'a dog' then sound": `when "a dog" then sound`,
	} {
		r, err := Parse(said)
		if err != nil || r.String() != same {
			t.Errorf("%q is read as %q, %v", said, r, err)
		}
	}
}

func TestWhatIsNoRuleIsSaid(t *testing.T) {
	for said, want := range map[string]string{
		"":                                         `begins with "when"`,
		"person then snapshot":                     `begins with "when"`,
		"when then snapshot":                       "the class is missing",
		"when person":                              `the end is not understood there; what is to be`,
		"when person then":                         "what is to be done is missing",
		"when person then dance":                   `"dance" is nothing that can be done`,
		"when person then snapshot dog":            `"dog" is not understood there`,
		"when person maybe then snapshot":          `"maybe" is not understood there`,
		"when person for long then sound":          `"long" is no number`,
		"when person for 5 parsecs then sound":     `"parsecs" is not understood`,
		"when person for 5d then sound":            `"d" is no unit of time`,
		"when person for 25 h then sound":          "between 0 s and 24 h",
		"when person for -1 s then sound":          "between 0 s and 24 h",
		"when person for NaN s then sound":         "between 0 s and 24 h",
		"when person more than 1.5 then sound":     "a whole number",
		"when a in b crosses c then sound":         "one zone or one line",
		"when a is missing more than 2 then sound": "is not counted",
		"when a crosses b more than 2 then sound":  `Add "for N s"`,
		"when a between 25:00 and 3:00 then sound": `"25:00" is no hour`,
		"when a between 1:00 then sound":           `stands an "and"`,
		"when a then webhook ftp://x":              "begins with http:// or https://",
		"when a then webhook": "the address of the webhook " +
			"is missing",
		"when a then command ' '":                                 "which command?",
		"when a then clip 90 s before":                            "at most 60 s",
		"when a then clip 0 s before":                             "no length",
		`when "a then sound`:                                      "a quotation mark is not closed",
		"when a " + strings.Repeat("or a ", 20000) + "then sound": "too long",
	} {
		r, err := Parse(said)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q gives %+v, %v; want %q", said, r, err, want)
		}
	}
}

func TestAWrongAddressIsNotRepeated(t *testing.T) {
	_, err := Parse("when a then webhook ftp://user:hunter2@x")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`Gate: when person in "Zone 1" for 5 s then clip 5 s before, command "a 'b'"`)
	f.Add("when anything crosses l more than 2 for 1min between 1:00 and 2:00 then sound")
	f.Fuzz(func(t *testing.T, sentence string) {
		r, err := Parse(sentence)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Errorf("%q becomes %+v, written %q, then %+v, %v", sentence, r, r, again, err)
		}
	})
}
