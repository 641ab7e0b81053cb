package command

import (
	"encoding/json"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/app/cli"
	"handlens/media/record"
)

// loadersVariable names the Python of `make loaders`, which has pycocotools and supervision.
const loadersVariable = "HANDLENS_TEST_LOADERS"

// load has other people's loaders read an export, and reads what they saw.
func load(t *testing.T, kind, path string, saw any) {
	t.Helper()
	script := filepath.Join("testdata", "loaders.py")
	cmd := exec.Command(os.Getenv(loadersVariable), script, kind, path)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, saw)
	}
	if err != nil {
		t.Fatalf("%s: %v, %s\n%s", kind, err, out, errs.String())
	}
}

// TestLoaders has pycocotools and supervision load what is exported.
func TestLoaders(t *testing.T) {
	if os.Getenv(loadersVariable) == "" {
		t.Skip("only make loaders installs them, from PyPI")
	}
	t.Run("results", loadResults)
	t.Run("film", loadFilm)
	t.Run("data set", loadDataset)
}

func loadResults(t *testing.T) {
	dir := t.TempDir()
	img := pngOf(t, drawn(320, 240, patch{image.Rect(40, 80, 104, 144), green}))
	var files []string
	for _, name := range []string{"a/7.png", "b/7.png", "000000000139.png"} {
		files = append(files, writeFile(t, filepath.Join(dir, name), img))
	}
	clip := filepath.Join("testdata", "patch.mp4")
	args := append([]string{"--format", "coco", "--model", colourModel(t, "deim"), clip}, files...)
	stdout, _ := detect(t, cli.Done, args...)
	var saw struct {
		IDs         []int64 `json:"ids"`
		FilesOfAnID int     `json:"files_of_an_id"`
		Files       []string
		AP          float64
	}
	load(t, "results", writeFile(t, filepath.Join(dir, "results.json"), []byte(stdout)), &saw)
	files = append(files, clip)
	slices.Sort(files)
	if len(saw.IDs) != 11 || !slices.Contains(saw.IDs, 139) || saw.FilesOfAnID != 1 ||
		!slices.Equal(saw.Files, files) || saw.AP != 1 {
		t.Errorf("pycocotools saw %+v", saw)
	}
}

func loadFilm(t *testing.T) {
	out := filepath.Join(t.TempDir(), "film.json")
	render(t, cli.Done, "--confidence", "0.2", "--out", out, recordingFiles(t)+".mp4")
	var saw struct {
		Images, Boxes, Outside int
		Sizes                  [][2]int
		Classes                []string
	}
	load(t, "film", out, &saw)
	if saw.Images != 3 || saw.Boxes == 0 || saw.Outside != 0 ||
		!reflect.DeepEqual(saw.Sizes, [][2]int{{640, 360}}) ||
		!slices.Equal(saw.Classes, []string{"red", "green"}) {
		t.Errorf("pycocotools saw %+v", saw)
	}
}

func loadDataset(t *testing.T) {
	d := record.Dataset{Dir: filepath.Join(t.TempDir(), "Dataset")}
	for i := range 5 {
		at := time.Date(2026, 1, 2, 3+i, 4, 5, 0, time.Local)
		labels := []record.Label{
			{Name: "red", X1: 0.25, Y1: 0.5, X2: 0.5, Y2: 0.75},
			{Name: `it's "green": 1`, X1: 0, Y1: 0, X2: 0.5, Y2: 1},
		}
		if _, err := d.Add(at, "Pixel 7", drawn(320, 240), labels[:i%3]); err != nil {
			t.Fatal(err)
		}
	}
	var saw struct {
		Images     int
		COCO, YOLO map[string][]any
	}
	load(t, "dataset", d.Dir, &saw)
	labelled := 0
	for name, boxes := range saw.YOLO {
		labelled += len(boxes)
		if !reflect.DeepEqual(boxes, saw.COCO[name]) {
			t.Errorf("%s: in YOLO's form it has %v, in COCO's %v", name, boxes, saw.COCO[name])
		}
	}
	if saw.Images != 5 || len(saw.YOLO) != 5 || len(saw.COCO) != 5 || labelled != 4 {
		t.Errorf("they saw %+v", saw)
	}
}
