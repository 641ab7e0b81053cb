package filekind

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"strings"
)

// CutOff says whether a file ends before what it says of its own length. False also stands for a
// kind that says nothing, or that is unknown.
func CutOff(r io.ReaderAt, size int64) bool {
	var head [16]byte
	n, _ := r.ReadAt(head[:], 0)
	k := Of(r, size, "")
	switch name := strings.TrimPrefix(k.Name, "animated "); {
	case n < len(head):
		return false
	case name == GIF || name == PNG || name == WebP:
		return !walk(r, size, name).whole
	case string(head[:4]) == "RIFF":
		return 8+int64(binary.LittleEndian.Uint32(head[4:])) > size
	case name == "Matroska":
		return matroskaCut(r, size)
	case name == "Windows Media":
		return asfCut(r, size)
	case name == "MPEG-TS":
		return packetsCut(r, size)
	case name == "MP4" || name == "MOV" || name == AVIF || name == HEIF:
		return boxesCut(r, size)
	}
	return false
}

// packetsCut says whether the last packet of a transport stream is not whole. A stream that is cut
// between two packets cannot be told from one that was switched off there.
func packetsCut(r io.ReaderAt, size int64) bool {
	head := make([]byte, headSize)
	n, _ := r.ReadAt(head, 0)
	length := int64(packetSize)
	if !transportStream(head[:n], 0, packetSize) {
		length = timedPacketSize
	}
	return size%length != 0
}

// fileProperties is the object of an ASF that says how long the file is (ASF, section 3.2).
var fileProperties = []byte("\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65")

func asfCut(r io.ReaderAt, size int64) bool {
	const length, flags, all, broadcast = 24 + 16, 24 + 64, 24 + 68, 1
	head := make([]byte, 64<<10)
	n, _ := r.ReadAt(head, 0)
	at := bytes.Index(head[:n], fileProperties)
	if at < 0 || n-at < all || head[at+flags]&broadcast != 0 {
		return false
	}
	return binary.LittleEndian.Uint64(head[at+length:]) > uint64(size)
}

// boxesCut says whether the last of the outermost boxes of an MP4 ends after the file. Behind whole
// boxes, anything may stand.
func boxesCut(r io.ReaderAt, size int64) bool {
	var head [16]byte
	for at := int64(0); at+8 <= size; {
		n, _ := r.ReadAt(head[:], at)
		length := int64(binary.BigEndian.Uint32(head[:]))
		switch {
		case n < 8 || !letters(head[4:8]):
			return false
		case length == 0: // to the end of the file
			return false
		case length == 1 && n == len(head):
			length = int64(binary.BigEndian.Uint64(head[8:]))
		}
		if length < 8 {
			return false
		}
		if length > size-at {
			return true
		}
		at += length
	}
	return false
}

// letters says whether four bytes can be the name of a box.
func letters(name []byte) bool {
	for _, b := range name {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}

// matroskaCut reads the lengths of the header and of the segment behind it (RFC 8794 and 9559).
func matroskaCut(r io.ReaderAt, size int64) bool {
	at := int64(0)
	for _, id := range []uint32{0x1a45dfa3, 0x18538067} {
		var head [12]byte
		if n, _ := r.ReadAt(head[:], at); n < len(head) || binary.BigEndian.Uint32(head[:]) != id {
			return false
		}
		width := bits.LeadingZeros8(head[4]) + 1
		if width > 8 {
			return false
		}
		var b [8]byte
		copy(b[8-width:], head[4:4+width])
		length := binary.BigEndian.Uint64(b[:]) &^ (1 << (7 * width))
		if length == 1<<(7*width)-1 { // unknown, as live streams have it
			return false
		}
		if at += int64(4 + width); length > uint64(max(0, size-at)) {
			return true
		}
		at += int64(length)
	}
	return false
}
