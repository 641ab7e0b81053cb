package report

import (
	"bytes"
	"errors"
	"image"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"handlens/app/recording"
	"handlens/inference/track"
)

func aSummary() *recording.Summary {
	s := &recording.Summary{
		Head: recording.Head{
			Film: "a <b> & \"c\".mp4", Phone: "<script>alert(1)</script>", Canvas: [2]int{640, 480},
		},
		Length: 3 * time.Second, Frames: 90, Step: time.Second,
		Classes: []recording.ClassSummary{
			{Label: "<img src=x onerror=y>", Objects: 3, Most: 2, Series: []float64{0, 1, 2}},
			{Label: "dog", Objects: 1, Most: 1, Series: []float64{1, 1, 0}},
		},
		Regions: []recording.RegionSummary{
			{
				Tally: track.Tally{
					Region: track.Region{Name: "Zone", Points: make([]track.Point, 4)},
					In:     map[string]int{"dog": 2}, Out: map[string]int{"dog": 1},
				},
				Inside: []float64{1, 2, 1}, In: []float64{1, 1, 0}, Out: []float64{0, 0, 1},
				Dwells: []time.Duration{time.Second},
			},
			{
				Tally: track.Tally{Region: track.Region{
					Name:   "Unused",
					Points: make([]track.Point, 2),
				}},
				In: []float64{0, 0, 0}, Out: []float64{0, 0, 0},
			},
		},
		Rules: []recording.RuleSummary{{Rule: "<b>Gate</b>", Times: 7}},
		Moments: []recording.Moment{
			{At: time.Second / 2, Rule: "<b>Gate</b>", Count: 1},
			{At: time.Second, Label: "dog", First: true, Count: 1},
			{At: 2 * time.Second, Label: "dog", Count: 2},
			{At: 3 * time.Second, Label: "cat", Count: 2},
		},
	}
	s.Heat[10][20] = 2
	return s
}

// written is the page in a language, and the words of it.
func written(t *testing.T, s *recording.Summary, p Pictures, language string) (page, text string) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, s, p, language); err != nil {
		t.Fatal(err)
	}
	page = b.String()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode &&
			slices.Contains([]string{"script", "iframe", "link"}, n.Data) {
			t.Errorf("the page has a %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("the page has %s=%q", a.Key, a.Val)
			}
		}
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			text += n.Data + "\n"
		}
	}
	return page, text
}

// outside finds what a page would fetch from elsewhere.
var outside = regexp.MustCompile(`(?i)(src|href)="(https?:|//|data:[^i])|url\(|@import`)

func TestAReportHoldsAllItNeeds(t *testing.T) {
	var asked []time.Duration
	pictures := Pictures{
		Still: image.NewRGBA(image.Rect(0, 0, 64, 48)),
		At: func(at time.Duration) (image.Image, error) {
			if asked = append(asked, at); at == 3*time.Second {
				return nil, errors.New("damaged")
			}
			return image.NewRGBA(image.Rect(0, 0, 32, 24)), nil
		},
	}
	page, text := written(t, aSummary(), pictures, "en")
	if at := outside.FindString(page); at != "" {
		t.Errorf("the page wants %s", at)
	}
	for _, want := range []string{
		`a <b> & "c".mp4`, "<script>alert(1)</script>", "<img src=x onerror=y>",
		"Objects over time", "Zone: inside", "Zone: how long they stayed", "Where they were",
		"first dog", "2 × dog", "0:00 · <b>Gate</b>", "How often",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "Unused") || strings.Contains(text, "cat") {
		t.Error("the page has what there is nothing to say of, or no picture of")
	}
	if n := strings.Count(page, "<svg"); n != 6 { // three charts, by day and by night
		t.Errorf("there are %d charts", n)
	}
	if n := strings.Count(page, "data:image/jpeg;base64,"); n != 4 || len(asked) != 4 {
		t.Errorf("there are %d pictures, asked for were %v", n, asked)
	}
	if !strings.Contains(page, `href="a%20%3Cb%3E%20&amp;%20%22c%22.mp4#t=1.0"`) {
		t.Error("no moment leads into the film")
	}
}

// Moments of rules and others do not take each other's room.
func TestAReportHasRoomForRules(t *testing.T) {
	s := aSummary()
	s.Moments = nil
	for range 100 {
		s.Moments = append(s.Moments, recording.Moment{Label: "dog", Count: 2},
			recording.Moment{Rule: "Gate"})
	}
	page, _ := written(t, s, Pictures{}, "en")
	rules, all := strings.Count(page, `<li class="rule">`), strings.Count(page, "<li")
	if rules != maxFired || all != maxFired+maxMoments {
		t.Errorf("%d moments, %d of rules", all, rules)
	}
}

func TestAReportInEachLanguage(t *testing.T) {
	for key := range words[Languages[0]] {
		for _, l := range Languages {
			if words[l][key] == "" || len(words[l]) != len(words[Languages[0]]) {
				t.Errorf("%s lacks %q, or has more", l, key)
			}
		}
	}
	titles := make(map[string]bool)
	for _, l := range Languages {
		page, text := written(t, aSummary(), Pictures{}, l)
		if !strings.Contains(page, `<html lang="`+l+`">`) || strings.Contains(text, "%!") {
			t.Errorf("in %s: %s", l, text)
		}
		titles[in(l)("moments")+in(l)("where")] = true
	}
	if len(titles) != len(Languages) {
		t.Errorf("of %d languages %d differ", len(Languages), len(titles))
	}
}

func TestAReportOfNothing(t *testing.T) {
	s := &recording.Summary{Head: recording.Head{Film: "x.mp4"}, Step: time.Second}
	if _, text := written(t, s, Pictures{}, "xx"); !strings.Contains(text, "Nothing was found") {
		t.Errorf("it says %s", text)
	}
}

func TestHistogram(t *testing.T) {
	labels, counts := histogram([]time.Duration{
		time.Second / 2, 59 * time.Second, 61 * time.Second, 119 * time.Second,
	}, 12)
	if len(labels) != 12 || labels[0] != "0–10" || labels[5] != "50–1:00" || counts[0] != 1 ||
		counts[5] != 1 || counts[6] != 1 || counts[11] != 1 {
		t.Errorf("got %v, %v", labels, counts)
	}
	if labels, _ := histogram(nil, 12); labels != nil {
		t.Errorf("of nothing: %v", labels)
	}
}

// Where objects stayed longest the picture is reddest, and where none were it is as it is.
func TestHeatMap(t *testing.T) {
	var heat [recording.HeatRows][recording.HeatColumns]float64
	heat[9][16], heat[27][48] = 10, 1
	still := image.NewRGBA(image.Rect(0, 0, 640, 360))
	img := HeatMap(still, image.Pt(640, 360), heat)
	at := func(x, y int) (r, b int) {
		c := img.RGBAAt(x*img.Rect.Dx()/64, y*img.Rect.Dy()/36)
		return int(c.R), int(c.B)
	}
	hot, _ := at(16, 9)
	mild, _ := at(48, 27)
	none, blue := at(2, 34)
	if hot < 100 || mild >= hot || none != 0 || blue != 0 {
		t.Errorf("red is %d, %d and %d, blue where nothing was %d", hot, mild, none, blue)
	}
}
