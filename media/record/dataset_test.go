package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// coco is what a program that trains reads.
type coco struct {
	Info       map[string]string `json:"info"`
	Categories []cocoCategory    `json:"categories"`
	Images     []cocoImage       `json:"images"`
	Boxes      []cocoAnnotation  `json:"annotations"`
}

func readCOCO(t *testing.T, d Dataset) (c coco) {
	t.Helper()
	if err := json.Unmarshal([]byte(readText(t, d.Dir, cocoFile)), &c); err != nil {
		t.Fatalf("annotations.json: %v", err)
	}
	return c
}

func readText(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.Local)

func TestDataset(t *testing.T) {
	d := DatasetIn(filepath.Join(t.TempDir(), "Pictures"))
	saved, err := d.Add(noon, "Pixel", gradient(200, 100), []Label{
		{Class: 0, Name: "person", X1: .1, Y1: .2, X2: .3, Y2: .6},
		{Class: 60, Name: "dining table", X1: -1, Y1: .5, X2: 2, Y2: 1},
		{Class: 9, Name: "empty", X1: .5, Y1: .5, X2: .5, Y2: .7},
		{Class: 9, Name: "empty", X1: float32(math.NaN()), X2: 1, Y2: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	name := "Handlens 2026-01-02 12-00-00 Pixel"
	if want := (Saved{
		Clean: filepath.Join(d.Dir, "images", name+".png"),
		Data:  filepath.Join(d.Dir, "labels", name+".txt"), Folder: d.Dir,
		Count: 1,
	}); saved != want {
		t.Errorf("saved as %+v, want %+v", saved, want)
	}
	const want = "0 0.200000 0.400000 0.200000 0.400000\n1 0.500000 0.750000 1.000000 0.500000\n"
	if got := readText(t, saved.Data); got != want {
		t.Errorf("labels are %q, want %q", got, want)
	}

	// Another model counts its classes otherwise: names decide.
	if saved, err = d.Add(noon, "Pixel", gradient(64, 64),
		[]Label{
			{Class: 3, Name: "dining table", X2: 1, Y2: 1},
			{Class: 1, X2: .5, Y2: .5},
		}); err != nil {
		t.Fatal(err)
	}
	if saved.Count != 2 || filepath.Base(saved.Clean) != name+" (2).png" {
		t.Errorf("the second is %+v", saved)
	}
	if _, err = d.Add(noon, "", gradient(10, 10), nil); err != nil {
		t.Fatal(err)
	}
	if got, want := readText(t, d.Dir, "classes.txt"),
		"person\ndining table\nempty\nclass 1\n"; got != want {
		t.Errorf("classes are %q, want %q", got, want)
	}
	const list = "# There is no split: the pictures are too few, or too near to each other in " +
		"time. " +
		"So val is\n# train itself, and its figures say nothing about other pictures.\n" +
		"train: images\nval: images\nnc: 4\nnames:\n  0: \"person\"\n" +
		"  1: \"dining table\"\n  2: \"empty\"\n  3: \"class 1\"\n"
	if got, want := readText(t, d.Dir, "data.yaml"), yamlBegin+list; got != want {
		t.Errorf("data.yaml is %q, want %q", got, want)
	}
	checkAnnotations(t, d, name)
}

// checkAnnotations checks the annotations.json that TestDataset makes.
func checkAnnotations(t *testing.T, d Dataset, name string) {
	c := readCOCO(t, d)
	if len(c.Categories) != 4 || c.Categories[1] != (cocoCategory{ID: 2, Name: "dining table"}) {
		t.Errorf("categories are %v", c.Categories)
	}
	var images []string
	for i, img := range c.Images {
		images = append(images,
			fmt.Sprint(img.ID, " ", img.FileName, " ", img.Width, "×", img.Height))
		if _, err := time.Parse(time.RFC3339, c.Images[i].Captured); err != nil {
			t.Error(err)
		}
	}
	if want := []string{
		"1 " + name + ".png 200×100", "2 " + name + " (2).png 64×64",
		"3 Handlens 2026-01-02 12-00-00.png 10×10",
	}; !slices.Equal(images, want) {
		t.Errorf("images are %q, want %q", images, want)
	}
	if want := []cocoAnnotation{
		{ID: 1, Image: 1, Category: 1, Box: [4]float64{20, 20, 40, 40}, Area: 1600},
		{ID: 2, Image: 1, Category: 2, Box: [4]float64{0, 50, 200, 50}, Area: 10000},
		{ID: 3, Image: 2, Category: 2, Box: [4]float64{0, 0, 64, 64}, Area: 4096},
		{ID: 4, Image: 2, Category: 4, Box: [4]float64{0, 0, 32, 32}, Area: 1024},
	}; !reflect.DeepEqual(c.Boxes, want) {
		t.Errorf("annotations are %v, want %v", c.Boxes, want)
	}
}

func TestDatasetOfSomeoneElse(t *testing.T) {
	d := Dataset{Dir: t.TempDir()}
	theirs := `{"images":[]}`
	if err := os.WriteFile(filepath.Join(d.Dir, cocoFile), []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Add(noon, "", gradient(4, 4), nil); !errors.Is(err, ErrForeign) ||
		!strings.Contains(err.Error(), d.Dir) {
		t.Errorf("error is %v", err)
	}
	if got := readText(t, d.Dir, cocoFile); got != theirs {
		t.Errorf("their file is %q", got)
	}

	d = Dataset{Dir: t.TempDir()}
	own := "# mine\npath: /data\n"
	if err := os.WriteFile(filepath.Join(d.Dir, yamlFile), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Add(noon, "", gradient(4, 4), []Label{{Name: "cup", X2: 1, Y2: 1}}); err != nil {
		t.Fatal(err)
	}
	if got := readText(t, d.Dir, yamlFile); got != own {
		t.Errorf("the user's data.yaml became %q", got)
	}
	if err := os.Remove(filepath.Join(d.Dir, classesFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Add(noon, "", gradient(4, 4), nil); err == nil ||
		!strings.Contains(err.Error(), "classes.txt is missing") {
		t.Errorf("without classes.txt: %v", err)
	}
}

// Lists that nobody can tell to be ours are somebody's own: nothing is added to them.
func TestDatasetLeavesForeignListsAlone(t *testing.T) {
	for name, theirs := range map[string]string{
		classesFile: "nut\nbolt\n",
		samplesFile: "specimen\tweight\nA1\t3.5\n",
	} {
		d := Dataset{Dir: t.TempDir()}
		if err := os.WriteFile(filepath.Join(d.Dir, name), []byte(theirs), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := d.Add(noon, "", gradient(4, 4), []Label{{Name: "cup", X2: 1, Y2: 1}})
		if !errors.Is(err, ErrForeign) {
			t.Errorf("with their %s: %v", name, err)
		}
		if got := readText(t, d.Dir, name); got != theirs {
			t.Errorf("their %s became %q", name, got)
		}
	}
}

// A user may remove lists of ours to have them made once more.
func TestDatasetMakesItsListsOnceMore(t *testing.T) {
	for _, gone := range [][]string{
		{cocoFile},
		{samplesFile},
		{yamlFile},
		{cocoFile, samplesFile},
		{cocoFile, yamlFile},
	} {
		d := Dataset{Dir: t.TempDir()}
		for range 2 {
			saved, err := d.Add(noon, "", gradient(4, 4), []Label{{Name: "cup", X2: 1, Y2: 1}})
			if err != nil {
				t.Fatalf("without %q: %v", gone, err)
			}
			for _, name := range gone {
				if err := os.Remove(filepath.Join(d.Dir, name)); err != nil {
					t.Fatalf("%v, with %d pictures", err, saved.Count)
				}
			}
		}
	}
}

func TestDatasetDoesNotCutALongListOfClasses(t *testing.T) {
	d := Dataset{Dir: t.TempDir()}
	if _, err := d.Add(noon, "", gradient(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a class\n", maxClassesFile/8+1)
	if err := os.WriteFile(filepath.Join(d.Dir, classesFile), []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Add(noon, "", gradient(4, 4), []Label{{Name: "cup", X2: 1, Y2: 1}}); err == nil {
		t.Error("a class was added to a list of which only a part was read")
	}
	if got := readText(t, d.Dir, classesFile); got != long {
		t.Errorf("of %d bytes %d are left", len(long), len(got))
	}
}

func TestDatasetHasNoHalfSamples(t *testing.T) {
	for _, blocked := range []string{
		cocoFile, samplesFile, classesFile, yamlFile, "images",
		"labels",
	} {
		d := Dataset{Dir: t.TempDir()}
		if _, err := d.Add(noon, "", gradient(4, 4),
			[]Label{{Name: "cup", X2: 1, Y2: 1}}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(d.Dir, blocked)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		inTheWay := func() error { return os.MkdirAll(filepath.Join(path, "x"), 0o700) }
		if blocked == "images" || blocked == "labels" {
			inTheWay = func() error { return os.WriteFile(path, nil, 0o600) }
		}
		if err := inTheWay(); err != nil {
			t.Fatal(err)
		}
		before := len(files(t, d.Dir))
		_, err := d.Add(noon, "", gradient(4, 4), []Label{{Name: "dish", X2: 1, Y2: 1}})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s in the way: %v", blocked, err)
		}
		after := files(t, d.Dir)
		if slices.ContainsFunc(after, func(p string) bool {
			return strings.Contains(p, "(2)") || strings.Contains(p, ".part")
		}) || len(after) > before+1 {
			t.Errorf("%s in the way: %v is left", blocked, after)
		}
	}
}

// files lists all files below a folder.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDatasetFromManySides(t *testing.T) {
	d := Dataset{Dir: t.TempDir()}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := d.Add(noon, "", gradient(8, 8),
				[]Label{{Class: i, Name: fmt.Sprintf("thing %d", i%3), X2: 1, Y2: 1}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if c := readCOCO(t, d); len(c.Images) != 8 || len(c.Boxes) != 8 || len(c.Categories) != 3 {
		t.Errorf("%d images, %d annotations, %d categories", len(c.Images), len(c.Boxes),
			len(c.Categories))
	}
}

// BenchmarkDatasetOf10000 adds a picture to a large data set.
func BenchmarkDatasetOf10000(b *testing.B) {
	d := Dataset{Dir: b.TempDir()}
	labels := make([]Label, 8)
	for i := range labels {
		labels[i] = Label{Name: fmt.Sprintf("thing %d", i), X1: .1, Y1: .2, X2: .5, Y2: .7}
	}
	if _, err := d.Add(noon, "", gradient(8, 8), labels); err != nil {
		b.Fatal(err)
	}
	first := filepath.Join(d.Dir, "images", "Handlens 2026-01-02 12-00-00.png")
	for i := range 10_000 {
		name := fmt.Sprintf("more %d", i)
		text := yoloLines([]string{
			"thing 0", "thing 1", "thing 2", "thing 3", "thing 4", "thing 5",
			"thing 6", "thing 7",
		}, labels)
		if err := errors.Join(os.Link(first, filepath.Join(d.Dir, "images", name+".png")),
			os.WriteFile(filepath.Join(d.Dir, "labels", name+".txt"), text, 0o600)); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := d.Add(noon, "", gradient(8, 8), labels); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := d.Add(noon.Add(time.Duration(i)*time.Second), "x", gradient(8, 8),
			labels); err != nil {
			b.Fatal(err)
		}
	}
}
