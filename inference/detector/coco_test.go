package detector

import (
	"encoding/json"
	"image"
	_ "image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"handlens/inference"
	"handlens/inference/coco"
	"handlens/media"
)

// The labelled photos and reference results lie beside the repository if there are any; they are
// not part of the project.
const sharedData = "../../../shared/data"

func haveSharedData() bool {
	_, err := os.Stat(filepath.Join(sharedData, "models"))
	return err == nil
}

// COCO's own formats.
type (
	truth      = coco.Truth
	annotation = coco.Annotation
	result     = coco.Result
)

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func readPicture(t testing.TB, path string) *media.Frame {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := media.FromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// results turns detections into COCO's format; categories are by class index.
func results(f *media.Frame, id int64, dets []inference.Detection, categories []int64) []result {
	w, h := float64(f.Width), float64(f.Height)
	var out []result
	for _, d := range dets {
		x, y := float64(d.Box.X1)*w, float64(d.Box.Y1)*h
		out = append(out, result{
			Image: id, Category: categories[d.Class], Score: float64(d.Score),
			Box: coco.Box{x, y, float64(d.Box.X2)*w - x, float64(d.Box.Y2)*h - y},
		})
	}
	return out
}

// overlap is the intersection over the union of two boxes.
func overlap(a, b coco.Box) float64 {
	w := min(a[0]+a[2], b[0]+b[2]) - max(a[0], b[0])
	h := min(a[1]+a[3], b[1]+b[3]) - max(a[1], b[1])
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (a[2]*a[3] + b[2]*b[3] - w*h)
}

// averagePrecision is COCO's AP and AP50.
func averagePrecision(there []annotation, found []result) (ap, ap50 float64) {
	images, categories := map[int64]bool{}, map[int64]bool{}
	for _, a := range there {
		images[a.Image], categories[a.Category] = true, true
	}
	for _, r := range found {
		images[r.Image] = true
	}
	t := coco.Truth{Annotations: there}
	for id := range images {
		t.Images = append(t.Images, coco.Image{ID: id})
	}
	for id := range categories {
		t.Categories = append(t.Categories, coco.Category{ID: id})
	}
	e := coco.Evaluate(&t, found)
	return float64(e.AP), float64(e.AP50)
}
