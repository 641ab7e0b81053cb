package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"
)

func TestModelsCommand(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	run := func(status int, args ...string) (string, string) {
		t.Helper()
		var out, errs bytes.Buffer
		if got := runModels(t.Context(), append(args, "--data-dir", data), &out,
			&errs); got != status {
			t.Fatalf("models %q ended with %d, want %d; it said\n%s%s", args, got, status,
				out.String(), errs.String())
		}
		return out.String(), errs.String()
	}
	want := func(what, text string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", what, w, text)
			}
		}
	}
	out, _ := run(cli.Done)
	want("an empty list", out, "deimv2-femto-416  no", "yolox-nano-416", "31.0", "Apache-2.0",
		"yes, default",
		"`handlens models get deimv2-femto-416` fetches a better one (4.1 MB, Apache-2.0, 31.0 mAP)")
	out, _ = run(cli.Done, "info", "starter")
	want("info of the starter", out, "a part of the program", "Handlens", "person, ", "320 × 320",
		"recipe", "Trained from scratch")
	_, errs := run(cli.Failed, "remove", "starter")
	want("remove the starter", errs, "starter is a part of the program and stays")
	out, _ = run(cli.Done, "info", "deimv2-femto-416")
	want("info of what is not installed", out, "handlens models get deimv2-femto-416", "c6ad358f",
		"4.1 MB")

	file := colourModel(t, "yolov8")
	out, _ = run(cli.Done, "add", file)
	want("add", out, "colours-yolov8 is installed: "+filepath.Join(data, "models"))
	out, _ = run(cli.Done, "list")
	want("a list", out, "colours-yolov8", "yes, default", "yes, shipped")
	if strings.Contains(out, "a better one") {
		t.Errorf("with a model of the user's own it recommends another:\n%s", out)
	}
	for _, subject := range []string{"colours-yolov8", file} {
		out, _ = run(cli.Done, "info", subject)
		want("info "+subject, out, "320 × 320", "3: red, green, blue", "YOLOv8", "Apache-2.0")
	}
	out, _ = run(cli.Done, "remove", "colours-yolov8")
	want("remove", out, "colours-yolov8 is removed")

	_, errs = run(cli.Failed, "remove", "colours-yolov8")
	want("remove again", errs, "no model is called")
	_, errs = run(cli.Failed, "get", "yolox")
	want("get a part of a name", errs, "did you mean yolox-nano-416?")
	_, errs = run(cli.Failed, "add", "models_test.go")
	want("add a text", errs, "not an ONNX model")
	senseless := colourModel(t, "detr")
	writeFile(t, strings.TrimSuffix(senseless, "onnx")+"json",
		[]byte(`{"layout": {"scores": "plain"}}`))
	_, errs = run(cli.Failed, "add", senseless)
	want("add a model whose numbers make no sense", errs, "scores end at 1", "colours-detr.json")
	_, errs = run(cli.Failed, "info",
		writeFile(t, filepath.Join(t.TempDir(), "bad.onnx"), []byte("x")))
	want("info of a corrupt file", errs, "bad.onnx")
	for _, args := range [][]string{
		{"get"},
		{"get", "a", "b"},
		{"list", "a"},
		{"fetch", "a"},
		{"--wrong"},
	} {
		_, errs = run(cli.Usage, args...)
		want("wrong usage", errs, "handlens models --help")
	}
	out, _ = run(cli.Done, "--help")
	want("help", out, "handlens models get NAME")
}

func TestModelsGetStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // before anything is asked of anybody
	var out, errs bytes.Buffer
	got := runModels(ctx, []string{"get", "yolox-nano-416", "--data-dir", t.TempDir()}, &out, &errs)
	if got != cli.Failed || !strings.Contains(errs.String(), "was stopped") {
		t.Errorf("it ended with %d and said %q", got, errs.String())
	}
}

func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	p := progressLine{w: &out, label: "m", percent: -1}
	for _, done := range []int64{0, 1, 500_000, 504_000, 1_000_000} {
		p.show(done, 1_000_000)
	}
	p.end()
	want := "\rm: 0 B of 1.0 MB, 0 % \rm: 500 kB of 1.0 MB, 50 % \rm: 1.0 MB of 1.0 MB, 100 % \n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	if isTerminal(&out) {
		t.Error("a buffer is no terminal")
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if isTerminal(f) {
		t.Error("a file is no terminal")
	}
}
