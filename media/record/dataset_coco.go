package record

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// cocoBegin is how our annotations.json begins.
const cocoBegin = `{"info":{"description":"Handlens data set"`

type cocoImage struct {
	ID       int    `json:"id"`
	FileName string `json:"file_name"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Captured string `json:"date_captured"`
}

type cocoAnnotation struct {
	ID       int        `json:"id"`
	Image    int        `json:"image_id"`
	Category int        `json:"category_id"`
	Box      [4]float64 `json:"bbox"`
	Area     float64    `json:"area"`
	Crowd    int        `json:"iscrowd"`
	// Segmentation is the polygon of a rotated box, and Area then its own.
	Segmentation [][]float64 `json:"segmentation,omitempty"`
}

type cocoCategory struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// annotation is a box in a picture of w × h pixels.
func (b yoloBox) annotation(id, picture int, w, h float64) cocoAnnotation {
	cents := func(v float64) float64 { return math.Round(v*100) / 100 }
	a := cocoAnnotation{
		ID: id, Image: picture, Category: b.class + 1, Area: cents(b.w * w * b.h * h),
		Box: [4]float64{
			cents((b.x - b.w/2) * w), cents((b.y - b.h/2) * h), cents(b.w * w), cents(b.h * h),
		},
	}
	if len(b.corners) == 0 {
		return a
	}
	polygon, area := make([]float64, len(b.corners)), 0.0
	for i := range polygon {
		polygon[i] = cents(b.corners[i] * [2]float64{w, h}[i%2])
	}
	for i := 0; i < len(polygon); i += 2 {
		next := (i + 2) % len(polygon)
		area += polygon[i]*polygon[next+1] - polygon[next]*polygon[i+1]
	}
	a.Segmentation, a.Area = [][]float64{polygon}, cents(math.Abs(area)/2)
	return a
}

// writeCOCO writes annotations.json from those lines of samples.tsv.
func (d Dataset) writeCOCO(w io.Writer, lines map[string]indexEntry, classes []string) error {
	categories := make([]cocoCategory, len(classes))
	for i, name := range classes {
		categories[i] = cocoCategory{ID: i + 1, Name: name}
	}
	head, err := json.Marshal(categories)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s},\n\"categories\":%s,\n\"images\":[", cocoBegin,
		head); err != nil {
		return err
	}
	if err := d.each(lines, w, func(s sample) []byte { return s.image }); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "],\n\"annotations\":["); err != nil {
		return err
	}
	if err := d.each(lines, w, func(s sample) []byte { return s.annotations }); err != nil {
		return err
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}

// each writes what part makes of each sample of those lines, with commas between.
func (d Dataset) each(lines map[string]indexEntry, w io.Writer, part func(sample) []byte) error {
	between, n := "\n", -1
	_, err := d.samples(func(s sample) error {
		n++
		if k, ok := lines[s.name]; !ok || k.line != n {
			return nil
		}
		text := part(s)
		if len(text) == 0 {
			return nil
		}
		if _, err := io.WriteString(w, between); err != nil {
			return err
		}
		between = ",\n"
		_, err := w.Write(text)
		return err
	})
	return err
}
