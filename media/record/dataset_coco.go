package record

import (
	"encoding/json"
	"fmt"
	"io"
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
}

type cocoCategory struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
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
