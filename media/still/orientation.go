package still

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"regexp"
	"strings"

	"handlens/media/filekind"
)

const (
	tagOrientation = 0x0112 // CIPA DC-008, table 4
	tagXMP         = 700
	maxMetadata    = 4 << 20
)

// metadata is what a picture carries with it, each nil for nothing.
type metadata struct {
	exif io.ReaderAt // a TIFF
	xmp  []byte
}

// orientation says how a stored picture must be turned to be upright, 1 to 8 as EXIF counts. It is
// 1, not at all, where nothing is said or what is said makes no sense. EXIF goes before XMP, as in
// Pillow.
func orientation(r io.ReaderAt, size int64, kind string) int {
	var m metadata
	switch kind {
	case filekind.JPEG:
		m.jpeg(bufio.NewReader(io.NewSectionReader(r, 0, size)))
	case filekind.PNG, filekind.WebP:
		m.chunks(r, size, kind)
	case filekind.TIFF:
		m.exif = r
		filekind.Directory(r, func(e filekind.Entry) bool {
			if e.Tag == tagXMP && e.Count > 4 {
				m.xmp = piece(r, e.Offset(), int64(e.Count))
			}
			return true
		})
	}
	return m.orientation()
}

func (m *metadata) orientation() int {
	turn, said := 1, false
	if m.exif != nil {
		filekind.Directory(m.exif, func(e filekind.Entry) bool {
			if e.Tag == tagOrientation {
				turn, said = e.Number(), true
			}
			return !said
		})
	}
	if found := xmpOrientation.FindSubmatch(m.xmp); !said && found != nil {
		turn = int(found[1][0] - '0')
	}
	if turn < 1 || turn > 8 {
		return 1
	}
	return turn
}

var xmpOrientation = regexp.MustCompile(`tiff:Orientation(?:="|>)([0-9])`)

// piece reads a part of a file, nil when it is not there or too large.
func piece(r io.ReaderAt, from, length int64) []byte {
	if length < 1 || length > maxMetadata {
		return nil
	}
	b := make([]byte, length)
	if n, _ := r.ReadAt(b, from); int64(n) < length {
		return nil
	}
	return b
}

var exifMark = []byte("Exif\x00\x00")

func (m *metadata) setExif(b []byte) {
	if b = bytes.TrimPrefix(b, exifMark); m.exif == nil && len(b) > 0 {
		m.exif = bytes.NewReader(b)
	}
}

// JPEG markers (ITU-T T.81, table B.1).
const (
	jpegSOI     = 0xd8
	jpegAPP1    = 0xe1
	jpegSOS     = 0xda
	maxSegments = 64 // before the picture's data; real files have a dozen
)

var jpegXMP = []byte("http://ns.adobe.com/xap/1.0/\x00")

// jpeg reads the segments before a JPEG's data.
func (m *metadata) jpeg(r *bufio.Reader) {
	var two [2]byte
	if _, err := io.ReadFull(r, two[:]); err != nil || two != [2]byte{0xff, jpegSOI} {
		return
	}
	for range maxSegments {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil || head[0] != 0xff || head[1] == jpegSOS {
			return
		}
		n := int(binary.BigEndian.Uint16(head[2:])) - 2
		if n < 0 {
			return
		}
		if head[1] != jpegAPP1 {
			if _, err := r.Discard(n); err != nil {
				return
			}
			continue
		}
		segment := make([]byte, n)
		if _, err := io.ReadFull(r, segment); err != nil {
			return
		}
		if bytes.HasPrefix(segment, exifMark) {
			m.setExif(segment)
		} else if bytes.HasPrefix(segment, jpegXMP) && m.xmp == nil {
			m.xmp = segment[len(jpegXMP):]
		}
	}
}

// chunks reads those of a PNG (eXIf, and what ImageMagick wrote before there was that) or of a
// WebP. They may stand behind the picture.
func (m *metadata) chunks(r io.ReaderAt, size int64, kind string) {
	filekind.Chunks(r, size, kind, func(name string, from, length int64) bool {
		switch name {
		case "eXIf", "EXIF":
			m.setExif(piece(r, from, length))
		case "XMP ":
			m.xmp = piece(r, from, length)
		case "iTXt", "zTXt", "tEXt":
			m.text(name, piece(r, from, length))
		}
		return true
	})
}

// text reads a PNG's text: a keyword, a zero, and what the kind of chunk has.
func (m *metadata) text(kind string, b []byte) {
	keyword, rest, _ := bytes.Cut(b, []byte{0})
	packed := false
	switch kind {
	case "zTXt": // the method
		packed = true
		rest = rest[min(1, len(rest)):]
	case "iTXt": // whether it is compressed, the method, the language, the keyword translated
		if len(rest) < 2 {
			return
		}
		packed = rest[0] != 0
		_, rest, _ = bytes.Cut(rest[2:], []byte{0})
		_, rest, _ = bytes.Cut(rest, []byte{0})
	}
	if packed {
		rest = inflate(rest)
	}
	switch string(keyword) {
	case "XML:com.adobe.xmp":
		m.xmp = rest
	case "Raw profile type exif", "Raw profile type APP1":
		m.setExif(rawProfile(string(rest)))
	}
}

func inflate(b []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	defer z.Close()
	text, _ := io.ReadAll(io.LimitReader(z, maxMetadata))
	return text
}

// rawProfile reads what ImageMagick writes: a name, a length, and bytes in hexadecimal digits.
func rawProfile(text string) []byte {
	words := strings.Fields(text)
	if len(words) < 3 {
		return nil
	}
	b, err := hex.DecodeString(strings.Join(words[2:], ""))
	if err != nil {
		return nil
	}
	return b
}
