package record

import (
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestDatasetFollowsTheFolder(t *testing.T) {
	d := Dataset{Dir: t.TempDir()}
	var saved []Saved
	add := func() {
		t.Helper()
		s, err := d.Add(noon, "", gradient(20, 10), []Label{{Name: "cup", X2: 1, Y2: 1}})
		if err != nil {
			t.Fatal(err)
		}
		saved = append(saved, s)
	}
	add()
	add()
	if err := os.Remove(saved[0].Clean); err != nil {
		t.Fatal(err)
	}
	putOwnPictures(t, d)
	cutLastLine(t, d)
	add()
	c := readCOCO(t, d)
	var got []string
	for _, img := range c.Images {
		got = append(got, fmt.Sprint(img.ID, " ", img.FileName, " ", img.Width))
	}
	if want := []string{
		"2 Handlens 2026-01-02 12-00-00 (2).png 20",
		"3 Handlens 2026-01-02 12-00-00 (3).png 20", "4 mine.jpg 30",
	}; !slices.Equal(got, want) {
		t.Errorf("images are %q, want %q", got, want)
	}
	seen := map[int]bool{}
	for _, b := range c.Boxes {
		if seen[b.ID] {
			t.Errorf("annotation %d is there twice", b.ID)
		}
		seen[b.ID] = true
	}
	if len(c.Boxes) != 3 {
		t.Errorf("annotations are %v", c.Boxes)
	}

	checkCorrectedLabels(t, d, saved[1], add)
}

// checkCorrectedLabels checks that labels that are corrected by hand count, and that the picture
// keeps its number.
func checkCorrectedLabels(t *testing.T, d Dataset, saved Saved, add func()) {
	if err := os.WriteFile(saved.Data, []byte("0 0.5 0.5 0.1 0.2\n0 0.5 0.5 0.3 0.4\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	add()
	c := readCOCO(t, d)
	var corrected []cocoAnnotation
	for _, b := range c.Boxes {
		if b.Image == 2 {
			corrected = append(corrected, b)
		}
	}
	if len(c.Images) != 4 || len(corrected) != 2 || corrected[0].Box != [4]float64{9, 4, 2, 2} {
		t.Errorf("of %d pictures the corrected one has %v", len(c.Images), corrected)
	}
}

// putOwnPictures puts pictures of the user's own into a data set: one with labels, one without, and
// one that is none.
func putOwnPictures(t *testing.T, d Dataset) {
	own, err := os.Create(filepath.Join(d.Dir, "images", "mine.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(jpeg.Encode(own, gradient(30, 20), nil), own.Close()); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"labels/mine.txt":       "0 0.5 0.5 0.5 0.5\n7 0.5 0.5 0.5 0.5\nnonsense\n",
		"images/unlabelled.png": "", "images/broken.png": "x", "labels/broken.txt": "",
	} {
		if err := os.WriteFile(filepath.Join(d.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// cutLastLine leaves the list of samples as a crash does.
func cutLastLine(t *testing.T, d Dataset) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(d.Dir, samplesFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = log.WriteString("broken.png\t9\t9\t0\t0\t{\tcut o\nmine.jpg\t3\t3\t0\t0\t{\"cut o")
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
}
