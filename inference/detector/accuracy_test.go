package detector

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/inference/coco"
	"handlens/inference/testmodel"
	"handlens/media"
)

// TestAccuracyOnOurOwnPictures finds patches of random sizes and places with each layout: nearly
// every box must be nearly exact. It also shows that the evaluation itself gives full marks to what
// is right and none to what is wrong.
func TestAccuracyOnOurOwnPictures(t *testing.T) {
	for _, layout := range testmodel.Layouts {
		d := openTestModel(t, layout, 416, Options{})
		r := rand.New(rand.NewPCG(3, 4))
		var there []annotation
		var found []result
		for id := range 30 {
			w, h := 200+2*r.IntN(500), 200+2*r.IntN(500)
			var patches []patch
			for class := range 3 {
				// Each colour has a third of the width to itself.
				x, y := w/3*class+r.IntN(w/12), r.IntN(h/3)
				box := image.Rect(x&^1, y&^1, (x+w/5)&^1, (y+h/3)&^1)
				patches = append(patches, patch{class, box})
				there = append(there, annotation{
					Image: int64(id), Category: int64(class + 1),
					Box: coco.Box{
						float64(box.Min.X), float64(box.Min.Y), float64(box.Dx()),
						float64(box.Dy()),
					},
				})
			}
			f := paint(t, w, h, media.I420, patches...)
			dets, _, err := d.Detect(f, nil)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, results(f, int64(id), dets, []int64{1, 2, 3})...)
		}
		ap, ap50 := averagePrecision(there, found)
		t.Logf("%s: AP %.3f, AP50 %.3f", layout, ap, ap50)
		if ap50 < 0.999 || ap < 0.97 {
			t.Errorf("%s: AP %.3f, AP50 %.3f", layout, ap, ap50)
		}
		for i := range found {
			found[i].Category = found[i].Category%3 + 1
		}
		if ap, _ := averagePrecision(there, found); ap > 0 {
			t.Errorf("wrong classes have an AP of %.3f", ap)
		}
	}
}

// referenceModels says for each model how much of the reference's results with a score of 0.35 or
// more we must find (same class, IoU over 0.7, score 0.25 or more), and the reverse. The reference
// smooths all frames when it makes them smaller; YOLOX's own pipeline does not, and ours follows
// the family, hence the lower share.
var referenceModels = []struct {
	model string
	iou   float32
	share float64
}{
	{"deimv2_femto_416", 0, 0.97},
	{"yolox_nano_416", 0.65, 0.95},
	{"yolo26n_640", 0, 0.97},
	{"yolov8n_640", 0.7, 0.97},
	{"yolo26n_int8_640", 0, 0.95},
	{"yolov8n_int8_640", 0.7, 0.97},
	{"nanodet_m_416", 0.6, 0.95},
}

// photosToCompare bounds the time: every tenth of the 155 photos, or all when HANDLENS_ACCURACY is
// set.
func photosToCompare(all truth) truth {
	if os.Getenv("HANDLENS_ACCURACY") != "" {
		return all
	}
	out := truth{Categories: all.Categories}
	for i := 0; i < len(all.Images); i += 10 {
		out.Images = append(out.Images, all.Images[i])
	}
	return out
}

func TestAgreementWithReference(t *testing.T) {
	if !haveSharedData() {
		t.Log("no photos beside the repository; our own pictures stand for them")
		TestAccuracyOnOurOwnPictures(t)
		return
	}
	var all truth
	readJSON(t, filepath.Join(sharedData, "images/coco/instances_val2017_subset.json"), &all)
	some := photosToCompare(all)
	for _, r := range referenceModels {
		t.Run(r.model, func(t *testing.T) {
			var want []result
			readJSON(t, filepath.Join(sharedData, "reference", r.model+".json"), &want)
			got := detectAll(t, r.model, some,
				Options{Confidence: 0.25, IoU: r.iou, AllLabels: true})
			chosen := map[int64]bool{}
			for _, img := range some.Images {
				chosen[img.ID] = true
			}
			again, back := share(want, got, chosen), share(got, want, chosen)
			t.Logf("%.3f of the reference's boxes are ours, %.3f of ours the reference's", again,
				back)
			if again < r.share || back < r.share {
				t.Errorf("%.3f and %.3f of the boxes agree, want %.2f", again, back, r.share)
			}
		})
	}
}

// share is the part of a's results with a score of at least 0.35 that b has as well.
func share(a, b []result, images map[int64]bool) float64 {
	hits, total := 0, 0
	for _, x := range a {
		if x.Score < 0.35 || !images[x.Image] {
			continue
		}
		total++
		for _, y := range b {
			if y.Image == x.Image && y.Category == x.Category && overlap(x.Box, y.Box) > 0.7 {
				hits++
				break
			}
		}
	}
	return float64(hits) / float64(total)
}

func detectAll(t *testing.T, model string, pictures truth, o Options) []result {
	t.Helper()
	d, err := Open(filepath.Join(sharedData, "models", model+".onnx"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var categories []int64
	for i, c := range pictures.Categories {
		categories = append(categories, c.ID)
		if d.Info().Labels[i] != c.Name {
			t.Fatalf("class %d is %q, not %q", i, d.Info().Labels[i], c.Name)
		}
	}
	var out []result
	for _, img := range pictures.Images {
		f := readPicture(t, filepath.Join(sharedData, "images/coco/val2017", img.File))
		dets, _, err := d.Detect(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, results(f, img.ID, dets, categories)...)
	}
	return out
}

// TestAveragePrecision holds the default model's AP on all labelled photos against that of the
// reference's own results, both cut at its score of 0.25. HANDLENS_ACCURACY names models ("all", or
// "yolox_nano_416 yolov8n_640") to measure more.
func TestAveragePrecision(t *testing.T) {
	if !haveSharedData() {
		t.Log("no photos beside the repository; our own pictures stand for them")
		TestAccuracyOnOurOwnPictures(t)
		return
	}
	var all truth
	readJSON(t, filepath.Join(sharedData, "images/coco/instances_val2017_subset.json"), &all)
	wanted := os.Getenv("HANDLENS_ACCURACY")
	for i, r := range referenceModels {
		if i > 0 && wanted != "all" && !strings.Contains(wanted, r.model) {
			continue
		}
		t.Run(r.model, func(t *testing.T) {
			var want []result
			readJSON(t, filepath.Join(sharedData, "reference", r.model+".json"), &want)
			ap, ap50 := averagePrecision(all.Annotations,
				detectAll(t, r.model, all, Options{Confidence: 0.25, IoU: r.iou, AllLabels: true}))
			refAP, refAP50 := averagePrecision(all.Annotations, want)
			t.Logf("AP %.4f, AP50 %.4f; reference %.4f, %.4f", ap, ap50, refAP, refAP50)
			// At most 0.2 mAP may be lost; more is fine.
			if ap < refAP-0.002 {
				t.Errorf("AP is %.4f, the reference's %.4f", ap, refAP)
			}
		})
	}
}

// TestModelsThatDoNotFit opens files that are meant to fail: they must say why in one sentence, or
// else work.
func TestModelsThatDoNotFit(t *testing.T) {
	if !haveSharedData() {
		t.Log("no models beside the repository; damaged ones of our own stand for them")
		TestDamagedModels(t)
		return
	}
	_, err := Open(filepath.Join(sharedData, "models/broken/yolov10n_declares_320.onnx"), Options{})
	if !errors.Is(err, ErrModel) || strings.Contains(err.Error(), "\n") ||
		!strings.Contains(err.Error(), "yolov10n_declares_320.onnx does not run") {
		t.Errorf("a model that cannot run gives %v", err)
	}
	// Older engines have no ConvInteger of signed weights. This one may.
	d, err := Open(filepath.Join(sharedData, "models/broken/yolo26n_qint8_640.onnx"), Options{})
	if err != nil {
		if !errors.Is(err, ErrModel) || strings.Contains(err.Error(), "\n") {
			t.Errorf("a model without an implementation gives %v", err)
		}
		return
	}
	defer d.Close()
	dets, _, err := d.Detect(readPicture(t, filepath.Join(sharedData, "images/photos/bus.jpg")),
		nil)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, x := range dets {
		count[x.Label]++
	}
	if got := fmt.Sprint(count); got != "map[bus:1 person:4]" && got != "map[bus:1 person:3]" {
		t.Errorf("signed weights run, but find %s", got)
	}
}
