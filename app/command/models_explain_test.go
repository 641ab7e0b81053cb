package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/inference/testmodel"
)

// strangeModel writes a model that nobody knows, and returns its path and that of its sidecar.
func strangeModel(t *testing.T, kind string) (model, sidecar string) {
	t.Helper()
	data, err := testmodel.Strange(kind, 320)
	if err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, filepath.Join(t.TempDir(), "strange.onnx"), data)
	return path, strings.TrimSuffix(path, "onnx") + "json"
}

func TestExplainAModelThatIsUnderstood(t *testing.T) {
	r, file := newModelsRun(t), colourModel(t, "yolov8")
	r.wants(cli.Done, "explain "+file, "made by handlens testmodel, IR version 7, opset 13",
		"images [1,3,320,320] of float32", "by row: ", "Read as YOLOv8",
		"320 × 320, in the middle of sample 114, red first, samples from 0 to 1",
		"3: red, green, blue", "because ", "Found in the picture: 3: ",
		"The same as colours-yolov8.json beside the model",
		`"output0": {"columns": ["cx", "cy", "w", "h", "scores*3"], "turned": true}`)
	r.wants(cli.Done, "explain starter", "Read as ", "The same as starter.json")
	r.wants(cli.Usage, "info --format json "+file, "--format and --picture belong to explain")
	r.wants(cli.Usage, "explain --format xml "+file, `not "xml"`)
	r.wants(cli.Failed, "explain "+writeFile(t, filepath.Join(t.TempDir(), "x.onnx"), []byte("x")),
		"x.onnx")
}

// TestExplainAModelThatIsNotUnderstood goes the way that the command shows: it says what is not
// understood, writes a file, and with that file the model can be used.
func TestExplainAModelThatIsNotUnderstood(t *testing.T) {
	r := newModelsRun(t)
	file, sidecar := strangeModel(t, "lists")
	r.wants(cli.Failed, "info "+file, "input least [] of float32 is not understood",
		"`handlens models explain strange.onnx` shows what it has, and a strange.json to start")
	var out, errs bytes.Buffer
	run := func(args ...string) int {
		out.Reset()
		errs.Reset()
		return modelsCommand.Run(t.Context(), append(args, "--data-dir", r.data), &out, &errs)
	}
	if got := run("explain", file); got != cli.Failed {
		t.Errorf("it ends with %d: %s", got, errs.String())
	}
	for _, want := range []string{
		"where [1,300,4] of float32", "Not understood: input least", "least: perhaps 1",
		"With that, read as DETR", `"where": {"columns": ["x1", "y1", "x2", "y2"]}`,
		"A guess to start from, as strange.json beside the model",
		"Columns name each number", "explain --format sidecar strange.onnx > strange.json",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if got := run("explain", "--format", "json", file); got != cli.Failed {
		t.Errorf("as JSON it ends with %d", got)
	}
	var said struct {
		Problem string
		Sidecar json.RawMessage
		Outputs []struct{ Columns [][2]float32 }
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil || len(said.Outputs) != 3 ||
		len(said.Outputs[0].Columns) != 4 || said.Problem == "" || len(said.Sidecar) == 0 {
		t.Errorf("%+v, %v", said, err)
	}
	run("explain", "--format", "sidecar", file)
	// What was wrong in it is that the boxes have a corner and their size, not two corners.
	right := strings.Replace(out.String(), `"x1", "y1", "x2", "y2"`, `"x", "y", "w", "h"`, 1)
	if err := os.WriteFile(sidecar, []byte(right), 0o600); err != nil {
		t.Fatal(err)
	}
	r.wants(cli.Done, "explain "+file, "with strange.json beside it", "strange.json says what",
		"Found in the picture: 3: ")
	r.wants(cli.Done, "add "+file, "strange is installed")
}

func TestExplainOnAPicture(t *testing.T) {
	r := newModelsRun(t)
	file := colourModel(t, "yolov8")
	r.wants(cli.Failed, "explain --picture no.png "+file, "no.png")
	r.wants(cli.Failed, "explain --picture "+file+" "+file, "colours-yolov8.onnx")
}
