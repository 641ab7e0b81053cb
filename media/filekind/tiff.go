package filekind

import (
	"encoding/binary"
	"io"
	"path/filepath"
	"strings"
)

// rawSuffixes are the endings of raw pictures that are TIFFs inside.
var rawSuffixes = []string{
	".3fr", ".arw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".k25", ".kdc", ".mef", ".mos", ".nef",
	".nrw", ".pef", ".ptx", ".rwl", ".sr2", ".srf", ".srw",
}

// TIFF tags (TIFF 6.0, TIFF/EP and DNG).
const (
	tagNewSubfileType = 0x00fe
	tagDNGVersion     = 0xc612
	maxEntries        = 512
)

// rawFile says whether a TIFF is a camera's raw picture, whose first picture is but a thumbnail.
func rawFile(r io.ReaderAt, name string) (Kind, bool) {
	suffix := strings.ToLower(filepath.Ext(name))
	for _, s := range rawSuffixes {
		if s == suffix {
			return unreadPicture(rawName + " (" + strings.ToUpper(s[1:]) + ")"), true
		}
	}
	reduced, dng := false, false
	Directory(r, func(e Entry) bool {
		dng = dng || e.Tag == tagDNGVersion
		reduced = reduced || e.Tag == tagNewSubfileType && e.Number()&1 != 0
		return true
	})
	if dng {
		return unreadPicture(rawName + " (DNG)"), true
	}
	return unreadPicture(rawName), reduced
}

// Entry is one entry of a TIFF directory.
type Entry struct {
	Tag, Type int
	Count     uint32
	value     [4]byte
	order     binary.ByteOrder
}

// Number is the value of an entry with one number, 0 for others.
func (e Entry) Number() int {
	switch {
	case e.Count != 1:
		return 0
	case e.Type == 1: // byte
		return int(e.value[0])
	case e.Type == 3: // short
		return int(e.order.Uint16(e.value[:]))
	case e.Type == 4: // long
		return int(e.order.Uint32(e.value[:]))
	}
	return 0
}

// Offset is where the value of an entry lies that does not fit into it.
func (e Entry) Offset() int64 { return int64(e.order.Uint32(e.value[:])) }

// Directory goes over the first directory of a TIFF (EXIF is one) until visit says stop. What makes
// no sense has no entries.
func Directory(r io.ReaderAt, visit func(Entry) (more bool)) {
	if order, at, ok := firstDirectory(r); ok {
		directory(r, order, at, visit)
	}
}

// maxPages bounds how far the pages of a TIFF are counted.
const maxPages = 10_000

// Pages is how many pictures a TIFF has, thumbnails left out; 0 for what is no TIFF.
func Pages(r io.ReaderAt) int {
	order, at, ok := firstDirectory(r)
	pages := 0
	seen := map[int64]bool{0: true} // they may go in circles
	for ok && !seen[at] && len(seen) < maxPages {
		seen[at] = true
		thumbnail := false
		at, ok = directory(r, order, at, func(e Entry) bool {
			thumbnail = thumbnail || e.Tag == tagNewSubfileType && e.Number()&1 != 0
			return true
		})
		if ok && !thumbnail {
			pages++
		}
	}
	return pages
}

// firstDirectory says how a TIFF writes its numbers and where its first directory lies.
func firstDirectory(r io.ReaderAt) (order binary.ByteOrder, at int64, ok bool) {
	var head [8]byte
	if n, _ := r.ReadAt(head[:], 0); n < len(head) {
		return nil, 0, false
	}
	switch string(head[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil, 0, false
	}
	return order, int64(order.Uint32(head[4:])), true
}

// directory goes over the directory at an offset until visit says stop, and says where the next
// one lies (0 for none).
func directory(r io.ReaderAt, order binary.ByteOrder, at int64, visit func(Entry) (more bool)) (
	next int64, ok bool,
) {
	const size = 12 // of an entry
	var count [2]byte
	if n, _ := r.ReadAt(count[:], at); n < len(count) {
		return 0, false
	}
	all := int(order.Uint16(count[:]))
	var after [4]byte
	if n, _ := r.ReadAt(after[:], at+2+size*int64(all)); n == len(after) {
		next = int64(order.Uint32(after[:]))
	}
	entries := make([]byte, size*min(all, maxEntries))
	n, _ := r.ReadAt(entries, at+2)
	for entries = entries[:n]; len(entries) >= size; entries = entries[size:] {
		e := Entry{
			Tag: int(order.Uint16(entries)), Type: int(order.Uint16(entries[2:])),
			Count: order.Uint32(entries[4:]), order: order,
		}
		copy(e.value[:], entries[8:size])
		if !visit(e) {
			break
		}
	}
	return next, true
}
