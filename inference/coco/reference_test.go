package coco

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// sharedData lies beside the repository where the workplace has it.
const sharedData = "../../../shared/data"

// pycocotools are the twelve figures that pycocotools prints for the results of an independent
// detector on the labelled photos.
var pycocotools = []struct {
	model string
	stats [12]float64
}{
	{
		"deimv2_femto_416",
		[12]float64{
			0.335079, 0.474622, 0.362968, 0.105300, 0.354773, 0.565905, 0.285167, 0.399801,
			0.404326, 0.113716, 0.425205, 0.688471,
		},
	},
	{
		"nanodet_m_416",
		[12]float64{
			0.231557, 0.379028, 0.242179, 0.068551, 0.232978, 0.418869, 0.203368, 0.284732,
			0.288458, 0.078516, 0.292986, 0.509427,
		},
	},
	{
		"yolo26n_640",
		[12]float64{
			0.286312, 0.394724, 0.325431, 0.090312, 0.313004, 0.519787, 0.249146, 0.312153,
			0.312288, 0.090924, 0.327149, 0.559468,
		},
	},
	{
		"yolo26n_int8_640",
		[12]float64{
			0.280641, 0.383019, 0.318782, 0.080972, 0.315123, 0.503757, 0.244006, 0.307612,
			0.307679, 0.082348, 0.331813, 0.537700,
		},
	},
	{
		"yolov8n_640",
		[12]float64{
			0.314915, 0.416082, 0.345185, 0.107611, 0.335952, 0.537708, 0.265008, 0.349200,
			0.350112, 0.113959, 0.366852, 0.581721,
		},
	},
	{
		"yolov8n_int8_640",
		[12]float64{
			0.312454, 0.412818, 0.345425, 0.108178, 0.327876, 0.540957, 0.263920, 0.343835,
			0.344710, 0.113995, 0.358352, 0.577153,
		},
	},
	{
		"yolox_nano_416",
		[12]float64{
			0.247212, 0.359667, 0.271575, 0.065167, 0.237412, 0.426689, 0.208093, 0.271130,
			0.271404, 0.067012, 0.249166, 0.473815,
		},
	},
}

func TestAgainstPycocotools(t *testing.T) {
	f, err := os.Open(filepath.Join(sharedData, "images/coco/instances_val2017_subset.json"))
	if err != nil {
		t.Logf("no photos beside the repository; the cases with known values stand for them")
		TestKnownValues(t)
		return
	}
	defer f.Close()
	truth, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range pycocotools {
		data, err := os.ReadFile(filepath.Join(sharedData, "reference", c.model+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var found []Result
		if err := json.Unmarshal(data, &found); err != nil {
			t.Fatal(err)
		}
		e := Evaluate(truth, found)
		got := [12]Score{
			e.AP, e.AP50, e.AP75, e.APSmall, e.APMedium, e.APLarge, e.AR1, e.AR10,
			e.AR100, e.ARSmall, e.ARMedium, e.ARLarge,
		}
		for i, want := range c.stats {
			if math.Abs(float64(got[i])-want) > 1e-6 {
				t.Errorf("%s: figure %d is %.6f, pycocotools says %.6f", c.model, i, got[i], want)
			}
		}
	}
}
