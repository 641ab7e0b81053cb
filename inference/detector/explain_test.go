package detector

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

// besides writes a model and, unless it is nil, the file beside it, and returns the model's path.
func besides(t *testing.T, model, sidecar []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "thing.onnx")
	if err := os.WriteFile(path, model, 0o600); err != nil {
		t.Fatal(err)
	}
	if sidecar != nil {
		if err := os.WriteFile(strings.TrimSuffix(path, "onnx")+"json", sidecar,
			0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func strange(t *testing.T, kind string) []byte {
	t.Helper()
	data, err := testmodel.Strange(kind, 416)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// strangeSidecar is what makes a strange model right, as a file.
func strangeSidecar(kind string) []byte {
	return []byte(`{"layout": ` + testmodel.StrangeSidecar(kind)[1] + `}`)
}

// patchesFrame has a red and a green patch.
func patchesFrame(t *testing.T) *media.Frame {
	w, h := 640, 480
	return paint(t, w, h, media.I420, patch{0, even(w, h, .1, .15, .4, .5)},
		patch{1, even(w, h, .55, .1, .95, .35)})
}

// TestStrangeModels opens models whose layout nobody has seen: with a sidecar they are right, and
// without one the error names the command that helps.
func TestStrangeModels(t *testing.T) {
	for _, kind := range testmodel.Stranges {
		if wrong, err := Open(besides(t, strange(t, kind), nil), Options{}); err == nil {
			wrong.Close() // as the columns of YOLOv8
			if kind != "turned" {
				t.Errorf("%s is understood without a sidecar", kind)
			}
		} else if !strings.Contains(err.Error(), "`handlens models explain thing.onnx`") &&
			kind != "grid" { // which may be refused as maps
			t.Errorf("%s without a sidecar: %v", kind, err)
		}
		d, err := Open(besides(t, strange(t, kind), strangeSidecar(kind)), Options{})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		for range 2 { // the second time in the memory of the first
			got, _, err := d.Detect(patchesFrame(t), nil)
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(got, func(a, b inference.Detection) int { return a.Class - b.Class })
			if len(got) != 2 || got[0].Label != "red" || got[1].Label != "green" ||
				!within(got[0].Box, .1, .15, .4, .5) || !within(got[1].Box, .55, .1, .95, .35) {
				t.Errorf("%s finds %+v", kind, got)
			}
		}
		if w := d.layout.Place(640, 480).Place; kind != "grid" && w != image.Rect(0, 0, 416, 416) {
			t.Errorf("%s: frames lie at %v", kind, w)
		}
		d.Close()
	}
}

// within tells whether a box is within a hundredth of that.
func within(b inference.Box, x1, y1, x2, y2 float32) bool {
	for _, d := range [4]float32{b.X1 - x1, b.Y1 - y1, b.X2 - x2, b.Y2 - y2} {
		if math.Abs(float64(d)) > .01 {
			return false
		}
	}
	return true
}

// TestExplainGivesTheSame explains a model of each family, and opens it again with the sidecar that
// came of it.
func TestExplainGivesTheSame(t *testing.T) {
	simple := slices.Concat(testmodel.Layouts, testmodel.Shaped, testmodel.Rotated,
		testmodel.Halves)
	all, spelled := slices.Concat(simple, testmodel.Families, testmodel.Faces), 0
	for _, kind := range all {
		data, err := testmodel.Build(kind, 256)
		if err != nil {
			t.Fatal(err)
		}
		x := givesTheSame(t, kind, besides(t, data, nil), patchesFrame(t))
		if x == nil || len(x.Found) < 2 || len(x.Reasons) == 0 {
			t.Errorf("%s: %+v", kind, x)
			continue
		}
		if strings.Contains(string(x.Start), `"outputs"`) {
			spelled++
		} else if slices.Contains(simple, kind) {
			t.Errorf("%s: the sidecar leaves the outputs out:\n%s", kind, x.Start)
		}
	}
	// No sidecar spells out boxes that a third output picks from, or faces with landmarks.
	if spelled < len(all)*3/4 {
		t.Errorf("the outputs of %d of %d are spelled out", spelled, len(all))
	}
}

// TestExplainGivesTheSameForStrangers does so with models as real exporters write them.
func TestExplainGivesTheSameForStrangers(t *testing.T) {
	files, err := filepath.Glob("../../../shared/data/byo/*.onnx")
	if err != nil || len(files) == 0 {
		t.Skip("there is no ../shared/data/byo")
	}
	same := 0
	for _, file := range files {
		link := filepath.Join(t.TempDir(), "thing.onnx")
		target, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		if givesTheSame(t, filepath.Base(file), link, strangersFrame(t)) != nil {
			same++
		}
	}
	if same < len(files)*3/4 {
		t.Errorf("%d of %d are understood", same, len(files))
	}
}

// strangersFrame shows what those models find.
func strangersFrame(t *testing.T) *media.Frame {
	w, h := 640, 480
	return paint(t, w, h, media.I420, patch{0, even(w, h, .25, .25, .5, .625)},
		patch{1, even(w, h, .6, .3667, .9, .7667)})
}

// givesTheSame explains a model, writes beside it what that says, and wants the same of it in all
// ways. It returns the explanation; nil for a model that is not understood.
func givesTheSame(t *testing.T, kind, path string, f *media.Frame) *Explanation {
	t.Helper()
	x, err := Explain(path, nil, f)
	if err != nil || x.Problem != "" {
		return nil
	}
	if x.Failed != "" || !x.Same || len(x.Seen) != len(x.Outputs) {
		t.Errorf("%s: %+v\n%s", kind, x, x.Start)
		return x
	}
	plain, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	beside := strings.TrimSuffix(path, "onnx") + "json"
	if err := os.WriteFile(beside, x.Start, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := Open(path, Options{})
	if err != nil {
		t.Errorf("%s with\n%s%v", kind, x.Start, err)
		return x
	}
	defer said.Close()
	areTheSame(t, kind, plain, said, f)
	again, err := Explain(path, nil, f)
	if err != nil || string(again.Start) != string(x.Start) {
		t.Errorf("%s: the second time it is\n%s, the first\n%s", kind, again.Start, x.Start)
	}
	return x
}

// areTheSame compares a model with itself as its sidecar has it.
func areTheSame(t *testing.T, kind string, plain, said *Detector, f *media.Frame) {
	t.Helper()
	a, b := plain.Info(), said.Info()
	if a.Family != b.Family || !slices.Equal(a.Labels, b.Labels) || a.InputWidth != b.InputWidth ||
		plain.layout.Preparation() != said.layout.Preparation() ||
		plain.layout.Place(70, 30) != said.layout.Place(70, 30) {
		t.Errorf("%s is %+v, and with its sidecar %+v", kind, a, b)
	}
	one, _, _ := plain.Detect(f, nil)
	two, _, _ := said.Detect(f, nil)
	if !slices.EqualFunc(one, two, func(a, b inference.Detection) bool {
		return a.Box == b.Box && a.Class == b.Class && a.Label == b.Label &&
			near(a.Score, b.Score) && reflect.DeepEqual(a.Shape, b.Shape)
	}) {
		t.Errorf("%s finds %+v, and with its sidecar %+v", kind, one, two)
	}
}

// TestExplainAStranger wants a guess that can be read, and that is right where the numbers tell.
func TestExplainAStranger(t *testing.T) {
	x, err := Explain(besides(t, strange(t, "lists"), nil), nil, patchesFrame(t))
	if err != nil || !strings.Contains(x.Problem, "least") || len(x.Inputs) != 2 ||
		len(x.Guesses) == 0 || !strings.Contains(string(x.Start), `"inputs": {"least": 1}`) {
		t.Fatalf("%+v, %v", x, err)
	}
	d, err := Open(besides(t, strange(t, "lists"), x.Start), Options{})
	if err != nil {
		t.Fatalf("with\n%s%v", x.Start, err)
	}
	d.Close()
}

func TestExplainAStrangersOutputs(t *testing.T) {
	x, err := Explain(besides(t, strange(t, "rows"), nil), nil, patchesFrame(t))
	if err != nil || x.Problem == "" || len(x.Seen) != 1 || len(x.Wide) != 1 ||
		len(x.Start) == 0 || len(x.Seen[0].Columns) != 8 ||
		x.Seen[0].Columns[3] != [2]float32{0, 7} {
		t.Errorf("%+v, %v", x, err)
	}
	x, err = Explain(besides(t, strange(t, "rows"), strangeSidecar("rows")), nil,
		patchesFrame(t))
	if err != nil || x.Problem != "" || !x.Same ||
		!slices.Equal(x.Beside, []string{"thing.json"}) || len(x.Found) != 2 {
		t.Errorf("with its sidecar: %+v, %v", x, err)
	}
}

func TestExplainWithWhatDoesNotDo(t *testing.T) {
	x, err := Explain(besides(t, strange(t, "rows"), []byte(`{"layout": 7}`)), nil, nil)
	if err != nil || !strings.Contains(x.Problem, "thing.json: layout is a number") {
		t.Errorf("with a broken sidecar: %+v, %v", x, err)
	}
	if _, err := Explain(besides(t, []byte("x"), nil), nil, nil); err == nil {
		t.Error("a file that is no model is explained")
	}
}
