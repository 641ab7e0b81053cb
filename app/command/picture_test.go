package command

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// exifSegment is an APP1 segment that says nothing but the orientation.
func exifSegment(order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	tiff := order.AppendUint32([]byte(mark), 8)
	// entries
	tiff = order.AppendUint16(tiff, 2)
	// a maker
	tiff = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x010f), 2), 1), 0,
		0, 0, 0)
	tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, tagOrientation),
		tiffShort), 1)
	tiff = order.AppendUint16(order.AppendUint16(tiff, orientation), 0)
	tiff = order.AppendUint32(tiff, 0)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, jpegAPP1}, uint16(len(body)+2))
	return append(head, body...)
}

// jpegWith encodes a picture with segments put in after the first marker.
func jpegWith(t testing.TB, img image.Image, segments ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	out := append([]byte(nil), b.Bytes()[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, b.Bytes()[2:]...)
}

func TestExifOrientation(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	app0 := []byte{0xff, 0xe0, 0, 4, 1, 2}
	other := append([]byte{0xff, jpegAPP1, 0, 9}, "http://"...)
	for want := 1; want <= 8; want++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			data := jpegWith(t, img, app0, other, exifSegment(order, uint16(want)))
			if got := exifOrientation(bufio.NewReader(bytes.NewReader(data))); got != want {
				t.Errorf("%v: orientation %d, want %d", order, got, want)
			}
		}
	}
	for what, data := range map[string][]byte{
		"no EXIF":          jpegWith(t, img),
		"orientation 9":    jpegWith(t, img, exifSegment(binary.LittleEndian, 9)),
		"orientation 0":    jpegWith(t, img, exifSegment(binary.BigEndian, 0)),
		"no JPEG":          []byte("\x89PNG\r\n\x1a\n"),
		"nothing":          nil,
		"cut off":          jpegWith(t, img, exifSegment(binary.LittleEndian, 6))[:20],
		"a length of zero": {0xff, 0xd8, 0xff, 0xe1, 0, 0},
	} {
		if got := exifOrientation(bufio.NewReader(bytes.NewReader(data))); got != 1 {
			t.Errorf("%s: orientation %d", what, got)
		}
	}
}

// TestUpright turns a picture whose four corners differ, in each of EXIF's eight ways; the expected
// corners are those of EXIF's own table (row 0 and column 0 of the stored picture are the visual
// …).
func TestUpright(t *testing.T) {
	stored := image.NewRGBA(image.Rect(0, 0, 3, 2))
	// a b over c d
	corner := map[byte]image.Point{'a': {0, 0}, 'b': {2, 0}, 'c': {0, 1}, 'd': {2, 1}}
	for name, p := range corner {
		stored.SetRGBA(p.X, p.Y, color.RGBA{R: name, A: 255})
	}
	for orientation, want := range map[int]string{ // top left, top right, bottom left, bottom right
		1: "abcd", 2: "badc", 3: "dcba", 4: "cdab", 5: "acbd", 6: "cadb", 7: "dbca", 8: "bdac",
	} {
		got := upright(stored, orientation)
		b := got.Bounds()
		if turned := orientation >= 5; turned != (b.Dx() == 2) {
			t.Errorf("orientation %d: %v", orientation, b)
		}
		var corners []byte
		for _, p := range []image.Point{
			{0, 0},
			{b.Dx() - 1, 0},
			{0, b.Dy() - 1},
			{b.Dx() - 1, b.Dy() - 1},
		} {
			r, _, _, _ := got.At(p.X, p.Y).RGBA()
			corners = append(corners, byte(r>>8))
		}
		if string(corners) != want {
			t.Errorf("orientation %d: corners %s, want %s", orientation, corners, want)
		}
	}
}

func FuzzExifOrientation(f *testing.F) {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	f.Add(jpegWith(f, img, exifSegment(binary.LittleEndian, 6)))
	f.Add(jpegWith(f, img, exifSegment(binary.BigEndian, 3)))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 'E', 'x', 'i', 'f'})
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := exifOrientation(bufio.NewReader(bytes.NewReader(data))); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
	})
}
