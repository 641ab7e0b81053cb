package record

import (
	"errors"
	"fmt"
	"image"
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
	return OpenLibrary(filepath.Join(dir, "pictures"), filepath.Join(dir, "recordings"),
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

// recording records a second of grey, 320 by 180, and returns its path.
func testRecording(t testing.TB, dir, name string) string {
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

var libraryWant = []string{
	"0 Handlens 2026-01-02 13-00-01|01 annotated.png|01 clean.png,01.json,02 " +
		"annotated.png,02 clean.png,02.json|2|false",
	"0 Handlens 2026-01-02 13-00-00 Pixel|Handlens 2026-01-02 13-00-00 Pixel annotated.png|" +
		"Handlens 2026-01-02 13-00-00 Pixel clean.png,Handlens 2026-01-02 13-00-00 " +
		"Pixel.json|1|false",
	"0 old (2)|old annotated (2).png|old clean (2).png|1|false",
	"0 holiday|holiday.JPG||1|false",
	"1 A|A.mp4|A.clean.mkv,A report.html,A.jsonl|1|false",
	"1 B|B.part.mp4|B.jsonl|1|true",
	"1 C|C.clean.mkv||1|false",
}

func TestLibraryGroupsFiles(t *testing.T) {
	l := library(t)
	putEverything(t, l)
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
	want := libraryWant
	if !slices.Equal(got, want) {
		t.Errorf("there is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, it := range listed(t, l) {
		if it.Name == "A" && (it.Bytes != 8 || !it.Taken.Equal(noon.Add(-3*time.Minute))) {
			t.Errorf("A has %d bytes and is of %v", it.Bytes, it.Taken)
		}
	}
}

// putEverything puts all kinds of items into the folders, and what is no item.
func putEverything(t *testing.T, l *Library) {
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
	put(t, 0, "gh", l.videos, "A report.html")
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
