package detector

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

// variantFile writes a test model, with the file of its weights if it has one, and returns its
// path.
func variantFile(t *testing.T, v testmodel.Variant) string {
	t.Helper()
	model, weights, err := testmodel.BuildVariant("yolov8", 416, v)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "thing.onnx")
	put(t, path, model)
	if v.Weights != "" {
		put(t, filepath.Join(filepath.Dir(path), v.Weights), weights)
	}
	return path
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func openFile(t *testing.T, path string, o Options) *Detector {
	t.Helper()
	d, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// TestCheckIsKept plants another outcome in the file: who says it has not run the model.
func TestCheckIsKept(t *testing.T) {
	path := variantFile(t, testmodel.Variant{})
	sidecar := strings.TrimSuffix(path, "onnx") + "json"
	o := Options{Checks: filepath.Join(t.TempDir(), "data", "checks.json")}
	if got := openFile(t, path, o).Review(); len(got) != 0 {
		t.Fatalf("the test model is odd: %q", got)
	}
	data, err := os.ReadFile(o.Checks)
	if err != nil || bytes.Count(data, []byte(`"odd": ""`)) != 1 {
		t.Fatalf("the file has %s, %v", data, err)
	}
	planted := bytes.Replace(data, []byte(`"odd": ""`), []byte(`"odd": "it hums\u001b[1m"`), 1)
	put(t, o.Checks, planted)
	d := openFile(t, path, o)
	if got := d.Info().Warnings; len(got) != 0 {
		t.Errorf("before it was checked it warns %q", got)
	}
	got := d.Review()
	if len(got) != 1 || !strings.Contains(got[0], "on a drawn picture it hums") ||
		strings.Contains(got[0], "\x1b") || !slices.Equal(d.Info().Warnings, got) {
		t.Errorf("the warnings are %q", got)
	}
	if err := d.Check(); err == nil || !strings.Contains(err.Error(), "it hums") {
		t.Errorf("the check says %v", err)
	}
	// What is said of the model now makes it another case, and so does another model.
	put(t, sidecar, []byte(`{"layout": {"nms": false}}`))
	if got := openFile(t, path, o).Review(); len(got) != 0 {
		t.Errorf("with a sidecar: %q", got)
	}
	put(t, sidecar, nil)
	put(t, path, append(must(os.ReadFile(path)), 0x32, 1, 'x')) // its doc_string
	if got := openFile(t, path, o).Review(); len(got) != 0 {
		t.Errorf("of another model: %q", got)
	}
	var all map[string]verdict
	if err := json.Unmarshal(must(os.ReadFile(o.Checks)), &all); err != nil || len(all) != 3 {
		t.Errorf("%d outcomes, %v", len(all), err)
	}
	put(t, o.Checks, []byte("{damaged"))
	if got := openFile(t, path, o).Review(); len(got) != 0 {
		t.Errorf("with a damaged file: %q", got)
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestVerdictsAreBounded(t *testing.T) {
	f := verdictFile{filepath.Join(t.TempDir(), "checks.json")}
	all := make(map[string]verdict)
	for i := range maxVerdicts {
		all[string(rune(0x1000+i))] = verdict{}
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	put(t, f.path, data)
	f.store("new", "odd")
	if what, known := f.load("new"); !known || what != "odd" || len(f.read()) != maxVerdicts {
		t.Errorf("%q, %v of %d", what, known, len(f.read()))
	}
}

// TestReviewSaysWhatIsOdd wants the sentence of the check among the warnings, with what to do.
func TestReviewSaysWhatIsOdd(t *testing.T) {
	d, err := openBeside(t, "detr", `{"layout": {"scores": "plain"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Review(); len(got) != 1 || !strings.Contains(got[0], "scores end at 1") ||
		!strings.Contains(got[0], "thing.json") {
		t.Errorf("the warnings are %q", got)
	}
}

func TestModelOfTwoFiles(t *testing.T) {
	path := variantFile(t, testmodel.Variant{Weights: "thing.onnx.data"})
	d := openFile(t, path, Options{TuneCache: filepath.Join(t.TempDir(), "providers.json")})
	if got := found(t, d); got != "red 0.980, green 0.980" {
		t.Errorf("it finds %s", got)
	}
	first := d.tuner.cache.sum
	weights := strings.TrimSuffix(path, "thing.onnx") + "thing.onnx.data"
	put(t, weights, append(must(os.ReadFile(weights)), 0))
	if again := must(
		json.Marshal(openFile(t, path, d.tuner.options).tuner.cache.sum)); first == "" ||
		string(again) == `"`+first+`"` {
		t.Errorf("the checksum %s does not cover the weights", first)
	}
}

func TestNamesBesideTheModel(t *testing.T) {
	path := variantFile(t, testmodel.Variant{Names: &[2]string{"maker", "nobody"}})
	want := func(labels string, warned string, o Options) {
		t.Helper()
		info := openFile(t, path, o).Info()
		warnings := strings.Join(info.Warnings, "; ")
		if strings.Join(info.Labels, ",") != labels || !strings.Contains(warnings, warned) ||
			(warned == "") != (warnings == "") {
			t.Errorf("the labels are %q, and it warns %q", info.Labels, warnings)
		}
	}
	want("class 0,class 1,class 2", "labels.txt", Options{})
	beside := filepath.Join(filepath.Dir(path), "data.yaml")
	put(t, beside, []byte("nc: 3\nnames:\n  0: r\n  1: g\n  2: b\n"))
	want("r,g,b", "", Options{})
	want("x,y,z", "", Options{Labels: []string{"x", "y", "z"}})
	put(t, beside, []byte("names: [r, g]\n"))
	want("class 0,class 1,class 2", "data.yaml beside it has 2 names, and the model 3", Options{})
	put(t, strings.TrimSuffix(path, "onnx")+"json",
		[]byte(`{"layout": {"labels": ["i", "j", "k"]}}`))
	want("i,j,k", "", Options{})
}

// TestOddNames opens models that name their classes as exporters do.
func TestOddNames(t *testing.T) {
	for _, n := range [][2]string{
		{"names", `{"0": "r", "1": "g", "2": "b"}`},
		{"names", "r,g,b"},
		{"names", "r\ng\nb"},
		{"names", "{0.0: 'r', 1.0: 'g', 2.0: 'b'}"},
		{"names", "{0: np.str_('r'), 1: np.str_('g'), 2: np.str_('b')}"},
		{"Labels", `["r", "g", "b"]`},
		{"class_names", "['r', 'g', 'b']"},
		{"id2label", `{"0": "r", "1": "g", "2": "b"}`},
		{"character", "r\ng\nb\n"},
		{"config", `{"id2label": {"0": "r", "1": "g", "2": "b"}}`},
	} {
		info := openFile(t, variantFile(t, testmodel.Variant{Names: &n}), Options{}).Info()
		if strings.Join(info.Labels, ",") != "r,g,b" || len(info.Warnings) > 0 {
			t.Errorf("%q gives %q, warned %q", n, info.Labels, info.Warnings)
		}
	}
}

// TestAdviceFollowsWhatCanBeHelped opens a model whose outputs are of no known layout.
func TestAdviceFollowsWhatCanBeHelped(t *testing.T) {
	data := testmodel.Types(3, true)
	path := filepath.Join(t.TempDir(), "thing.onnx")
	put(t, path, data)
	if _, err := Open(path, Options{}); err == nil ||
		!strings.Contains(err.Error(), "handlens models explain thing.onnx") ||
		!strings.Contains(err.Error(), "thing.json") {
		t.Errorf("the error is %v", err)
	}
}
