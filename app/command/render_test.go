package command

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"handlens/app/cli"
	"handlens/media/ffmpeg"
)

// render runs the whole command and wants an exit status.
func render(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := renderCommand.Run(t.Context(), args, &out, &errs); got != status {
		t.Fatalf("render %q ended with %d, want %d; it said\n%s%s", args, got, status, out.String(),
			errs.String())
	}
	return out.String(), errs.String()
}

// recordingFiles are those of a recording, as the app leaves them.
func recordingFiles(t *testing.T) (base string) {
	t.Helper()
	base = filepath.Join(t.TempDir(), "Handlens 2026-01-02 15-04-05 iPhone")
	clip, err := os.ReadFile("testdata/patch.mp4")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, base+".clean.mkv", clip)
	writeFile(t, base+".mp4", clip)
	const (
		green = `{"box":[0.25,0.25,0.5,0.5],"label":"green","confidence":0.9}`
		red   = `{"box":[0,0,0.1,0.1],"label":"red","confidence":0.3}`
	)
	const sidecar = `{"handlens":1,"labels":["red","green"],"canvas":[640,360],` +
		`"start":"2026-01-02T15:04:05Z","film":"x.mp4"}
{"t":0,"at":1,"w":64,"h":48,"looked":true,"detections":[` + green + `]}
{"t":100,"at":101,"w":64,"h":48,"detections":[]}
{"t":200,"at":201,"w":64,"h":48,"looked":true,"detections":[` + green + `,` + red + `]}
`
	writeFile(t, base+".jsonl", []byte(sidecar))
	return base
}

func TestRenderMakesAVideoOfAnyFileOfARecording(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	base := recordingFiles(t)
	for _, ending := range []string{".mp4", ".clean.mkv", ".jsonl"} {
		out := filepath.Join(t.TempDir(), "film.mp4")
		stdout, stderr := render(t, cli.Done, "--confidence", "0.2", "--blur=red", "--out", out,
			base+ending)
		if stdout != out+"\n" || stderr != "" {
			t.Errorf("it says %q and %q", stdout, stderr)
		}
		info, err := ffmpeg.Probe(out)
		if err != nil || info.Frames != 8 || info.Width != 640 || info.Height != 360 ||
			!info.IndexFirst {
			t.Errorf("%s: the recording is %+v, %v", ending, info, err)
		}
	}
	stdout, _ := render(t, cli.Done, base+".mp4")
	if stdout != base+" again.mp4\n" {
		t.Errorf("the recording is %q", stdout)
	}
}

func TestRenderExports(t *testing.T) {
	base := recordingFiles(t)
	stdout, _ := render(t, cli.Done, "--format", "csv", base+".jsonl")
	if lines := strings.Count(stdout, "\n"); lines != 4 ||
		!strings.Contains(stdout, "\nHandlens 2026-01-02 15-04-05 iPhone.mp4,0,0.000,"+
			"green,0.900,200.00,90.00,120.00,90.00,1,640,360,\n") {
		t.Errorf("the table is\n%s", stdout)
	}
	stdout, _ = render(t, cli.Done, "--format", "csv", "--classes", "red", "--confidence", "0.2",
		base+".jsonl")
	if !strings.Contains(stdout, ",2,0.200,red,0.300,") ||
		strings.Contains(stdout, "green") {
		t.Errorf("the table of what is red is\n%s", stdout)
	}
	out := filepath.Join(t.TempDir(), "x.json")
	render(t, cli.Done, "--out", out, base+".mp4")
	data, err := os.ReadFile(out)
	if err != nil || !json.Valid(data) || !bytes.Contains(data, []byte(`"categories"`)) {
		t.Errorf("%v, %s", err, data)
	}
	_, stderr := render(t, cli.Failed, "--out", out, base+".mp4")
	if !strings.Contains(stderr, "already exists") {
		t.Errorf("over a file: %s", stderr)
	}
}

func TestRenderExportsWholeOrNotAtAll(t *testing.T) {
	base := recordingFiles(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cli.Interruption{Signal: syscall.SIGINT})
	for _, ending := range []string{"csv", "json"} {
		dir := t.TempDir()
		var out, errs bytes.Buffer
		args := []string{"--out", filepath.Join(dir, "x."+ending), base + ".jsonl"}
		got := renderCommand.Run(ctx, args, &out, &errs)
		if got != cli.Failed || !strings.Contains(errs.String(), "interrupted") {
			t.Errorf("%s: interrupted, it ended with %d and said %q", ending, got, errs.String())
		}
		if left := contents(t, dir); len(left) != 0 {
			t.Errorf("%s: interrupted, it left %v", ending, left)
		}
	}
}

func TestRenderSaysWhatIsWrong(t *testing.T) {
	base := recordingFiles(t)
	lone := writeFile(t, filepath.Join(t.TempDir(), "alone.jsonl"),
		[]byte(`{"handlens":1,"film":"x.mp4"}`+"\n"))
	other := writeFile(t, filepath.Join(t.TempDir(), "other.jsonl"), []byte("{}\n"))
	for _, c := range []struct {
		status int
		args   []string
		want   string
	}{
		{cli.Usage, nil, "which recording"},
		{cli.Usage, []string{base + ".mp4", "x.mp4"}, "one recording at a time"},
		{cli.Usage, []string{"--format", "avi", base + ".mp4"}, "mp4, coco, csv or counts"},
		{cli.Usage, []string{"--confidence", "2", base + ".mp4"}, "outside 0..1"},
		{cli.Usage, []string{"--out", "x.mkv", base + ".mp4"}, "ends in .mp4"},
		{cli.Usage, []string{"--format", "csv", "--blur", "red", base + ".mp4"}, "for videos only"},
		{cli.Failed, []string{base + ".mp5"}, "there is no such file"},
		{cli.Failed, []string{"render.go"}, "not a file of a recording"},
		{cli.Failed, []string{lone}, "no clean stream beside it"},
		{cli.Failed, []string{"--format", "csv", other}, "not the data of a recording"},
		{
			cli.Failed,
			[]string{"--classes", "person", base + ".mp4"},
			"knows no \"person\"; it knows red, green",
		},
	} {
		stdout, stderr := render(t, c.status, c.args...)
		if stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("render %q says %q", c.args, stderr)
		}
	}
	if stdout, _ := render(t, cli.Done, "--help"); stdout != renderCommand.Help() {
		t.Errorf("--help says %q", stdout)
	}
}
