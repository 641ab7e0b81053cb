package filekind

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/png"
	"os"
	"strings"
	"testing"
)

func of(data []byte, name string) Kind {
	return Of(bytes.NewReader(data), int64(len(data)), name)
}

func ftyp(brands string) []byte {
	return append([]byte{0, 0, 0, byte(8 + len(brands)), 'f', 't', 'y', 'p'}, brands...)
}

func TestKinds(t *testing.T) {
	moov := "\x00\x00\x00\x08moov"
	for _, c := range []struct {
		data, name string
		class      Class
		want       string
	}{
		{"\xff\xd8\xff\xe0", "a.png", Picture, JPEG},
		{"\xff\xd8\xff", "", Picture, JPEG},
		{"BM\x00\x01\x00\x00\x00\x00\x00\x00" + strings.Repeat("x", 30), "", Picture, BMP},
		{string(ftyp("avif\x00\x00\x00\x00mif1miaf")), "", Picture, AVIF},
		{string(ftyp("mif1\x00\x00\x00\x00avifmiaf")), "", Picture, AVIF},
		{string(ftyp("heic\x00\x00\x00\x00mif1heic")), "", Picture, HEIF},
		{string(ftyp("avis\x00\x00\x00\x00avifmsf1")) + moov, "", Film, "animated AVIF"},
		{string(ftyp("avis\x00\x00\x00\x00avifmsf1")), "", Picture, AVIF},
		{string(ftyp("isom\x00\x00\x02\x00iso2avc1")), "", Film, "MP4"},
		{string(ftyp("qt  \x00\x00\x02\x00qt  ")), "", Film, "MOV"},
		{string(ftyp("crx \x00\x00\x00\x01crx isom")), "", Unread, "a camera's raw picture (CR3)"},
		{"\xff\x0a\xfa\x7f", "", Unread, "JPEG XL"},
		{"\x00\x00\x00\x0cJXL \r\n\x87\n", "", Unread, "JPEG XL"},
		{"II*\x00\x08\x00\x00\x00\x00\x00", "x.nef", Unread, "a camera's raw picture (NEF)"},
		{"II*\x00\x08\x00\x00\x00\x00\x00", "x.tif", Picture, TIFF},
		{
			"II*\x00\x08\x00\x00\x00\x01\x00\x12\xc6\x01\x00\x04\x00\x00\x00\x01\x04\x00\x00", "x",
			Unread, "a camera's raw picture (DNG)",
		},
		{"\x1aE\xdf\xa3", "", Film, "Matroska"},
		{"P6 2 2 255\n", "", Unread, "a Netpbm picture"},
		{"<!DOCTYPE html><p>404", "x.jpg", Unread, "a web page (HTML)"},
		{"<?xml version='1.0'?><svg xmlns='x'/>", "", Unread, "a drawing (SVG)"},
		{"plain words", "", Unread, "text"},
		{"\x01\x02\x03", "", Unknown, ""},
		{"", "", Unknown, ""},
	} {
		if got := of([]byte(c.data), c.name); got.Class != c.class || got.Name != c.want {
			t.Errorf("%.20q is %+v, want %s of class %d", c.data, got, c.want, c.class)
		}
	}
}

func gifOf(t *testing.T, frames int) []byte {
	t.Helper()
	g := new(gif.GIF)
	for i := range frames {
		p := image.NewPaletted(image.Rect(0, 0, 8, 8), palette.WebSafe)
		p.Set(i, 0, color.White)
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, frames uint32) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	const header = 8 + 25
	chunk := append([]byte{0, 0, 0, 8}, "acTL"...)
	chunk = binary.BigEndian.AppendUint32(chunk, frames)
	chunk = append(chunk, make([]byte, 8)...)
	return append(append(append([]byte(nil), b.Bytes()[:header]...), chunk...),
		b.Bytes()[header:]...)
}

func webpOf(chunks ...string) []byte {
	var body []byte
	for _, c := range chunks {
		body = append(append(body, c...), 4, 0, 0, 0, 1, 2, 3, 4)
	}
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(body)))
	return append(append(head, "WEBP"...), body...)
}

// What moves is a film, what has one picture is a picture, and each tells when it is cut off.
func TestWhatMoves(t *testing.T) {
	for _, c := range []struct {
		file  []byte
		class Class
		name  string
	}{
		{gifOf(t, 1), Picture, GIF},
		{gifOf(t, 3), Film, "animated GIF"},
		{pngOf(t, 1), Picture, PNG},
		{pngOf(t, 3), Film, "animated PNG"},
		{webpOf("VP8L"), Picture, WebP},
		{webpOf("VP8X", "ANIM", "ANMF"), Picture, WebP},
		{webpOf("VP8X", "ANIM", "ANMF", "ANMF"), Film, "animated WebP"},
	} {
		if got := of(c.file, ""); got.Class != c.class || got.Name != c.name {
			t.Errorf("a %s is %+v", c.name, got)
		}
		for n, want := range map[int]bool{len(c.file): false, len(c.file) - 2: true} {
			if got := CutOff(bytes.NewReader(c.file[:n]), int64(n)); got != want {
				t.Errorf("%d of %d bytes of a %s: cut off is %v", n, len(c.file), c.name, got)
			}
		}
	}
}

func TestCutOffFilms(t *testing.T) {
	for _, name := range []string{
		"reordered.mp4", "plain.mp4", "h264.mkv", "vp9.webm",
		"mpeg4.avi",
	} {
		file, err := os.ReadFile("../ffmpeg/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range map[int]bool{len(file): false, len(file) * 3 / 4: true} {
			if got := CutOff(bytes.NewReader(file[:n]), int64(n)); got != want {
				t.Errorf("%d of %d bytes of %s: cut off is %v", n, len(file), name, got)
			}
		}
	}
}

// A transport stream says nothing of its length, but its packets are all of one.
func TestCutOffTransportStream(t *testing.T) {
	for _, length := range []int{packetSize, timedPacketSize} {
		packet := make([]byte, length)
		packet[length-packetSize] = 0x47
		file := bytes.Repeat(packet, 5)
		for n, want := range map[int]bool{len(file): false, len(file) - 10: true} {
			if got := CutOff(bytes.NewReader(file[:n]), int64(n)); got != want {
				t.Errorf("%d packets of %d bytes, %d in all: cut off is %v", 5, length, n, got)
			}
		}
	}
}

// A Windows Media file says how long it is in the middle of its head.
func TestCutOffWindowsMedia(t *testing.T) {
	head := append([]byte("0&\xb2u\x8ef\xcf\x11"), make([]byte, 22)...)
	head = append(append(head, fileProperties...), make([]byte, 24)...)
	head = binary.LittleEndian.AppendUint64(head, 500)
	head = append(head, make([]byte, 500-len(head))...)
	for n, want := range map[int64]bool{500: false, 499: true, 40: false} {
		if got := CutOff(bytes.NewReader(head[:n]), n); got != want {
			t.Errorf("%d of 500 bytes: cut off is %v", n, got)
		}
	}
}

// An animated WebP that has lost all but its first picture is no still one.
func TestCutAnimation(t *testing.T) {
	file := webpOf("VP8X", "ANIM", "ANMF", "ANMF")
	file[20] = 2 // the flags of VP8X
	if got := of(file[:len(file)-9], ""); got.Class != Film {
		t.Errorf("it is %+v", got)
	}
}

func TestRefusalsSayHowToGoOn(t *testing.T) {
	for k, word := range map[Kind]string{
		unreadPicture("JPEG XL"): "is JPEG XL, which is not read: convert it to " +
			"PNG",
		unreadPicture(rawName + " (NEF)"):         "develop it",
		unread("a web page (HTML)"):               "page of the site",
		unread("a ZIP archive or something else"): "unpack it",
		unread("a RealMedia film"):                "convert it to MP4",
		unread("sound (MP3)"):                     "neither a picture nor a video",
	} {
		if got := k.Refusal(); !strings.Contains(got, word) {
			t.Errorf("%s: %q", k.Name, got)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"))
	f.Add(webpOf("VP8X", "ANMF"))
	f.Add(ftyp("avis\x00\x00\x00\x00avif"))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\xc6\x01\x00\x04\x00\x00\x00"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		of(data, "")
		CutOff(bytes.NewReader(data), int64(len(data)))
	})
}
