package coco

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Box is left, top, width and height in pixels.
type Box [4]float64

func (b Box) area() float64 { return b[2] * b[3] }

// Truth is the ground truth, in the format of COCO's instances_*.json.
type Truth struct {
	Images      []Image      `json:"images"`
	Annotations []Annotation `json:"annotations"`
	Categories  []Category   `json:"categories"`
}

// Only keeps the categories of these names, in any case, with their annotations. It fails at the
// first name that no category has.
func (t *Truth) Only(names []string) error {
	kept := map[int64]bool{}
	var categories []Category
	for _, name := range names {
		i := slices.IndexFunc(t.Categories, func(c Category) bool {
			return strings.EqualFold(c.Name, name)
		})
		if i < 0 {
			return fmt.Errorf("no class is called %q", name)
		}
		if c := t.Categories[i]; !kept[c.ID] {
			kept[c.ID] = true
			categories = append(categories, c)
		}
	}
	t.Categories = categories
	t.Annotations = slices.DeleteFunc(t.Annotations, func(a Annotation) bool {
		return !kept[a.Category]
	})
	return nil
}

// Image is one labelled image.
type Image struct {
	ID   int64  `json:"id"`
	File string `json:"file_name"`
}

// Category is a class with its number and name.
type Category struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Annotation is an object in the ground truth.
type Annotation struct {
	Image    int64 `json:"image_id"`
	Category int64 `json:"category_id"`
	Box      Box   `json:"bbox"`
	// Area is that of the object, in square pixels, which decides whether it is small, medium or
	// large; 0 means the area of the box.
	Area float64 `json:"area"`
	// Crowd is 1 for a region of many objects that were not annotated one by one.
	Crowd int `json:"iscrowd"`
}

// Result is an object that was found, in COCO's results format.
type Result struct {
	Image    int64   `json:"image_id"`
	Category int64   `json:"category_id"`
	Box      Box     `json:"bbox"`
	Score    float64 `json:"score"`
}

// maxTruth bounds a file of annotations, in bytes; that of COCO train2017 has 470 MB.
const maxTruth = 1 << 30

// Read reads a file of annotations. Its errors continue a sentence that begins with the file's
// name.
func Read(r io.Reader) (*Truth, error) {
	var t Truth
	if err := json.NewDecoder(io.LimitReader(r, maxTruth)).Decode(&t); err != nil {
		return nil, fmt.Errorf("is not a file of COCO annotations: %w", err)
	}
	if len(t.Images) == 0 || len(t.Categories) == 0 {
		return nil, errors.New("is not a file of COCO annotations: it has no images or no " +
			"categories")
	}
	for i := range t.Annotations {
		a := &t.Annotations[i]
		for _, v := range a.Box {
			if math.Abs(v) > 1e7 {
				return nil, fmt.Errorf("has a box of %v in image %d", a.Box, a.Image)
			}
		}
		if a.Area <= 0 {
			a.Area = a.Box.area()
		}
	}
	return &t, nil
}

// overlap is the IoU of two boxes; for a crowd region the intersection over the found box alone.
func overlap(found, there Box, crowd bool) float64 {
	w := min(found[0]+found[2], there[0]+there[2]) - max(found[0], there[0])
	h := min(found[1]+found[3], there[1]+there[3]) - max(found[1], there[1])
	if w <= 0 || h <= 0 {
		return 0
	}
	union := found.area()
	if !crowd {
		union += there.area() - w*h
	}
	return w * h / union
}
