package inference

import (
	"encoding/json"
	"image"
	_ "image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"testing"

	"handlens/media"
)

// The labelled photos and reference results lie beside the repository where the workplace has them; they are not part of the project.
const sharedData = "../../shared/data"

func haveSharedData() bool {
	_, err := os.Stat(filepath.Join(sharedData, "models"))
	return err == nil
}

// truth is COCO's own file, as far as it is needed here.
type truth struct {
	Images []struct {
		ID            int
		File          string `json:"file_name"`
		Width, Height int
	}
	Annotations []annotation
	Categories  []struct {
		ID   int
		Name string
	}
}

// annotation is an object that is there, with its box as x, y, width, height in pixels.
type annotation struct {
	Image    int        `json:"image_id"`
	Category int        `json:"category_id"`
	Box      [4]float64 `json:"bbox"`
	Crowd    int        `json:"iscrowd"`
}

// result is an object that was found, in COCO's result format.
type result struct {
	Image    int        `json:"image_id"`
	Category int        `json:"category_id"`
	Box      [4]float64 `json:"bbox"`
	Score    float64    `json:"score"`
}

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
func results(f *media.Frame, id int, dets []Detection, categories []int) []result {
	w, h := float64(f.Width), float64(f.Height)
	var out []result
	for _, d := range dets {
		x, y := float64(d.Box.X1)*w, float64(d.Box.Y1)*h
		out = append(out, result{
			Image: id, Category: categories[d.Class], Score: float64(d.Score),
			Box: [4]float64{x, y, float64(d.Box.X2)*w - x, float64(d.Box.Y2)*h - y},
		})
	}
	return out
}

// overlap is the intersection over the union, or over the found box alone for a crowd region, as in COCO's evaluation.
func overlap(found, there [4]float64, crowd bool) float64 {
	w := min(found[0]+found[2], there[0]+there[2]) - max(found[0], there[0])
	h := min(found[1]+found[3], there[1]+there[3]) - max(found[1], there[1])
	if w <= 0 || h <= 0 {
		return 0
	}
	if crowd {
		return w * h / (found[2] * found[3])
	}
	return w * h / (found[2]*found[3] + there[2]*there[3] - w*h)
}

// averagePrecision is COCO's AP (mean over IoU 0.50 to 0.95) and AP50, over all sizes, at most 100 detections a picture, 101 recall points, after
// pycocotools/cocoeval.py.
func averagePrecision(there []annotation, found []result) (ap, ap50 float64) {
	type key struct{ image, category int }
	truths, finds := map[key][]annotation{}, map[key][]result{}
	categories := map[int]bool{}
	for _, a := range there {
		k := key{a.Image, a.Category}
		truths[k] = append(truths[k], a)
		if a.Crowd == 0 {
			categories[a.Category] = true
		}
	}
	for _, r := range found {
		k := key{r.Image, r.Category}
		finds[k] = append(finds[k], r)
	}
	type mark struct {
		score float64
		hit   bool
	}
	count := 0
	for step := range 10 {
		limit := 0.5 + 0.05*float64(step)
		sum := 0.0
		for category := range categories {
			var marks []mark
			total := 0
			images := map[int]bool{}
			for k := range truths {
				if k.category == category {
					images[k.image] = true
				}
			}
			for k := range finds {
				if k.category == category {
					images[k.image] = true
				}
			}
			order := []int{}
			for i := range images {
				order = append(order, i)
			}
			sort.Ints(order)
			for _, img := range order {
				gts := slices.Clone(truths[key{img, category}])
				slices.SortStableFunc(gts, func(a, b annotation) int { return a.Crowd - b.Crowd })
				for _, a := range gts {
					total += 1 - a.Crowd
				}
				dts := slices.Clone(finds[key{img, category}])
				slices.SortStableFunc(dts, func(a, b result) int {
					if a.Score > b.Score {
						return -1
					}
					if a.Score < b.Score {
						return 1
					}
					return 0
				})
				used := make([]bool, len(gts))
				for _, d := range dts[:min(len(dts), 100)] {
					best, at := min(limit, 1-1e-10), -1
					for i, g := range gts {
						if used[i] && g.Crowd == 0 {
							continue
						}
						if at >= 0 && gts[at].Crowd == 0 && g.Crowd == 1 {
							break
						}
						if o := overlap(d.Box, g.Box, g.Crowd == 1); o >= best {
							best, at = o, i
						}
					}
					if at >= 0 {
						used[at] = true
						if gts[at].Crowd == 1 {
							continue
						}
					}
					marks = append(marks, mark{d.Score, at >= 0})
				}
			}
			slices.SortStableFunc(marks, func(a, b mark) int {
				if a.score > b.score {
					return -1
				}
				if a.score < b.score {
					return 1
				}
				return 0
			})
			hits := 0
			precision, recall := make([]float64, len(marks)), make([]float64, len(marks))
			for i, m := range marks {
				if m.hit {
					hits++
				}
				precision[i], recall[i] = float64(hits)/float64(i+1), float64(hits)/float64(total)
			}
			for i := len(precision) - 2; i >= 0; i-- {
				precision[i] = max(precision[i], precision[i+1])
			}
			for p := range 101 {
				i := sort.SearchFloat64s(recall, float64(p)/100)
				if i < len(precision) {
					sum += precision[i] / 101
				}
			}
		}
		mean := sum / float64(len(categories))
		ap += mean / 10
		if count == 0 {
			ap50 = mean
		}
		count++
	}
	return ap, ap50
}
