package still

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"handlens/media/filekind"
	"handlens/media/heif/heiftest"
)

// corners are those of the picture that is to be seen, from the top left in rows; it is 64 × 32.
var corners = [4]color.RGBA{
	{R: 255, A: 255}, {G: 255, A: 255}, {B: 255, A: 255}, {R: 255, G: 255, B: 255, A: 255},
}

const wide, high = 64, 32

// back are EXIF's orientations that undo each other.
var back = [9]int{0, 1, 2, 3, 4, 5, 8, 7, 6}

// stored is the picture as it lies in a file with that orientation.
func stored(orientation int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			img.SetRGBA(x, y, corners[x/(wide/2)+2*(y/(high/2))])
		}
	}
	return upright(img, back[orientation]).(*image.RGBA)
}

// wantUpright checks size and corners.
func wantUpright(t *testing.T, what string, img image.Image, err error) {
	t.Helper()
	if err != nil || img.Bounds() != image.Rect(0, 0, wide, high) {
		t.Errorf("%s: %v, %v", what, img, err)
		return
	}
	for i, want := range corners {
		x, y := wide/4+wide/2*(i%2), high/4+high/2*(i/2)
		got := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
		if far(got.R, want.R) || far(got.G, want.G) || far(got.B, want.B) {
			t.Errorf("%s: corner %d is %v, want %v", what, i, got, want)
		}
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 24 }

func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	b := order.AppendUint32([]byte(mark), 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(order.AppendUint16(b, 0x010f), 2) // a maker
	b = append(order.AppendUint32(b, 1), 0, 0, 0, 0)
	b = order.AppendUint16(order.AppendUint16(b, tagOrientation), 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(order.AppendUint16(b, orientation), 0)
	return order.AppendUint32(b, 0)
}

func xmp(orientation int) []byte {
	return fmt.Appendf(nil, `<rdf:Description tiff:Orientation="%d"/>`, orientation)
}

func jpegOf(img image.Image, segments ...[]byte) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, &jpeg.Options{Quality: 98})
	out := append([]byte(nil), b.Bytes()[:2]...)
	for _, s := range segments {
		out = append(binary.BigEndian.AppendUint16(append(out, 0xff, jpegAPP1), uint16(len(s)+2)),
			s...)
	}
	return append(out, b.Bytes()[2:]...)
}

// pngOf puts a chunk before the picture's data, or behind it.
func pngOf(img image.Image, behind bool, kind string, content []byte) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	body := append([]byte(kind), content...)
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	at := 8 + 25
	if behind {
		at = b.Len() - 12
	}
	out := append([]byte(nil), b.Bytes()[:at]...)
	return append(append(out, chunk...), b.Bytes()[at:]...)
}

func packed(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.Bytes()
}

// tiffOf adds the orientation to what x/image writes: its directory is copied to the end of the
// file.
func tiffOf(img image.Image, orientation uint16) []byte {
	var b bytes.Buffer
	_ = tiff.Encode(&b, img, nil)
	file, le := b.Bytes(), binary.LittleEndian
	at := int(le.Uint32(file[4:]))
	n := int(le.Uint16(file[at:]))
	entry := le.AppendUint16(le.AppendUint16(nil, tagOrientation), 3)
	entry = le.AppendUint16(le.AppendUint16(le.AppendUint32(entry, 1), orientation), 0)
	entries, done := file[at+2:at+2+12*n], false
	le.PutUint32(file[4:], uint32(len(file)))
	file = le.AppendUint16(file, uint16(n+1))
	for ; len(entries) >= 12; entries = entries[12:] {
		if !done && le.Uint16(entries) > tagOrientation {
			file, done = append(file, entry...), true
		}
		file = append(file, entries[:12]...)
	}
	return append(file, 0, 0, 0, 0)
}

func heifOf(img image.Image, properties ...[]byte) []byte {
	return heiftest.Picture{
		Brands: []string{"mif1", "heic"}, Kind: "jpeg", Parts: [][]byte{jpegOf(img)},
		TileSize: img.Bounds().Size(), Properties: properties,
	}.File()
}

// turns are the properties that HEIF has for EXIF's orientations.
func turns(orientation int) [][]byte {
	return [9][][]byte{
		2: {heiftest.Mirror(1)},
		3: {heiftest.Turn(2)},
		4: {heiftest.Mirror(0)},
		5: {heiftest.Turn(1), heiftest.Mirror(0)},
		6: {heiftest.Turn(3)},
		7: {heiftest.Turn(3), heiftest.Mirror(0)},
		8: {heiftest.Turn(1)},
	}[orientation]
}

func decodeBytes(t *testing.T, data []byte) (image.Image, error) {
	t.Helper()
	r := bytes.NewReader(data)
	kind := filekind.Of(r, r.Size(), "")
	if kind.Class != filekind.Picture {
		t.Errorf("it is taken for %+v", kind)
	}
	return decode(r, r.Size(), kind.Name)
}

func TestEveryFormatIsTurnedUpright(t *testing.T) {
	for o := 1; o <= 8; o++ {
		img := stored(o)
		little, big := exif(binary.LittleEndian, uint16(o)), exif(binary.BigEndian, uint16(o))
		profile := fmt.Sprintf("\nexif\n%8d\n%s\n", len(little)+6,
			hex.EncodeToString(append([]byte("Exif\x00\x00"), little...)))
		raw := append([]byte("Raw profile type exif\x00\x00"), packed([]byte(profile))...)
		text := append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp(o)...)
		thick := append([]byte("XML:com.adobe.xmp\x00\x01\x00\x00\x00"), packed(xmp(o))...)
		for what, data := range map[string][]byte{
			"JPEG": jpegOf(img, []byte("http://ns.adobe.com/other/"),
				append([]byte("Exif\x00\x00"), little...)),
			"JPEG, big endian":    jpegOf(img, append([]byte("Exif\x00\x00"), big...)),
			"JPEG with XMP":       jpegOf(img, append(bytes.Clone(jpegXMP), xmp(o)...)),
			"PNG":                 pngOf(img, false, "eXIf", big),
			"PNG, behind":         pngOf(img, true, "eXIf", little),
			"PNG of ImageMagick":  pngOf(img, false, "zTXt", raw),
			"PNG with XMP":        pngOf(img, false, "iTXt", text),
			"PNG with packed XMP": pngOf(img, false, "iTXt", thick),
			"TIFF":                tiffOf(img, uint16(o)),
			"HEIC":                heifOf(img, turns(o)...),
			"EXIF goes before XMP": jpegOf(img, append(bytes.Clone(jpegXMP), xmp(3)...),
				append([]byte("Exif\x00\x00"), big...)),
			"WebP with EXIF": webpWith(t, o, "EXIF", little),
			"WebP with EXIF's mark": webpWith(t, o, "EXIF",
				append([]byte("Exif\x00\x00"), big...)),
			"WebP with XMP":          webpWith(t, o, "XMP ", xmp(o)),
			"WebP, laid out to move": animatedWebP(t, o),
		} {
			if strings.HasPrefix(what, "WebP") { // its picture is not ours
				wantTurnedWebP(t, fmt.Sprintf("%s, orientation %d", what, o), data, o)
				continue
			}
			got, err := decodeBytes(t, data)
			wantUpright(t, fmt.Sprintf("%s, orientation %d", what, o), got, err)
		}
	}
}

// webpFile is a green patch at 16, 32 in 64 × 64, which no Go package can write.
func webpFile(t *testing.T) []byte {
	t.Helper()
	file, err := os.ReadFile("../../app/command/testdata/patch.webp")
	if err != nil {
		t.Fatal(err)
	}
	return file[12:]
}

func riff(kind string, content []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(content)))
	b = append(b, content...)
	if len(content)&1 != 0 {
		b = append(b, 0)
	}
	return b
}

func webpWith(t *testing.T, _ int, kind string, content []byte) []byte {
	t.Helper()
	return riff("RIFF", append(append([]byte("WEBP"), webpFile(t)...), riff(kind, content)...))
}

func animatedWebP(t *testing.T, o int) []byte {
	t.Helper()
	body := append([]byte("WEBP"), riff("VP8X", []byte{2, 0, 0, 0, 63, 0, 0, 63, 0, 0})...)
	body = append(body, riff("ANIM", make([]byte, 6))...)
	body = append(body, riff("ANMF", append(make([]byte, 16), webpFile(t)...))...)
	return riff("RIFF", append(body, riff("EXIF", exif(binary.BigEndian, uint16(o)))...))
}

func wantTurnedWebP(t *testing.T, what string, data []byte, o int) {
	t.Helper()
	got, err := decodeBytes(t, data)
	if err != nil || got.Bounds().Size() != image.Pt(64, 64) {
		t.Errorf("%s: %v, %v", what, got, err)
		return
	}
	as := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for y := 32; y < 64; y++ {
		for x := 16; x < 48; x++ {
			as.SetRGBA(x, y, color.RGBA{G: 255, A: 255})
		}
	}
	want := upright(as, o)
	for _, p := range []image.Point{{8, 32}, {24, 24}, {24, 40}, {40, 24}, {40, 40}, {56, 32}} {
		_, g1, _, _ := got.At(p.X, p.Y).RGBA()
		_, g2, _, _ := want.At(p.X, p.Y).RGBA()
		if (g1 > 0xc000) != (g2 > 0xc000) {
			t.Errorf("%s: at %v the green is %x, want %x", what, p, g1, g2)
		}
	}
}

// What makes no sense turns nothing.
func TestNonsenseTurnsNothing(t *testing.T) {
	img := stored(1)
	mark := []byte("Exif\x00\x00")
	for what, data := range map[string][]byte{
		"orientation 9":   jpegOf(img, append(mark, exif(binary.LittleEndian, 9)...)),
		"orientation 0":   pngOf(img, false, "eXIf", exif(binary.BigEndian, 0)),
		"half an EXIF":    pngOf(img, false, "eXIf", exif(binary.BigEndian, 6)[:20]),
		"no EXIF":         pngOf(img, false, "eXIf", []byte("hello")),
		"XMP without end": pngOf(img, false, "iTXt", []byte("XML:com.adobe.xmp\x00")),
		"no deflate":      pngOf(img, false, "zTXt", []byte("Raw profile type exif\x00\x00abc")),
	} {
		got, err := decodeBytes(t, data)
		wantUpright(t, what, got, err)
	}
}

// A grid is the whole picture, cropped and turned, and never one tile.
func TestHEIFGrid(t *testing.T) {
	for o := 1; o <= 8; o++ {
		img := stored(o)
		size := img.Rect.Size()
		tile := image.Pt(32, 32)
		columns := (size.X + tile.X - 1) / tile.X
		canvas := image.NewRGBA(image.Rect(0, 0, columns*tile.X, (size.Y+tile.Y-1)/tile.Y*tile.Y))
		copyInto(canvas, img)
		var parts [][]byte
		for y := 0; y < canvas.Rect.Dy(); y += tile.Y {
			for x := 0; x < canvas.Rect.Dx(); x += tile.X {
				r := image.Rectangle{Max: tile}.Add(image.Pt(x, y))
				parts = append(parts, jpegOf(canvas.SubImage(r)))
			}
		}
		if len(parts) < 2 {
			t.Fatal("one tile is no grid")
		}
		file := heiftest.Picture{
			Brands: []string{"heic", "mif1"}, Kind: "jpeg", Columns: columns, Parts: parts,
			Size: size, TileSize: tile, Properties: turns(o),
		}
		got, err := decodeBytes(t, file.File())
		wantUpright(t, fmt.Sprintf("a grid, orientation %d", o), got, err)

		file.Parts[1] = file.Parts[1][:40]
		if got, err := decodeBytes(t, file.File()); err == nil {
			t.Errorf("with a tile that is damaged there is a picture of %v", got.Bounds())
		}
		file.Size = image.Pt(100, 100)
		if got, err := decodeBytes(t, file.File()); err == nil {
			t.Errorf("with too few tiles there is a picture of %v", got.Bounds())
		}
	}
	framed := image.NewRGBA(image.Rect(0, 0, wide+16, high+16))
	for i := range framed.Pix {
		framed.Pix[i] = 128
	}
	for y := range high {
		copy(framed.Pix[framed.PixOffset(16, y):], stored(1).Pix[y*4*wide:][:4*wide])
	}
	got, err := decodeBytes(t, heifOf(framed, heiftest.Crop(image.Pt(wide, high), image.Pt(8, -8))))
	wantUpright(t, "cropped", got, err)
}

func copyInto(dst, src *image.RGBA) {
	for y := range src.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:], src.Pix[y*src.Stride:][:4*src.Rect.Dx()])
	}
}

// Pictures that other software wrote; ours has no encoder for them.
func TestPicturesOfOthers(t *testing.T) {
	for name, want := range map[string]image.Point{
		"grid.heic": {X: 512, Y: 384}, "x.avif": {X: 384, Y: 288},
		"o6.png": {X: 384, Y: 288}, "o6.tif": {X: 288, Y: 216},
	} {
		f, err := os.Open(filepath.Join("../../../shared/data/files", name))
		if err != nil {
			t.Skip("the folder ../shared with other people's files is not here")
		}
		if is, err := Is(f); !is || err != nil {
			t.Errorf("%s: a picture is %v, %v", name, is, err)
		}
		if img, err := Decode(f); err != nil || img.Bounds().Size() != want {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		f.Close()
	}
}

// A lossy WebP is a frame of VP8, in limited range: red of 220 is not to become one of 206.
func TestLossyWebPHasItsColours(t *testing.T) {
	film, err := os.ReadFile("../ffmpeg/testdata/vp8.ivf")
	if err != nil {
		t.Fatal(err)
	}
	frame := film[44:][:binary.LittleEndian.Uint32(film[32:])]
	img, err := decodeBytes(t, riff("RIFF", append([]byte("WEBP"), riff("VP8 ", frame)...)))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]color.RGBA{
		{80, 8}: {R: 0x1e, G: 0xc8, B: 0x28}, {24, 8}: {R: 0xdc, G: 0x1e, B: 0x1e},
	} {
		got := color.RGBAModel.Convert(img.At(at.X, at.Y)).(color.RGBA)
		for _, c := range [][2]uint8{{got.R, want.R}, {got.G, want.G}, {got.B, want.B}} {
			if d := max(c[0], c[1]) - min(c[0], c[1]); d > 6 {
				t.Errorf("at %v it is %v, want %v", at, got, want)
			}
		}
	}
}
