package command

import (
	"bytes"
	"context"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/inference/testmodel"
	"handlens/media/plaintext"
)

// modelsRun runs the command with a data folder of its own.
type modelsRun struct {
	*testing.T
	data string
}

func newModelsRun(t *testing.T) modelsRun {
	return modelsRun{t, filepath.Join(t.TempDir(), "data")}
}

// wants checks the exit status and that all words stand in what was printed, on standard output
// after success and on standard error else.
func (r modelsRun) wants(status int, args string, words ...string) (text string) {
	r.Helper()
	var out, errs bytes.Buffer
	line := append(strings.Fields(args), "--data-dir", r.data)
	if got := modelsCommand.Run(r.Context(), line, &out, &errs); got != status {
		r.Fatalf("models %s ended with %d, want %d; it said\n%s%s", args, got, status,
			out.String(), errs.String())
	}
	if text = out.String(); status != cli.Done {
		text = errs.String()
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			r.Errorf("models %s: no %q in\n%s", args, w, text)
		}
	}
	return text
}

func TestModelsWithNothingInstalled(t *testing.T) {
	r := newModelsRun(t)
	r.wants(cli.Done, "", "deimv2-femto-416  no", "yolox-nano-416", "31.0", "Apache-2.0",
		"yes, default",
		"`handlens models get deimv2-femto-416` fetches a better one "+
			"(4.1 MB, Apache-2.0, 31.0 mAP)")
	r.wants(cli.Done, "info starter", "part of the program", "Handlens", "person, ", "320 × 320",
		"recipe", "Trained by the recipe")
	r.wants(cli.Failed, "remove starter", "starter is a part of the program and stays")
	r.wants(cli.Done, "info deimv2-femto-416", "handlens models get deimv2-femto-416", "c6ad358f",
		"4.1 MB")
}

func TestModelsOfTheUsersOwn(t *testing.T) {
	r, file := newModelsRun(t), colourModel(t, "yolov8")
	r.wants(cli.Done, "add "+file,
		"colours-yolov8 is installed: "+filepath.Join(r.data, "models"))
	list := r.wants(cli.Done, "list", "colours-yolov8", "yes, default", "yes, shipped")
	if strings.Contains(list, "a better one") {
		t.Errorf("with a model of the user's own it recommends another:\n%s", list)
	}
	for _, subject := range []string{"colours-yolov8", file} {
		r.wants(cli.Done, "info "+subject, "320 × 320", "3: red, green, blue", "YOLOv8",
			"Apache-2.0")
	}
	r.wants(cli.Done, "remove colours-yolov8", "colours-yolov8 is removed")
	r.wants(cli.Failed, "remove colours-yolov8", "no model is called")
}

func TestModelsSaysWhatIsWrong(t *testing.T) {
	r, senseless := newModelsRun(t), colourModel(t, "detr")
	writeFile(t, strings.TrimSuffix(senseless, "onnx")+"json",
		[]byte(`{"layout": {"scores": "plain"}}`))
	bad := writeFile(t, filepath.Join(t.TempDir(), "bad.onnx"), []byte("x"))
	r.wants(cli.Failed, "get yolox", "did you mean yolox-nano-416?")
	r.wants(cli.Failed, "add models_test.go", "is no model, its format is TXT")
	r.wants(cli.Failed, "add "+senseless, "scores end at 1", "colours-detr.json")
	r.wants(cli.Failed, "info "+bad, "bad.onnx")
	for args, word := range map[string]string{
		"get": "get takes one model", "get a b": "get takes one model",
		"list a": "list takes nothing", "frobnicate a": `no "frobnicate"; there are list, get, add`,
		"ad a":    "did you mean add?",
		"--wrong": "there is no option --wrong", "--data-dri x": "did you mean --data-dir?",
	} {
		r.wants(cli.Usage, args, word, "handlens models --help")
	}
	r.wants(cli.Done, "--help", "get NAME", "info NAME|FILE")
}

// redPicture is a picture with one red patch.
func redPicture(t *testing.T) string {
	t.Helper()
	picture := drawn(320, 320, patch{image.Rect(80, 80, 160, 200), red})
	return writeFile(t, filepath.Join(t.TempDir(), "red.png"), pngOf(t, picture))
}

// TestModelsOfSeveralFiles adds a model with its weights beside it, uses it from the store alone,
// and is warned of what does not fit in it.
func TestModelsOfSeveralFiles(t *testing.T) {
	r, dir := newModelsRun(t), t.TempDir()
	model, weights, err := testmodel.BuildVariant("yolov8", 320, testmodel.Variant{
		Names: &[2]string{"names", "['red', 'green']"}, Weights: "two.onnx.data",
	})
	if err != nil {
		t.Fatal(err)
	}
	file := writeFile(t, filepath.Join(dir, "two.onnx"), model)
	r.wants(cli.Failed, "add "+file, "two.onnx.data, which is not beside it")
	data := writeFile(t, file+".data", weights)
	var out, errs bytes.Buffer
	if got := modelsCommand.Run(t.Context(), []string{"add", file, "--data-dir", r.data}, &out,
		&errs); got != cli.Done || !strings.Contains(errs.String(), "warning: model two: ") ||
		!strings.Contains(errs.String(), "2 names and 3 class scores") {
		t.Fatalf("it ended with %d and said %s%s", got, out.String(), errs.String())
	}
	for _, path := range []string{file, data} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	r.wants(cli.Done, "info two", "YOLOv8", "red, green, class 2", "2 names and 3 class scores",
		plaintext.Bytes(int64(len(model)+len(weights))))
	picture := redPicture(t)
	out.Reset()
	errs.Reset()
	if got := detectCommand.Run(t.Context(), []string{
		"--model", "two", "--data-dir", r.data, "--format", "jsonl", picture,
	}, &out, &errs); got != cli.Done || !strings.Contains(out.String(), `"label":"red"`) ||
		!strings.Contains(errs.String(), "warning: model two: ") {
		t.Errorf("it ended with %d and said %s%s", got, out.String(), errs.String())
	}
	r.wants(cli.Done, "remove two", "two is removed")
	r.wants(cli.Failed, "info two", "no model is called")
}

// TestModelsSayWhatAFileIs gives each command a checkpoint, and wants the same words of all.
func TestModelsSayWhatAFileIs(t *testing.T) {
	r := newModelsRun(t)
	file := writeFile(t, filepath.Join(t.TempDir(), "best.onnx"), []byte("\x80\x02}q\x00"))
	words := []string{"best.onnx", "a model for PyTorch", "yolo export model=best.pt format=onnx"}
	r.wants(cli.Failed, "add "+file, words...)
	r.wants(cli.Failed, "info "+file, words...)
	for _, c := range []struct {
		command *cli.Command
		args    []string
	}{
		{detectCommand, []string{redPicture(t)}},
		{benchCommand, nil},
	} {
		var errs bytes.Buffer
		args := append([]string{"--model", file, "--data-dir", r.data}, c.args...)
		got := c.command.Run(t.Context(), args, io.Discard, &errs)
		for _, w := range words {
			if got != cli.Failed || !strings.Contains(errs.String(), w) {
				t.Errorf("%s ended with %d and says %q", c.command.Name, got, errs.String())
			}
		}
	}
	for _, verb := range []string{"add", "info"} {
		r.wants(cli.Failed, verb+" "+filepath.Dir(file), "a folder, not a model", "best.onnx")
	}
}

func TestModelsGetStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // before anything is asked of anybody
	var out, errs bytes.Buffer
	got := modelsCommand.Run(ctx, []string{"get", "yolox-nano-416", "--data-dir", t.TempDir()},
		&out, &errs)
	if got != cli.Failed || !strings.Contains(errs.String(), "was stopped") {
		t.Errorf("it ended with %d and said %q", got, errs.String())
	}
}
