package command

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"handlens/app/cli"
	"handlens/inference"
)

// TestModelsOfStrangers runs models laid out as exporters lay them out, which lie outside the
// project, and compares what is found with what is in their picture: nine of ten are right, none is
// wrong without a word, and none shows what is not there.
func TestModelsOfStrangers(t *testing.T) {
	dir := "../../../shared/data/byo"
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Skipf("the models are not here: %v", err)
	}
	var expected map[string]struct{ A, B *string }
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	right, judged := 0, 0
	for name, want := range expected {
		if want.B == nil {
			continue // no plain detector, or an oddity: nothing says what is to be found
		}
		judged++
		var out, refusal bytes.Buffer
		args := []string{
			"--data-dir", filepath.Join(t.TempDir(), "data"), "--format", "jsonl", "--model",
			filepath.Join(dir, name+".onnx"), filepath.Join(dir, "pic.png"),
		}
		if detectCommand.Run(t.Context(), args, &out, &refusal) != cli.Done {
			t.Logf("%s is refused: %s", name, refusal.String())
			continue
		}
		if wrong := unlike(out.String(), *want.A, *want.B); wrong != "" {
			t.Errorf("%s: %s: %s", name, wrong, out.String())
			continue
		}
		right++
	}
	t.Logf("%d of %d are right", right, judged)
	if right*10 < 9*judged {
		t.Errorf("%d of %d are right", right, judged)
	}
}

// unlike says what differs from a box of the one class in its place and one of the other anywhere.
func unlike(line, a, b string) string {
	var m struct {
		Detections []struct {
			Box     [4]float32
			Label   string
			Corners [][2]float64
		}
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return err.Error()
	}
	place := inference.Box{X1: 0.25, Y1: 0.25, X2: 0.5, Y2: 0.625}
	var there, other, more int
	for _, d := range m.Detections {
		box := inference.Box{X1: d.Box[0], Y1: d.Box[1], X2: d.Box[2], Y2: d.Box[3]}
		if len(d.Corners) == 4 {
			box = turnedBack(d.Corners)
		}
		switch {
		case d.Label == b && inference.IoU(box, place) >= 0.85:
			there++
		case d.Label == a:
			other++
		default:
			more++
		}
	}
	switch {
	case there != 1:
		return "no " + b + " in its place"
	case other != 1:
		return "no " + a
	case more > 0:
		return "ghosts"
	}
	return ""
}

// turnedBack is the upright box with the centre and the sides of a rotated one, in a picture of 640
// × 480 pixels: it is what the list of what is expected says of such.
func turnedBack(corners [][2]float64) inference.Box {
	const w, h = 640, 480
	var x, y float64
	for _, c := range corners {
		x, y = x+c[0]*w/4, y+c[1]*h/4
	}
	side := func(a, b [2]float64) float64 { return math.Hypot((a[0]-b[0])*w, (a[1]-b[1])*h) }
	across, along := side(corners[0], corners[1]), side(corners[1], corners[2])
	return inference.Box{
		X1: float32((x - across/2) / w), Y1: float32((y - along/2) / h),
		X2: float32((x + across/2) / w), Y2: float32((y + along/2) / h),
	}
}
