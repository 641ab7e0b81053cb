package command

import (
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/cli"
)

// contents reads all files of a folder, hidden ones included.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(data)
	}
	return all
}

// takenNames makes a folder in which the names of many results are taken, by files and by links,
// and returns what is in those of its files that must stay as they are.
func takenNames(t *testing.T) (dir string, before map[string]string) {
	t.Helper()
	dir = t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	picture := encoded(t, func(w io.Writer) error {
		return jpeg.Encode(w, drawn(320, 320, patch{image.Rect(100, 100, 200, 200), red}), nil)
	})
	clip, err := os.ReadFile("testdata/patch.mp4")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"a.jpg": picture, "a-boxes.jpg": picture, "a-boxes (2).jpg": []byte("mine"),
		"b.jpg": picture, "clip.mp4": clip, "clip-boxes.mp4": []byte("mine"),
		"clip-boxes (2).part.mp4": []byte("mine"),
	} {
		writeFile(t, path(name), data)
	}
	// By another name it is the input itself, and behind this one there would be a new file.
	if err := os.Symlink("a.jpg", path("link-boxes.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(path("a.jpg"), path("link.jpg")); err != nil {
		t.Fatal(err)
	}
	before = contents(t, dir)
	if err := os.Symlink("nowhere", path("b-boxes.jpg")); err != nil {
		t.Fatal(err)
	}
	return dir, before
}

// What lies in the folder stays as it is, input or not, and each result gets a name of its own.
func TestDetectOverwritesNothing(t *testing.T) {
	dir, before := takenNames(t)
	path := func(name string) string { return filepath.Join(dir, name) }
	_, stderr := detect(t, cli.Done, "--out", dir, "--model", colourModel(t, "yolov8"),
		path("a.jpg"), path("a-boxes.jpg"), path("b.jpg"), path("link.jpg"), path("clip.mp4"))
	for name, want := range before {
		if got, err := os.ReadFile(path(name)); err != nil || string(got) != want {
			t.Errorf("%s has changed from %d bytes to %d, %v", name, len(want), len(got), err)
		}
	}
	if _, err := os.Lstat(path("nowhere")); err == nil {
		t.Error("a picture was written through a link")
	}
	for name, said := range map[string]bool{
		"a-boxes (3).jpg": true, "a-boxes-boxes.jpg": false, "b-boxes (2).jpg": true,
		"link-boxes (2).jpg": true, "clip-boxes (3).mp4": true,
	} {
		if _, err := os.Stat(path(name)); err != nil {
			t.Error(err)
		}
		if strings.Contains(stderr, ": its boxes are in "+path(name)+"\n") != said {
			t.Errorf("%s is told of, or is not: %s", name, stderr)
		}
	}
}

// What a run makes is no input of the same run.
func TestDetectDoesNotLookAtItsOwnResults(t *testing.T) {
	dir := t.TempDir()
	a := writeFile(t, filepath.Join(dir, "a.png"), pngOf(t, drawn(20, 20)))
	later := filepath.Join(dir, "a-boxes.png")
	stdout, stderr := detect(t, cli.Failed, "--format", "jsonl", "--out", dir,
		"--model", colourModel(t, "yolov8"), a, later, dir)
	n, missing := strings.Count(stdout, "\n"), later+": there is no such file"
	if n != 2 || !strings.Contains(stderr, missing) {
		t.Errorf("it looked at %d files, want a.png twice:\n%s%s", n, stdout, stderr)
	}
	want := []string{"a.png", "a-boxes.png", "a-boxes (2).png"}
	got := contents(t, dir)
	for _, name := range want {
		if got[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the folder has %d files, want %q", len(got), want)
	}
}
