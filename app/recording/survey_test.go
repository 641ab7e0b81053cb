package recording

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"handlens/app/rules"
	"handlens/inference"
	"handlens/inference/track"
)

// walk is the sidecar of a person who walks through a zone, from left to right and across a line,
// in ten seconds, and of a dog that sits in the middle of the last five.
func walk(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := json.NewEncoder(f)
	put := func(v any) {
		if err := out.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	put(Head{
		Handlens: version, Phone: "Pixel", Model: "m", Labels: []string{"person", "dog"},
		Canvas: [2]int{640, 480}, Film: "walk.mp4", Start: time.Unix(1_750_000_000, 0),
		Regions: []track.Region{
			{Name: "Zone", Points: []track.Point{{X: .3}, {X: .7}, {X: .7, Y: 1}, {X: .3, Y: 1}}},
			{Name: "Line", Points: []track.Point{{X: .5}, {X: .5, Y: 1}}},
		},
	})
	for i := range 101 {
		x := float32(i) / 100
		l := Line{
			T: int64(i) * 100, At: 1_750_000_000_000 + int64(i)*100, Width: 640, Height: 480,
			Detected: true,
		}
		l.Detections = []inference.Detection{{
			Label: "person", Score: .9,
			Box: inference.Box{X1: x - .05, Y1: .2, X2: x + .05, Y2: .6},
		}}
		if i >= 50 {
			l.Detections = append(l.Detections, inference.Detection{
				Label: "dog", Class: 1, Score: .8,
				Box: inference.Box{X1: .4, Y1: .8, X2: .6, Y2: .98},
			})
		}
		if i == 30 || i == 60 {
			l.Rules = []Mark{{Rule: "Gate", Labels: map[string]int{"person": 1}}}
		}
		put(l)
	}
	return path
}

func TestSurvey(t *testing.T) {
	s, err := Survey(t.Context(), walk(t), Filter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Length != 10*time.Second || s.Frames != 101 || s.Step != leastStep ||
		s.Film != "walk.mp4" {
		t.Errorf("%v long, %d frames, in steps of %v, of %s", s.Length, s.Frames, s.Step, s.Film)
	}
	if len(s.Classes) != 2 || s.Classes[0].Label != "person" || s.Classes[1].Label != "dog" {
		t.Fatalf("the classes are %+v", s.Classes)
	}
	person, dog := s.Classes[0], s.Classes[1]
	if person.Objects != 1 || person.Most != 1 || far(person.Present, 10*time.Second) ||
		far(dog.Present, 5*time.Second) {
		t.Errorf("person %+v, dog %+v", person, dog)
	}
	if len(dog.Series) != 21 || dog.Series[4] != 0 || dog.Series[15] != 1 {
		t.Errorf("the dog's time line is %v", dog.Series)
	}
	zone, line := s.Regions[0], s.Regions[1]
	if zone.Inside[2] != 0 || zone.Inside[8] != 1 || zone.Inside[12] != 2 || zone.Inside[18] != 1 {
		t.Errorf("in the zone were %v", zone.Inside)
	}
	if len(zone.Dwells) != 1 || far(zone.Dwells[0], 4*time.Second) {
		t.Errorf("they stayed %v", zone.Dwells)
	}
	if all := sumOf(line.In) + sumOf(line.Out); all != 1 || line.Inside != nil {
		t.Errorf("the line was crossed %v times", all)
	}
	// The person's way is a row of equal cells, the dog's place one warm cell.
	if walked, sat := s.Heat[14][10], s.Heat[32][32]; walked <= 0 || sat < 4 || walked > sat {
		t.Errorf("walked through for %v s, sat in for %v s", walked, sat)
	}
	if len(s.Moments) != 4 || s.Moments[0].Label != "person" || s.Moments[2].Label != "dog" ||
		far(s.Moments[2].At, 5*time.Second) || s.Moments[1].Rule != "Gate" ||
		s.Moments[1].At != 3*time.Second || s.Moments[3].Count != 1 {
		t.Errorf("the moments are %+v", s.Moments)
	}
	if len(s.Rules) != 1 || s.Rules[0] != (RuleSummary{Rule: "Gate", Times: 2}) {
		t.Errorf("the rules are %+v", s.Rules)
	}
}

// far says that a time is not within half a second of what it should be.
func far(got, want time.Duration) bool { return (got - want).Abs() > time.Second/2 }

func sumOf(values []float64) (all float64) {
	for _, v := range values {
		all += v
	}
	return all
}

func TestSurveyCountsWhatTheFilterLetsThrough(t *testing.T) {
	s, err := Survey(t.Context(), walk(t), Filter{Classes: []string{"dog"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Classes) != 1 || s.Classes[0].Label != "dog" {
		t.Errorf("the classes are %+v", s.Classes)
	}
}

func TestLongRecordingsHaveLongerParts(t *testing.T) {
	for length, want := range map[time.Duration]time.Duration{
		time.Minute: leastStep, 2 * time.Minute: leastStep, 10 * time.Minute: 3 * time.Second,
		10 * time.Hour: 150*time.Second + leastStep,
	} {
		s := newSurveyor(Head{}, length)
		if s.sum.Step != want || s.parts > surveyParts+1 {
			t.Errorf("%v has %d parts of %v, want %v", length, s.parts, s.sum.Step, want)
		}
	}
}

// Rules can be looked for afterwards; then those of the recording do not count.
func TestSurveyLooksForRules(t *testing.T) {
	var now []rules.Rule
	for _, text := range []string{
		`Sits: when dog for 2 s`, `when person in "Zone" then sound`,
		`when anything crosses "Line"`,
		`when cat`,
	} {
		r, err := rules.ParseCondition(text)
		if err != nil {
			t.Fatal(err)
		}
		now = append(now, r)
	}
	s, err := Survey(t.Context(), walk(t), Filter{}, now)
	if err != nil {
		t.Fatal(err)
	}
	at := make(map[string]time.Duration)
	for _, m := range s.Moments {
		if m.Rule != "" {
			at[m.Rule] = m.At
		}
	}
	if len(at) != 3 || len(s.Rules) != 3 || far(at["Sits"], 7*time.Second) ||
		far(at["when person in Zone"], 3*time.Second) ||
		far(at["when anything crosses Line"], 5*time.Second) {
		t.Errorf("they came true at %v; %+v", at, s.Rules)
	}
}

// However many rules somebody has written into a file, and however long, a page stays a page.
func TestSurveyBoundsRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.jsonl")
	var b strings.Builder
	b.WriteString(`{"handlens":1,"film":"many.mp4"}` + "\n")
	for i := range 30 {
		var marks []string
		for k := range 2 * maxLineMarks {
			marks = append(marks,
				fmt.Sprintf(`{"rule":"%d %s"}`, 1000*i+k, strings.Repeat("é", 2000)))
		}
		fmt.Fprintf(&b, `{"t":%d,"w":4,"h":4,"detections":[],"looked":true,"rules":[%s]}`+"\n",
			i*100,
			strings.Join(marks, ","))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Survey(t.Context(), path, Filter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rules) != maxRules || len(s.Moments) > maxFired ||
		len(s.Rules[0].Rule) > maxRuleName || !utf8.ValidString(s.Rules[0].Rule) {
		t.Errorf("%d rules, %d moments, a name of %d bytes", len(s.Rules), len(s.Moments),
			len(s.Rules[0].Rule))
	}
}
