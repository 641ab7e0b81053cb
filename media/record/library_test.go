package record

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// library is an empty one in folders of its own, which are not there yet.
func library(t testing.TB) *Library {
	dir := t.TempDir()
	return OpenLibrary(filepath.Join(dir, "pictures"), filepath.Join(dir, "films"),
		filepath.Join(dir, "trash"))
}

// put writes a file, and the folders on the way, as old as it should be.
func put(t testing.TB, age time.Duration, text string, path ...string) string {
	t.Helper()
	p := filepath.Join(path...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755),
		os.WriteFile(p, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	at := noon.Add(-age)
	if err := os.Chtimes(p, at, at); err != nil {
		t.Fatal(err)
	}
	return p
}

func listed(t *testing.T, l *Library) []Item {
	t.Helper()
	items, err := l.List()
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// film records a second of grey, 320 by 180, and returns its path.
func film(t testing.TB, dir, name string) string {
	t.Helper()
	f, err := CreateMP4(MP4Options{Dir: dir, Name: name, Canvas: image.Pt(320, 180), FPS: 10})
	if err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	for i := range 10 {
		frame, err := pool.Get(320, 180, media.I420)
		if err != nil {
			t.Fatal(err)
		}
		for _, plane := range frame.Plane {
			for k := range plane {
				plane[k] = 128
			}
		}
		err = f.Add(Frame{Image: frame, At: time.Duration(i) * 100 * time.Millisecond})
		frame.Release()
		if err != nil {
			t.Fatal(err)
		}
	}
	path, err := f.Close(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLibraryIsEmptyAtFirst(t *testing.T) {
	l := library(t)
	if items := listed(t, l); len(items) != 0 {
		t.Errorf("there is %v", items)
	}
	if l.Folder(KindPicture) != l.pictures || l.Folder(KindRecording) != l.videos {
		t.Error("the folders are mixed up")
	}
}

var libraryGroupsFilesTests = []string{
	"0 Handlens 2026-01-02 13-00-01|01 annotated.png|01 clean.png,01.json,02 " +
		"annotated.png,02 clean.png,02.json|2|false",
	"0 Handlens 2026-01-02 13-00-00 Pixel|Handlens 2026-01-02 13-00-00 Pixel annotated.png|" +
		"Handlens 2026-01-02 13-00-00 Pixel clean.png,Handlens 2026-01-02 13-00-00 " +
		"Pixel.json|1|false",
	"0 old (2)|old annotated (2).png|old clean (2).png|1|false",
	"0 holiday|holiday.JPG||1|false",
	"1 A|A.mp4|A.clean.mkv,A.jsonl|1|false",
	"1 B|B.part.mp4|B.jsonl|1|true",
	"1 C|C.clean.mkv||1|false",
}

func TestLibraryGroupsFiles(t *testing.T) {
	l := library(t)
	at := noon.Add(time.Hour)
	if _, err := SaveSnapshot(l.pictures, at, "Pixel", gradient(40, 30), gradient(40, 30),
		Seen{}); err != nil {
		t.Fatal(err)
	}
	b := NewBurst(l.pictures, at.Add(time.Second), "")
	for range 2 {
		if err := b.Add(gradient(8, 8), gradient(8, 8), Seen{}); err != nil {
			t.Fatal(err)
		}
	}
	put(t, 1*time.Minute, "x", l.pictures, "old annotated (2).png")
	put(t, 0, "x", l.pictures, "old clean (2).png")
	put(t, 2*time.Minute, "x", l.pictures, "holiday.JPG")
	put(t, 3*time.Minute, "abc", l.videos, "A.mp4")
	put(t, 0, "de", l.videos, "A.clean.mkv")
	put(t, 0, "f", l.videos, "A.jsonl")
	put(t, 4*time.Minute, "x", l.videos, "B.part.mp4")
	put(t, 0, "x", l.videos, "B.jsonl")
	put(t, 5*time.Minute, "x", l.videos, "C.clean.mkv")
	// What is no item.
	put(t, 0, "x", l.videos, "D.jsonl")
	put(t, 0, "x", l.videos, ".E.mp4")
	put(t, 0, "x", l.videos, "readme.txt")
	put(t, 0, "x", l.videos, "folder", "F.mp4")
	put(t, 0, "x", l.pictures, "lonely.json")
	put(t, 0, "x", l.pictures, "folder", "picture.png")
	put(t, 0, "x", l.pictures, "empty burst", "notes.txt")
	elsewhere := put(t, 0, "x", t.TempDir(), "secret.png")
	for _, link := range []string{
		filepath.Join(l.pictures, "link.png"),
		filepath.Join(l.videos, "link.mp4"),
	} {
		if err := os.Symlink(elsewhere, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Dir(elsewhere),
		filepath.Join(l.pictures, "link burst")); err != nil {
		t.Fatal(err)
	}

	var got []string
	for _, it := range listed(t, l) {
		others := make([]string, len(it.Others))
		for i, o := range it.Others {
			others[i] = filepath.Base(o)
		}
		got = append(got,
			fmt.Sprintf("%d %s|%s|%s|%d|%v", it.Kind, it.Name, filepath.Base(it.Path),
				strings.Join(others, ","), it.Count, it.Unfinished))
	}
	want := libraryGroupsFilesTests
	if !slices.Equal(got, want) {
		t.Errorf("there is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, it := range listed(t, l) {
		if it.Name == "A" && (it.Bytes != 6 || !it.Taken.Equal(noon.Add(-3*time.Minute))) {
			t.Errorf("A has %d bytes and is of %v", it.Bytes, it.Taken)
		}
	}
}

func TestLibraryLeavesOutWhatIsBeingRecorded(t *testing.T) {
	l := library(t)
	put(t, 0, "x", l.videos, "now.part.mp4")
	h, err := lockName(l.videos, "now")
	if err != nil {
		t.Fatal(err)
	}
	if items := listed(t, l); len(items) != 0 {
		t.Errorf("there is %v", items)
	}
	item := Item{Kind: KindRecording, Name: "now", Path: filepath.Join(l.videos, "now.part.mp4")}
	if _, err := l.Delete(item); !errors.Is(err, errLocked) {
		t.Errorf("deleting it: %v", err)
	}
	if _, err := l.Rename(item, "then"); !errors.Is(err, errLocked) {
		t.Errorf("renaming it: %v", err)
	}
	h.release()
	if items := listed(t, l); len(items) != 1 || !items[0].Unfinished {
		t.Errorf("after a crash there is %v", items)
	}
	if names := namesIn(t, l.videos); len(names) != 1 {
		t.Errorf("left over: %v", names)
	}
}

func TestThumbnailOfPicture(t *testing.T) {
	l := library(t)
	img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	for y := range 720 {
		for x := range 1280 {
			c := color.RGBA{A: 255, R: 200}
			if x >= 640 {
				c = color.RGBA{A: 255, B: 100}
			}
			img.SetRGBA(x, y, c)
		}
	}
	if _, err := savePNG(l.pictures, "halves", img); err != nil {
		t.Fatal(err)
	}
	item := listed(t, l)[0]
	small, err := l.Thumbnail(item)
	if err != nil {
		t.Fatal(err)
	}
	if small.Bounds() != image.Rect(0, 0, 320, 180) {
		t.Errorf("it is %v", small.Bounds())
	}
	if got := small.At(10, 90); got != (color.RGBA{A: 255, R: 200}) {
		t.Errorf("the left is %v", got)
	}
	if got := small.At(310, 90); got != (color.RGBA{A: 255, B: 100}) {
		t.Errorf("the right is %v", got)
	}
	again, err := l.Thumbnail(item)
	if err != nil || again != small {
		t.Errorf("made a second time: %v", err)
	}
	if item = listed(t, l)[0]; item.Width != 1280 || item.Height != 720 {
		t.Errorf("known as %d × %d", item.Width, item.Height)
	}
	// The picture changes: so does the thumbnail.
	if err := os.Remove(item.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := savePNG(l.pictures, "halves", gradient(20, 10)); err != nil {
		t.Fatal(err)
	}
	if small, err = l.Thumbnail(item); err != nil || small.Bounds() != image.Rect(0, 0, 20, 10) {
		t.Errorf("after a change it is %v, %v", small.Bounds(), err)
	}
}

func TestThumbnailOfFilm(t *testing.T) {
	l := library(t)
	film(t, l.videos, "grey")
	item := listed(t, l)[0]
	small, err := l.Thumbnail(item)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := small.At(100, 100).RGBA(); small.Bounds() != image.Rect(0, 0, 320, 180) ||
		r>>8 < 115 || r>>8 > 145 || g>>8 < 115 || g>>8 > 145 || b>>8 < 115 || b>>8 > 145 {
		t.Errorf("it is %v, %d %d %d", small.Bounds(), r>>8, g>>8, b>>8)
	}
	if item = listed(t, l)[0]; item.Width != 320 || item.Height != 180 ||
		item.Length < 800*time.Millisecond || item.Length > 1200*time.Millisecond {
		t.Errorf("known as %d × %d, %v", item.Width, item.Height, item.Length)
	}
	if n := l.thumbs.pool.Outstanding(); n != 0 {
		t.Errorf("%d pictures are not released", n)
	}
}

func TestThumbnailOfWhatIsNone(t *testing.T) {
	l := library(t)
	// A small file that says it holds 16 000 by 16 000 pixels.
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	huge := b.Bytes()
	copy(huge[16:24], []byte{0, 0, 0x3e, 0x80, 0, 0, 0x3e, 0x80})
	good := filepath.Join(t.TempDir(), "good.png")
	if err := os.WriteFile(good, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, 0, string(huge), l.pictures, "huge.png")
	put(t, 0, b.String()[:40], l.pictures, "cut off.png")
	put(t, 0, "", l.pictures, "empty.png")
	put(t, 0, "no film at all", l.videos, "text.mp4")
	put(t, 0, "", l.videos, "empty.part.mp4")
	items := listed(t, l)
	if len(items) != 5 {
		t.Fatalf("there are %d items", len(items))
	}
	for _, it := range items {
		for range 2 {
			if _, err := l.Thumbnail(it); err == nil || !strings.Contains(err.Error(), it.Path) {
				t.Errorf("%s: %v", it.Name, err)
			}
		}
	}
	link := filepath.Join(l.pictures, "link.png")
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, good, ""} {
		if _, err := l.Thumbnail(Item{Kind: KindPicture, Path: path}); err == nil {
			t.Errorf("there is a thumbnail of %q", path)
		}
	}
}

func TestThumbnailsAreBounded(t *testing.T) {
	l := library(t)
	path, err := savePNG(l.pictures, "0", gradient(4, 4))
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxThumbs + 20 {
		if err := os.Link(path,
			filepath.Join(l.pictures, fmt.Sprintf("more %d.png", i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, it := range listed(t, l) {
		if _, err := l.Thumbnail(it); err != nil {
			t.Fatal(err)
		}
	}
	if n, m := len(l.thumbs.byPath), l.thumbs.recent.Len(); n != maxThumbs || m != maxThumbs {
		t.Errorf("%d and %d thumbnails are kept", n, m)
	}
}

func TestDeleteAndUndo(t *testing.T) {
	l := library(t)
	if _, err := SaveSnapshot(l.pictures, noon, "", gradient(4, 4), gradient(4, 4),
		Seen{}); err != nil {
		t.Fatal(err)
	}
	b := NewBurst(l.pictures, noon, "")
	if err := b.Add(gradient(4, 4), gradient(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	put(t, 0, "x", l.videos, "A.mp4")
	put(t, 0, "x", l.videos, "A.jsonl")
	if _, err := DatasetIn(l.pictures).Add(noon, "", gradient(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	before := slices.Concat(files(t, l.pictures), files(t, l.videos))
	items := listed(t, l)
	if len(items) != 4 {
		t.Fatalf("there are %d items", len(items))
	}
	var undos []func() error
	for _, it := range items {
		undo, err := l.Delete(it)
		if err != nil {
			t.Fatal(err)
		}
		undos = append(undos, undo)
	}
	if left := slices.Concat(files(t, l.pictures), files(t, l.videos)); len(left) != 0 ||
		len(listed(t, l)) != 0 {
		t.Errorf("%v is left", left)
	}
	if kept := files(t, l.trash); len(kept) != len(before) {
		t.Errorf("the trash has %v", kept)
	}
	for _, undo := range undos {
		for range 2 {
			if err := undo(); err != nil {
				t.Error(err)
			}
		}
	}
	if after := slices.Concat(files(t, l.pictures), files(t, l.videos)); !slices.Equal(after,
		before) {
		t.Errorf("there is %v, want %v", after, before)
	}
	if names := namesIn(t, l.trash); len(names) != 0 {
		t.Errorf("the trash has %v", names)
	}
}

func TestUndoOverwritesNothing(t *testing.T) {
	l := library(t)
	put(t, 0, "old", l.videos, "A.mp4")
	put(t, 0, "old", l.videos, "A.jsonl")
	undo, err := l.Delete(listed(t, l)[0])
	if err != nil {
		t.Fatal(err)
	}
	mine := put(t, 0, "new", l.videos, "A.jsonl")
	if err := undo(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("undo: %v", err)
	}
	if got := readText(t, mine); got != "new" {
		t.Errorf("the file is %q now", got)
	}
	if names := namesIn(t, l.videos); len(names) != 1 {
		t.Errorf("half of it came back: %v", names)
	}
	if err := os.Remove(mine); err != nil {
		t.Fatal(err)
	}
	if err := undo(); err != nil {
		t.Error(err)
	}
	if got := readText(t, l.videos, "A.mp4"); got != "old" {
		t.Errorf("the film is %q", got)
	}
}

func TestTrashIsEmptiedByAge(t *testing.T) {
	trash := t.TempDir()
	name := func(age time.Duration) string {
		return trashPrefix + time.Now().Add(-age).UTC().Format(trashLayout) + "-1"
	}
	put(t, 0, "x", trash, name(31*24*time.Hour), "old.mp4")
	put(t, 0, "x", trash, name(29*24*time.Hour), "young.mp4")
	put(t, 1000*time.Hour, "x", trash, "someone else's", "file")
	put(t, 1000*time.Hour, "x", trash, "deleted-notes.txt")
	OpenLibrary("", "", trash)
	var left []string
	for _, p := range files(t, trash) {
		left = append(left, filepath.Base(p))
	}
	if want := []string{"young.mp4", "deleted-notes.txt", "file"}; !slices.Equal(left, want) {
		t.Errorf("left is %v, want %v", left, want)
	}
}

func TestMoveToAnotherDisk(t *testing.T) {
	// /dev/shm is a file system of its own on Linux; where it is not, the move is an ordinary one,
	// which must come to the same.
	far, err := os.MkdirTemp("/dev/shm", "handlens-test-")
	if err != nil {
		far = t.TempDir()
	}
	defer os.RemoveAll(far)
	near := t.TempDir()
	l := OpenLibrary(near, filepath.Join(near, "films"), far)
	put(t, time.Hour, "text", near, "a.png")
	put(t, time.Hour, "text", near, "b burst", "01 annotated.png")
	before := files(t, near)
	var undos []func() error
	for _, it := range listed(t, l) {
		undo, err := l.Delete(it)
		if err != nil {
			t.Fatal(err)
		}
		undos = append(undos, undo)
	}
	if left := files(t, near); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
	for _, undo := range undos {
		if err := undo(); err != nil {
			t.Fatal(err)
		}
	}
	if after := files(t, near); !slices.Equal(after, before) || len(files(t, far)) != 0 {
		t.Errorf("there is %v, want %v", after, before)
	}
	st, err := os.Stat(filepath.Join(near, "a.png"))
	if err != nil || !st.ModTime().Equal(noon.Add(-time.Hour)) ||
		readText(t, near, "a.png") != "text" {
		t.Errorf("the file came back otherwise: %v", err)
	}
}

func TestRename(t *testing.T) {
	l := library(t)
	if _, err := SaveSnapshot(l.pictures, noon, "", gradient(4, 4), gradient(4, 4),
		Seen{}); err != nil {
		t.Fatal(err)
	}
	b := NewBurst(l.pictures, noon, "")
	if err := b.Add(gradient(4, 4), gradient(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	put(t, 0, "x", l.videos, "A.mp4")
	put(t, 0, "x", l.videos, "A.clean.mkv")
	put(t, 0, "x", l.videos, "A.jsonl")
	for i, it := range listed(t, l) {
		name := fmt.Sprintf("my/%d", i)
		got, err := l.Rename(it, name)
		if err != nil {
			t.Fatal(err)
		}
		items := listed(t, l)
		k := slices.IndexFunc(items, func(o Item) bool { return o.Path == got.Path })
		if k < 0 {
			t.Fatalf("%+v is not listed", got)
		}
		if now := items[k]; now.Name != fmt.Sprintf("my-%d", i) ||
			!slices.Equal(now.Others, got.Others) || now.Folder != got.Folder ||
			len(now.Others) != len(it.Others) {
			t.Errorf("listed as %+v, returned as %+v", now, got)
		}
		if same, err := l.Rename(got, got.Name); err != nil || same.Path != got.Path {
			t.Errorf("to its own name: %v", err)
		}
	}
}

func TestRenameRefuses(t *testing.T) {
	l := library(t)
	a := put(t, 0, "a", l.videos, "A.mp4")
	put(t, 0, "a", l.videos, "A.jsonl")
	put(t, 1, "b", l.videos, "B.mp4")
	put(t, 0, "c", l.videos, "C.jsonl") // belongs to nothing, and must not come to belong to A
	put(t, 0, "p", l.pictures, "P.png")
	items := listed(t, l)
	item := items[slices.IndexFunc(items, func(it Item) bool { return it.Name == "A" })]
	before := files(t, l.videos)
	for _, name := range []string{"B", "b", "C", "A.part", "."} {
		got, err := l.Rename(item, name)
		if name == "." {
			if err != nil || got.Name != "Handlens" {
				t.Errorf("a name of nothing: %v", err)
			}
			if item, err = l.Rename(got, "A"); err != nil || item.Path != a {
				t.Errorf("and back: %v", err)
			}
			continue
		}
		if err == nil || strings.Contains(err.Error(), "\n") || got.Name != "A" {
			t.Errorf("to %q: %+v, %v", name, got, err)
		}
		if len(name) == 1 && !errors.Is(err, fs.ErrExist) {
			t.Errorf("to %q: %v", name, err)
		}
	}
	if after := files(t, l.videos); !slices.Equal(after, before) {
		t.Errorf("there is %v, want %v", after, before)
	}
	picture := items[slices.IndexFunc(items, func(it Item) bool { return it.Name == "P" })]
	if _, err := l.Rename(picture, "Q clean"); err == nil {
		t.Error("a picture was renamed to the clean half of another")
	}
	for _, it := range []Item{
		{Kind: KindRecording, Name: "x", Path: "/etc/passwd"},
		{Kind: KindRecording, Name: "x", Path: a, Others: []string{filepath.Join(l.pictures, "P.png")}},
		{Kind: KindPicture, Name: "x", Path: a, Folder: filepath.Dir(l.pictures)},
		{Kind: KindPicture, Name: "x", Path: a, Folder: filepath.Join(l.pictures, "..")},
		{},
	} {
		if _, err := l.Rename(it, "y"); err == nil {
			t.Errorf("%+v was renamed", it)
		}
		if _, err := l.Delete(it); err == nil {
			t.Errorf("%+v was deleted", it)
		}
	}
}

// BenchmarkListOf5000 lists a library of 5000 files.
func BenchmarkListOf5000(b *testing.B) {
	l := library(b)
	for i := range 5000 / 6 {
		at := noon.Add(time.Duration(i) * time.Minute)
		for _, suffix := range []string{annotatedSuffix, cleanSuffix, dataSuffix} {
			put(b, 0, "x", l.pictures, takenName(at, "Pixel")+suffix)
		}
		for _, suffix := range []string{mp4Suffix, mkvSuffix, jsonlSuffix} {
			put(b, 0, "x", l.videos, takenName(at, "Pixel")+suffix)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		items, err := l.List()
		if err != nil || len(items) != 2*(5000/6) {
			b.Fatal(len(items), err)
		}
	}
}

// BenchmarkThumbnail makes one of a picture and of a film, which are not kept.
func BenchmarkThumbnail(b *testing.B) {
	l := library(b)
	path, err := savePNG(l.pictures, "picture", gradient(1280, 720))
	if err != nil {
		b.Fatal(err)
	}
	made := film(b, l.videos, "film")
	b.Run("picture", func(b *testing.B) {
		for b.Loop() {
			if err := (&thumb{path: path}).picture(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("film", func(b *testing.B) {
		for b.Loop() {
			if err := (&thumb{path: made, size: 1}).film(&l.thumbs.pool); err != nil {
				b.Fatal(err)
			}
		}
	})
}
