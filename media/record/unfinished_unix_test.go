//go:build linux || darwin

package record

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// startChild records in a copy of this test program.
func startChild(t *testing.T, work, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childVariable+"="+work, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// The program is killed in the middle: all but the last two seconds can be played, and be made an
// ordinary recording.
func TestKilledInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := startChild(t, "video", dir)
	var last time.Duration
	for lines.Scan() {
		us, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("the child says %q", lines.Text())
		}
		before := last
		last = time.Duration(us) * time.Microsecond
		if before < 2*time.Second && last >= 2*time.Second {
			checkWhileRecording(t, dir)
		}
		if before < 6500*time.Millisecond && last >= 6500*time.Millisecond {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed
	if last < 6500*time.Millisecond {
		t.Fatalf("the child ended by itself after %v", last)
	}

	if err := os.WriteFile(filepath.Join(dir, "video.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	left, err := FindUnfinished(dir)
	if err != nil || len(left) != 1 {
		t.Fatalf("unfinished: %v, %v", left, err)
	}
	l := left[0]
	if l.Name != "video" || l.Bytes == 0 || time.Since(l.Ended) > time.Hour || len(l.Others) != 1 {
		t.Errorf("the leftover is %+v", l)
	}
	cut := probe(t, l.Path)
	if missing := last - cut.Length; missing > 2*time.Second {
		t.Errorf("of %v only %v can be played", last, cut.Length)
	}
	t.Logf("killed after %v, %v is there in %d pictures", last, cut.Length, cut.Frames)
	checkRepair(t, l, cut.Frames)
}

// checkRepair repairs the one unfinished recording in its folder.
func checkRepair(t *testing.T, l Unfinished, frames int) {
	path, err := l.Repair(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if path != filepath.Join(l.Dir, "video.mp4") {
		t.Errorf("repaired it is %s", path)
	}
	checkFiles(t, l.Dir, "video.jsonl", "video.mp4")
	checkChildRecording(t, path, frames)
	if left, err := FindUnfinished(l.Dir); err != nil || len(left) != 0 {
		t.Errorf("after the repair unfinished is %v, %v", left, err)
	}
}

// checkWhileRecording checks that a recording that goes on is left alone.
func checkWhileRecording(t *testing.T, dir string) {
	if left, err := FindUnfinished(dir); err != nil || len(left) != 0 {
		t.Errorf("while it is being recorded, unfinished is %v, %v", left, err)
	}
	if other, release, err := Reserve(dir, "video"); err != nil || other != "video (2)" {
		t.Errorf("while it is being recorded, %q was reserved, %v", other, err)
	} else {
		release()
	}
	living := Unfinished{Dir: dir, Name: "video", Path: filepath.Join(dir, "video.part.mp4")}
	if _, err := living.Repair(t.Context(), nil); !errors.Is(err, errLocked) {
		t.Errorf("repairing what is being recorded: %v", err)
	}
	if err := living.Discard(); !errors.Is(err, errLocked) {
		t.Errorf("discarding what is being recorded: %v", err)
	}
}

// checkChildRecording decodes an ordinary recording of the child's.
func checkChildRecording(t *testing.T, path string, pictures int) {
	t.Helper()
	info := probe(t, path)
	if info.Fragmented || !info.IndexFirst {
		t.Errorf("the recording is not an ordinary one: %+v", info)
	}
	checkChildPictures(t, path, pictures)
}

func checkChildPictures(t *testing.T, path string, pictures int) {
	t.Helper()
	info := probe(t, path)
	if info.Frames != pictures || info.Width != testCanvas.X || info.Height != testCanvas.Y {
		t.Errorf("the recording is %+v, want %d pictures", info, pictures)
	}
	// How long the last frame lasts no one can say.
	if over := info.Length - time.Duration(pictures-1)*time.Second/25; over < 0 ||
		over > 100*time.Millisecond {
		t.Errorf("the recording of %d pictures lasts %v", pictures, info.Length)
	}
	n := readRecording(t, path, func(i int, f *media.Frame) {
		if want := time.Duration(i) * time.Second / 25; !about(f.PTS, want) {
			t.Errorf("picture %d is at %v, want %v", i, f.PTS, want)
		}
		if i%10 == 0 || i == pictures-1 {
			checkFrame(t, "picture "+strconv.Itoa(i), f, testCanvas, sizeOfChild)
		}
	})
	if n != pictures {
		t.Errorf("%d pictures can be decoded of %d", n, pictures)
	}
}

func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"a.part.mp4", "a.clean.mkv", "a.jsonl", "b.mp4", "b.jsonl", ".a.lock", ".c.lock",
		".mine.lock", "ab.part.mp4",
	} {
		content := "x" // also in the lock of another program
		if name == ".a.lock" || name == ".c.lock" {
			content = ""
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// A copy that was broken off long ago goes, one that is being made stays.
	for name, age := range map[string]time.Duration{
		".handlens-1.part": 2 * time.Hour,
		".handlens-2.part": 0,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	left, err := FindUnfinished(dir)
	if err != nil || len(left) != 2 || left[0].Name != "a" || left[1].Name != "ab" {
		t.Fatalf("unfinished: %+v, %v", left, err)
	}
	if _, err := left[0].Repair(t.Context(), nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("repairing one byte: %v", err)
	}
	if err := left[0].Discard(); err != nil {
		t.Error(err)
	}
	checkFiles(t, dir, ".handlens-2.part", ".mine.lock", "ab.part.mp4", "b.jsonl", "b.mp4")
	if left, err := FindUnfinished(filepath.Join(dir, "missing")); err != nil || len(left) != 0 {
		t.Errorf("in a folder that is missing: %v, %v", left, err)
	}
}

// A file system that takes no more than so many bytes in a file, as FAT does, or a disk that is
// full.
func TestNoMoreRoomForTheFile(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := startChild(t, "limited", dir)
	var told []string
	for lines.Scan() {
		told = strings.Split(lines.Text(), "\t")
	}
	if err := cmd.Wait(); err != nil || len(told) != 4 || told[0] != "full" {
		t.Fatalf("the child ended with %v, %q", err, told)
	}
	if !strings.Contains(told[1], "disk is full") || !strings.Contains(told[1], dir) {
		t.Errorf("the sentence is %q", told[1])
	}
	added, err := strconv.Atoi(told[2])
	if err != nil {
		t.Fatal(err)
	}
	if told[3] != filepath.Join(dir, "video.mp4") {
		t.Errorf("the recording is %s", told[3])
	}
	checkFiles(t, dir, "video.mp4")
	info := probe(t, told[3])
	if info.Frames == 0 || time.Duration(added)*time.Second/25-info.Length > 2*time.Second {
		t.Errorf("%d pictures were added, the recording is %+v", added, info)
	}
	checkChildPictures(t, told[3], info.Frames)
}
