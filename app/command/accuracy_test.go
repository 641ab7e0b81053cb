package command

import (
	"bytes"
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"

	"go.uber.org/goleak"
)

// labelledFolder has two pictures of patches in a folder of it, and the annotations beside that.
func labelledFolder(t *testing.T, annotations string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "val", "1.png"),
		pngOf(t, drawn(320, 320, patch{image.Rect(32, 32, 96, 96), red})))
	writeFile(t, filepath.Join(dir, "val", "2.png"),
		pngOf(t, drawn(320, 320, patch{image.Rect(100, 100, 200, 200), green})))
	writeFile(t, filepath.Join(dir, "instances_val.json"), []byte(annotations))
	return dir
}

const patchesLabelled = `{
	"images": [
		{"id": 7, "file_name": "1.png"}, {"id": 8, "file_name": "2.png"},
		{"id": 9, "file_name": "../3.png"}
	],
	"categories": [
		{"id": 4, "name": "Red"}, {"id": 5, "name": "green"}, {"id": 6, "name": "violet"}
	],
	"annotations": [
		{"image_id": 7, "category_id": 4, "bbox": [32, 32, 64, 64]},
		{"image_id": 8, "category_id": 5, "bbox": [100, 100, 100, 100]}
	]
}`

func accuracy(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := accuracyCommand.Run(t.Context(), append(args, "--data-dir", t.TempDir()), &out,
		&errs); got != status {
		t.Fatalf("accuracy %q ended with %d, want %d; it said\n%s%s", args, got, status,
			out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func TestAccuracyOfAFolder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := labelledFolder(t, patchesLabelled)
	for _, folder := range []string{dir, filepath.Join(dir, "val")} {
		stdout, stderr := accuracy(t, cli.Done, "--json", "--model", colourModel(t, "yolov8"),
			folder)
		var r accuracyResult
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatal(err)
		}
		if r.Pictures != 2 || len(r.Models) != 1 || r.Models[0].AP < 0.9 ||
			r.Models[0].AP50 < 0.999 || len(r.Models[0].Classes) != 2 {
			t.Errorf("%+v", r)
		}
		if !strings.Contains(stderr, "does not know 1: violet") ||
			!strings.Contains(stderr, "1 pictures of the annotations are not in") {
			t.Errorf("it said %q", stderr)
		}
	}
	stdout, stderr := accuracy(t, cli.Done, "--classes", "GREEN,red,green", "--classes-table",
		"--model", colourModel(t, "yolov8"), dir)
	if strings.Contains(stdout, "violet") || !strings.Contains(stdout, "green   1") ||
		strings.Contains(stderr, "violet") {
		t.Errorf("of two classes it said\n%s%s", stdout, stderr)
	}
	stdout, _ = accuracy(t, cli.Done, "--classes-table", "--model",
		colourModel(t, "yolox")+","+colourModel(t, "deim"), dir)
	for _, word := range []string{"colours-yolox", "colours-deim", "AP50", "green", "320 × 320"} {
		if !strings.Contains(stdout, word) {
			t.Errorf("no %q in\n%s", word, stdout)
		}
	}
}

// accuracyCase is a command line with something wrong in it.
type accuracyCase struct {
	status int
	args   []string
	word   string
}

func wrongAccuracy(t *testing.T) []accuracyCase {
	cut := labelledFolder(t, patchesLabelled)
	if err := os.Truncate(filepath.Join(cut, "val", "2.png"), 50); err != nil {
		t.Fatal(err)
	}
	two := labelledFolder(t, patchesLabelled)
	writeFile(t, filepath.Join(two, "instances_too.json"), []byte(patchesLabelled))
	labelled := labelledFolder(t, patchesLabelled)
	broken := labelledFolder(t, "{")
	noPictures := labelledFolder(t,
		`{"images":[{"id":1,"file_name":"x.png"}],"categories":[{"id":1,"name":"red"}]}`)
	otherClasses := labelledFolder(t,
		strings.NewReplacer("Red", "a", "green", "b").Replace(patchesLabelled))
	return []accuracyCase{
		{cli.Usage, nil, "which folder"},
		{cli.Usage, []string{"a", "b"}, "one folder at a time"},
		{cli.Failed, []string{"nowhere"}, "no such file"},
		{cli.Failed, []string{"accuracy.go"}, "is not a folder"},
		{cli.Failed, []string{t.TempDir()}, "no annotation file"},
		{cli.Failed, []string{"--classes", "green,zebra", two}, "which annotations?"},
		{
			cli.Failed,
			[]string{"--classes", "green,zebra", labelled},
			`no class is called "zebra" among`,
		},
		{cli.Failed, []string{two}, "which annotations?"},
		{cli.Failed, []string{cut}, "2.png: is not a complete picture"},
		{cli.Failed, []string{broken}, "is not a file of COCO annotations"},
		{cli.Failed, []string{noPictures}, "none of the 1 pictures"},
		{cli.Failed, []string{otherClasses}, "knows none of the 3 classes"},
		{cli.Failed, []string{"--model", "nowhere.onnx", cut}, "nowhere.onnx"},
	}
}

func TestAccuracySaysWhatIsWrong(t *testing.T) {
	model := colourModel(t, "yolov8")
	for _, c := range wrongAccuracy(t) {
		args := c.args
		if len(args) == 1 && c.status == cli.Failed {
			args = append(args, "--model", model)
		}
		if stdout, stderr := accuracy(t, c.status, args...); stdout != "" ||
			!strings.Contains(stderr, c.word) {
			t.Errorf("%q said %q and %q, want %q", args, stdout, stderr, c.word)
		}
	}
	if stdout, _ := accuracy(t, cli.Done, "--help"); stdout != accuracyCommand.Help() {
		t.Error("--help says something else")
	}
}
