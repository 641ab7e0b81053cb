package ffmpeg

import (
	"bytes"
	"errors"
	"image"
	"io"
	"os"
	"runtime"
	"strconv"
	"testing"

	"handlens/media"
)

// residentBytes is how much memory the process holds now, C and Go together.
func residentBytes(t *testing.T) int {
	t.Helper()
	runtime.GC()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatalf("this test reads the memory in use from Linux: %v", err)
	}
	pages, err := strconv.Atoi(string(bytes.Fields(b)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// Everything is opened and closed many times over, damage included. The smallest of the things that
// could be forgotten, a codec context, is some 50 KB, which over all rounds comes to several times
// the slack.
func TestMemoryDoesNotGrow(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("the memory in use is read from Linux; elsewhere the rounds run unmeasured")
	}
	const warmUp, rounds, slack = 100, 400, 8 << 20
	round := func() {
		var pool media.Pool
		for _, codec := range codecs {
			decodeDamaged(t, codec, &pool)
		}
		for _, name := range []string{
			"testdata/rotated.mp4", "testdata/ten-bit.mp4",
			"testdata/sound.mp4", "clips_test.go",
		} {
			readToEnd(t, name, &pool)
		}
		closed(t, &pool)
	}
	for range warmUp {
		round()
	}
	if runtime.GOOS != "linux" {
		return
	}
	before := residentBytes(t)
	for range rounds {
		round()
	}
	if grown := residentBytes(t) - before; grown > slack {
		t.Errorf("%d rounds of opening and closing cost %d KiB", rounds, grown>>10)
	} else {
		t.Logf("%d rounds: %+d KiB", rounds, grown>>10)
	}
}

func decodeDamaged(t *testing.T, codec media.Codec, pool *media.Pool) {
	t.Helper()
	d, err := NewDecoder(codec, pool)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i, p := range livePackets(t, codec, false) {
		if i == 2 {
			p.Data = p.Data[:1]
		}
		if err := d.Decode(p, func(*media.Frame) {}); err != nil && !errors.Is(err, ErrDamaged) &&
			!errors.Is(err, ErrNeedKey) {
			t.Fatal(err)
		}
	}
}

func readToEnd(t *testing.T, path string, pool *media.Pool) {
	t.Helper()
	r, err := OpenFile(path, pool)
	if errors.Is(err, ErrNotVideo) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	conv := NewConverter()
	defer conv.Close()
	dst := image.NewRGBA(image.Rect(0, 0, 50, 50))
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := conv.ToRGBA(dst, f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
}
