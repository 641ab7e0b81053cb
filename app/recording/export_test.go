package recording

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// twoSizes is a sidecar of a phone that was turned: the same share of the picture is elsewhere in
// the video then, between bars. The red object is seen, and falters.
const twoSizes = `{"handlens":1,"labels":["red"],"canvas":[1280,720],"film":"old.mp4"}
{"t":0,"at":1,"w":640,"h":360,"looked":true,` +
	`"detections":[{"box":[0.25,0.5,0.5,1],"label":"red","confidence":0.9}]}
{"t":33,"at":34,"w":640,"h":360,"looked":true,` +
	`"detections":[{"box":[0.25,0.5,0.5,1],"label":"red","confidence":0.5}]}
{"t":66,"at":67,"w":360,"h":640,"looked":true,` +
	`"detections":[{"box":[0.25,0.5,0.5,1],"label":"red","confidence":0.8}]}
`

func exported(t *testing.T, path string, o ExportOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(t.Context(), path, o, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is exported is in pixels of the video that it names, whatever the phone sent, and nothing is
// below the least score.
func TestExportIsInPixelsOfTheVideo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "renamed.jsonl")
	if err := os.WriteFile(path, []byte(twoSizes), 0o600); err != nil {
		t.Fatal(err)
	}
	// 360 × 640 lies in 1280 × 720 as 406 × 720 from 436 on (FitInto).
	want := [][4]float64{{320, 360, 320, 360}, {436 + 0.25*406, 360, 0.25 * 406, 360}}
	o := ExportOptions{Format: "coco", Filter: Filter{Confidence: 0.6}}
	var coco struct {
		Images      []cocoImage
		Annotations []cocoAnnotation
	}
	if err := json.Unmarshal(exported(t, path, o), &coco); err != nil {
		t.Fatal(err)
	}
	if len(coco.Images) != 3 || len(coco.Annotations) != 2 {
		t.Fatalf("%d images, %d annotations, want 3 and the 2 of 0.6 and more", len(coco.Images),
			len(coco.Annotations))
	}
	for _, i := range coco.Images {
		if i.Width != 1280 || i.Height != 720 || i.FileName != "old.mp4" {
			t.Errorf("an image is %+v", i)
		}
	}
	for i, a := range coco.Annotations {
		if a.BBox != want[i] || a.ImageID != 2*i+1 {
			t.Errorf("annotation %d is %+v, want %v", i, a, want[i])
		}
	}

	if err := os.WriteFile(filepath.Join(dir, "renamed.mp4"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Format = "csv"
	rows, err := csv.NewReader(bytes.NewReader(exported(t, path, o))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		left, _ := strconv.ParseFloat(row[5], 64)
		if row[0] != "renamed.mp4" || left != want[i][0] || row[10] != "1280" || row[11] != "720" {
			t.Errorf("row %d is %q", i, row)
		}
	}
}
