package still

import (
	"bytes"
	"encoding/binary"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
)

// tiffPages writes a TIFF that has one picture on each of its pages.
func tiffPages(t *testing.T, pages int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := tiff.Encode(&out, image.NewGray(image.Rect(0, 0, 4, 4)), nil); err != nil {
		t.Fatal(err)
	}
	file := out.Bytes()
	first := binary.LittleEndian.Uint32(file[4:])
	directory := bytes.Clone(file[first:])
	for range pages - 1 {
		at := len(file)
		binary.LittleEndian.PutUint32(file[next(file, first):], uint32(at))
		file, first = append(file, directory...), uint32(at)
	}
	return file
}

// next is where the directory at an offset says where the next one lies.
func next(file []byte, directory uint32) int {
	return int(directory) + 2 + 12*int(binary.LittleEndian.Uint16(file[directory:]))
}

func TestOnlyTheFirstPageIsLookedAt(t *testing.T) {
	circle := tiffPages(t, 2)
	first := binary.LittleEndian.Uint32(circle[4:])
	second := binary.LittleEndian.Uint32(circle[next(circle, first):])
	binary.LittleEndian.PutUint32(circle[next(circle, second):], first)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"one page":    {tiffPages(t, 1), ""},
		"three pages": {tiffPages(t, 3), "has 3 pages, of which the first is looked at"},
		"a circle":    {circle, "has 2 pages, of which the first is looked at"},
		"no TIFF":     {[]byte("a text of some length"), ""},
	} {
		f, err := os.Create(filepath.Join(t.TempDir(), "p.tif"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.Write(c.file); err != nil {
			t.Fatal(err)
		}
		if got := Left(f); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestATIFFThatIsNotRead(t *testing.T) {
	file := tiffPages(t, 1)
	const compression, jpeg = 0x0103, 7
	entry := bytes.Index(file, []byte{compression & 0xff, compression >> 8, 3, 0, 1, 0, 0, 0})
	if entry < 0 {
		t.Fatal("the file does not say how it is compressed")
	}
	file[entry+8] = jpeg
	_, err := decode(bytes.NewReader(file), int64(len(file)), "TIFF")
	if err == nil || !strings.Contains(err.Error(), "is a TIFF of a kind that is not read") {
		t.Errorf("got %v", err)
	}
}
