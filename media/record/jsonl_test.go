package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// testLine is as long as a frame with a few boxes.
type testLine struct {
	Writer, N int
	Text      string
}

// readLines reads a file of lines, all of which must be whole.
func readLines(t *testing.T, path string) (all []testLine) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 0 && b[len(b)-1] != '\n' {
		t.Errorf("%s ends in the middle of a line", path)
	}
	lines := bufio.NewScanner(strings.NewReader(string(b)))
	for lines.Scan() {
		var l testLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		all = append(all, l)
	}
	return all
}

func TestJSONL(t *testing.T) {
	dir := t.TempDir()
	l, err := CreateJSONL(dir, "video", "jsonl")
	if err != nil {
		t.Fatal(err)
	}
	other, err := CreateJSONL(dir, "video", ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if l.Path() != filepath.Join(dir, "video.jsonl") ||
		other.Path() != filepath.Join(dir, "video (2).jsonl") {
		t.Errorf("the files are %s and %s", l.Path(), other.Path())
	}
	const writers, each = 4, 2000
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range each {
				if err := l.Write(testLine{Writer: w, N: n, Text: "line\nbreak"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := l.Write(math.NaN()); err == nil {
		t.Error("JSON has no form for NaN")
	}
	bytes := l.Bytes()
	if err := errors.Join(l.Close(), l.Close(), other.Close()); err != nil {
		t.Error(err)
	}
	if err := l.Write(1); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	checkWriters(t, l.Path(), writers, each)
	if st, err := os.Stat(l.Path()); err != nil || st.Size() != bytes {
		t.Errorf("the file has %v bytes, Bytes said %d", st.Size(), bytes)
	}
}

// checkWriters checks that the file has all lines of all writers, in the order of each.
func checkWriters(t *testing.T, path string, writers, each int) {
	got := readLines(t, path)
	if len(got) != writers*each {
		t.Fatalf("there are %d lines, want %d", len(got), writers*each)
	}
	next := make([]int, writers)
	for _, g := range got {
		if g.N != next[g.Writer] || g.Text != "line\nbreak" {
			t.Fatalf("after %d lines of writer %d comes %+v", next[g.Writer], g.Writer, g)
		}
		next[g.Writer]++
	}
}

// What was written is in the file soon, also when no more comes: a kill must not take it.
func TestJSONLIsWrittenEachSecond(t *testing.T) {
	l, err := CreateJSONL(t.TempDir(), "video", "")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Write(testLine{N: 7}); err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(time.Minute); len(readLines(t, l.Path())) == 0; {
		if time.Now().After(limit) {
			t.Fatal("nothing was written within a minute")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestJSONLOnAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	l := &JSONLWriter{dir: "/recordings", path: "/recordings/x.jsonl", file: full}
	l.syncer = startSyncer(l.flush)
	var failed error
	for i := 0; failed == nil && i < 1000; i++ {
		failed = l.Write(testLine{Text: strings.Repeat("x", 1000)})
	}
	if !errors.Is(failed, ErrFull) || !strings.Contains(failed.Error(), "/recordings") {
		t.Errorf("on a full disk: %v", failed)
	}
	if err := l.Write(1); !errors.Is(err, ErrFull) {
		t.Errorf("after that: %v", err)
	}
	if err := l.Close(); !errors.Is(err, ErrFull) {
		t.Errorf("closing: %v", err)
	}
}

func TestRoom(t *testing.T) {
	dir := t.TempDir()
	free, err := Free(filepath.Join(dir, "not", "there", "yet"))
	if err != nil || free <= 0 {
		t.Fatalf("%d bytes are left, %v", free, err)
	}
	for _, err := range []error{
		explain(dir, fmt.Errorf("x: %w", os.ErrPermission)),
		explain(dir, explain(dir, os.ErrPermission)),
	} {
		if !errors.Is(err, ErrReadOnly) || strings.Count(err.Error(), dir) != 1 {
			t.Errorf("the sentence is %q", err)
		}
	}
}
