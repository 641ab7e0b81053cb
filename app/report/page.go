package report

import (
	"bytes"
	_ "embed" // the page
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/jpeg"
	"io"
	"net/url"
	"slices"
	"time"

	"handlens/app/recording"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Pictures are those of the recording; either may be nil.
type Pictures struct {
	// Still is a frame of the video.
	Still image.Image
	// At gives the frame of a moment, small.
	At func(time.Duration) (image.Image, error)
}

// maxMoments bounds the thumbnails of a page, and maxFired those of rules beside them.
const maxMoments, maxFired = 24, 48

const jpegQuality = 80

// view is what the page shows.
type view struct {
	Language string
	T        func(string) string
	Title    string
	Facts    [][2]string
	Nothing  bool
	Objects  chart
	Classes  [][4]string
	Heat     template.URL
	Regions  []titled
	Rules    [][2]string
	Moments  []moment
}

// titled is a chart with its title.
type titled struct {
	Title string
	Chart chart
}

type moment struct {
	Words, At string
	Rule      bool         // came true
	Link      template.URL // into the film
	Picture   template.URL
}

// Write writes the report of a recording as HTML in a language.
func Write(w io.Writer, s *recording.Summary, pics Pictures, language string) error {
	if !slices.Contains(Languages, language) {
		language = Languages[0]
	}
	t := in(language)
	v := view{
		Language: language, T: t, Title: s.Film, Nothing: len(s.Classes) == 0,
		Facts: facts(s, t),
	}
	var err error
	if !v.Nothing {
		if err = v.objects(s); err != nil {
			return err
		}
	}
	if !v.Nothing {
		heat := HeatMap(pics.Still, image.Pt(s.Canvas[0], s.Canvas[1]), s.Heat)
		if v.Heat, err = inline(heat); err != nil {
			return err
		}
	}
	if v.Regions, err = regions(s, t); err != nil {
		return err
	}
	for _, r := range s.Rules {
		v.Rules = append(v.Rules, [2]string{r.Rule, fmt.Sprint(r.Times)})
	}
	if v.Moments, err = moments(s, pics, t); err != nil {
		return err
	}
	return page.Execute(w, v)
}

// facts are what is known of the recording itself.
func facts(s *recording.Summary, t func(string) string) (all [][2]string) {
	add := func(key, value string) {
		if value != "" {
			all = append(all, [2]string{t(key), value})
		}
	}
	add("phone", s.Phone)
	if !s.Start.IsZero() {
		add("began", s.Start.Local().Format("2006-01-02 15:04:05"))
	}
	add("length", clock(s.Length))
	add("model", s.Model)
	return all
}

func (v *view) objects(s *recording.Summary) (err error) {
	var all []series
	for _, c := range s.Classes {
		all = append(all, series{c.Label, c.Series})
		v.Classes = append(v.Classes, [4]string{
			c.Label, fmt.Sprint(c.Objects), fmt.Sprint(c.Most), clock(c.Present),
		})
	}
	v.Objects, err = overTime(all, s.Step)
	return err
}

// regions are the charts of lines and zones.
func regions(s *recording.Summary, t func(string) string) (all []titled, err error) {
	add := func(key, name string, c chart, failed error) {
		if failed != nil {
			err = failed
			return
		}
		all = append(all, titled{fmt.Sprintf(t(key), name), c})
	}
	for _, r := range s.Regions {
		name := r.Region.Name
		if len(r.Tally.In)+len(r.Tally.Out) == 0 {
			continue // nothing came near it
		}
		if r.Region.IsLine() {
			c, failed := overTime([]series{{t("in"), sums(r.In)}, {t("out"), sums(r.Out)}}, s.Step)
			add("crossings", name, c, failed)
			continue
		}
		c, failed := overTime([]series{{name, r.Inside}}, s.Step)
		add("inside", name, c, failed)
		if labels, counts := histogram(r.Dwells, maxBars); labels != nil {
			c, failed := bars(labels, counts)
			add("dwell", name, c, failed)
		}
	}
	return all, err
}

const maxBars = 12

// sums adds a series up, so that it only grows.
func sums(values []float64) []float64 {
	all := make([]float64, len(values))
	total := 0.0
	for i, v := range values {
		total += v
		all[i] = total
	}
	return all
}

// worth are the moments that have a picture on the page.
func worth(all []recording.Moment) (some []recording.Moment) {
	fired, others := 0, 0
	for _, m := range all {
		n, most := &others, maxMoments
		if m.Rule != "" {
			n, most = &fired, maxFired
		}
		if *n++; *n <= most {
			some = append(some, m)
		}
	}
	return some
}

func moments(s *recording.Summary, pics Pictures, t func(string) string) (all []moment, err error) {
	for _, m := range worth(s.Moments) {
		v := moment{
			At: clock(m.At), Rule: m.Rule != "",
			Link: template.URL(link(s.Film, m.At)), //nolint:gosec // escaped there
		}
		switch {
		case v.Rule:
			v.Words = m.Rule
		case m.First:
			v.Words = fmt.Sprintf(t("first"), m.Label)
		default:
			v.Words = peak(t("peak"), m)
		}
		if pics.At != nil {
			picture, failed := pics.At(m.At)
			if failed != nil {
				continue // the film is damaged there
			}
			if v.Picture, err = inline(picture); err != nil {
				return nil, err
			}
		}
		all = append(all, v)
	}
	return all, nil
}

// link leads into a film beside the page, by a media fragment (W3C).
func link(film string, at time.Duration) string {
	return fmt.Sprintf("%s#t=%.1f", url.PathEscape(film), at.Seconds())
}

// peak says how many there were; languages have number and name in an order of their own.
func peak(format string, m recording.Moment) string {
	if format[1] == 's' {
		return fmt.Sprintf(format, m.Label, m.Count)
	}
	return fmt.Sprintf(format, m.Count, m.Label)
}

// inline makes a picture a part of the page.
func inline(picture image.Image) (template.URL, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return "", err
	}
	text := base64.StdEncoding.EncodeToString(b.Bytes())
	return template.URL("data:image/jpeg;base64," + text), nil //nolint:gosec // base64 is harmless
}
