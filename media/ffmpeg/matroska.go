package ffmpeg

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// nominalRate stands in the head of a Matroska file, in frames a second, until the file ends: as a
// number of nanoseconds with four bytes, which fit any other rate.
const nominalRate = 30

// longestFrame is how long a frame lasts at most: what is longer is a pause, and no part of the
// rate.
const longestFrame = 500 * time.Millisecond

// frameRate finds the rate of frames from their times.
type frameRate struct {
	last, sum time.Duration
	n         int64
	begun     bool
}

func (r *frameRate) add(at time.Duration) {
	if d := at - r.last; r.begun && d > 0 && d <= longestFrame {
		r.sum += d
		r.n++
	}
	r.last, r.begun = at, true
}

// frame is how long a frame lasts; 0 when nobody knows.
func (r *frameRate) frame() time.Duration {
	if r.n == 0 {
		return 0
	}
	return r.sum / time.Duration(r.n)
}

// The elements of Matroska that are changed here, and those around them (RFC 9559).
const (
	idSegment         = 0x18538067
	idTracks          = 0x1654AE6B
	idTrackEntry      = 0xAE
	idTrackUID        = 0x73C5
	idTrackType       = 0x83
	idDefaultDuration = 0x23E383
	idTags            = 0x1254C367
	idTag             = 0x7373
	idTargets         = 0x63C0
	idTagTrackUID     = 0x63C5
	idCluster         = 0x1F43B675
	idCRC32           = 0xBF
	idVoid            = 0xEC

	audioTrack = 2
)

// maxHead bounds the head of a file: all before the first frame.
const maxHead = 1 << 20

// finishHead writes into the head of a finished Matroska file what is known only now: how long a
// frame lasts, 0 for what nobody knows; and, when no audio came, that there is no track for it,
// which had to be there in case. Sizes stay, so what is removed becomes a gap that readers skip.
func finishHead(f *os.File, frame time.Duration, audio bool) error {
	b := make([]byte, maxHead)
	n, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	h := head(b[:n])
	segment, ok := h.find(element{end: n}, idSegment)
	if !ok {
		return nil
	}
	var silent []byte // the number of the track without audio
	for e := range h.children(segment) {
		switch e.id {
		case idTracks:
			silent = h.finishTracks(e, frame, audio)
		case idTags:
			for tag := range h.children(e) {
				targets, _ := h.find(tag, idTargets)
				uid, ok := h.find(targets, idTagTrackUID)
				if ok && silent != nil && string(h.data(uid)) == string(silent) {
					h.void(tag)
				}
			}
			h.sum(e)
		case idCluster:
			_, err := f.WriteAt(b[:e.start], 0)
			return err
		}
	}
	_, err = f.WriteAt(b[:n], 0)
	return err
}

// finishTracks changes the list of tracks and returns the number of the one that is removed.
func (h head) finishTracks(tracks element, frame time.Duration, audio bool) (silent []byte) {
	for track := range h.children(tracks) {
		if track.id != idTrackEntry {
			continue
		}
		kind, ok := h.find(track, idTrackType)
		if ok && len(h.data(kind)) == 1 && h.data(kind)[0] == audioTrack {
			if uid, ok := h.find(track, idTrackUID); ok && !audio {
				silent = append(silent, h.data(uid)...)
				h.void(track)
			}
			continue
		}
		d, ok := h.find(track, idDefaultDuration)
		if ok && len(h.data(d)) == 4 && frame > 0 && frame < 1<<32 {
			binary.BigEndian.PutUint32(h.data(d), uint32(frame))
		}
	}
	h.sum(tracks)
	return silent
}

// head is the beginning of a Matroska file.
type head []byte

// element is one element of it: where it begins, where its data does, and where both end.
type element struct {
	id               uint32
	start, data, end int
}

func (h head) data(e element) []byte { return h[e.data:e.end] }

// children calls yield with each element in another, as far as they are whole or the last one is
// cut off by the end of the head.
func (h head) children(of element) func(yield func(element) bool) {
	return func(yield func(element) bool) {
		for at := of.data; at < of.end; {
			e, ok := h.at(at, of.end)
			if !ok || !yield(e) {
				return
			}
			at = e.end
		}
	}
}

// find returns the first element of that kind in another.
func (h head) find(in element, id uint32) (element, bool) {
	for e := range h.children(in) {
		if e.id == id {
			return e, true
		}
	}
	return element{}, false
}

// at reads the element that begins there, and ends before end.
func (h head) at(start, end int) (e element, ok bool) {
	idLength, ok := vintLength(h, start, end)
	if !ok || idLength > 4 {
		return e, false
	}
	at := start + idLength
	sizeLength, ok := vintLength(h, at, end)
	if !ok {
		return e, false
	}
	for _, b := range h[start:at] {
		e.id = e.id<<8 | uint32(b)
	}
	size := uint64(h[at]) & (1<<(8-sizeLength) - 1)
	for _, b := range h[at+1 : at+sizeLength] {
		size = size<<8 | uint64(b)
	}
	e.start, e.data = start, at+sizeLength
	e.end = end
	if size < uint64(end-e.data) {
		e.end = e.data + int(size)
	}
	return e, true
}

// vintLength is how many bytes a number has whose first byte says so.
func vintLength(h head, at, end int) (int, bool) {
	if at >= end {
		return 0, false
	}
	for n := 1; n <= 8; n++ {
		if h[at]&(0x80>>(n-1)) != 0 {
			return n, at+n <= end
		}
	}
	return 0, false
}

// void makes a gap of an element: one whose size has eight bytes, which is 9 bytes at least.
func (h head) void(e element) {
	const before = 9
	if e.end-e.start < before {
		return
	}
	clear(h[e.start:e.end])
	h[e.start] = idVoid
	binary.BigEndian.PutUint64(h[e.start+1:], 1<<56|uint64(e.end-e.start-before))
}

// sum writes the checksum of an element anew, where it has one: at its beginning, of all behind it.
func (h head) sum(e element) {
	first, ok := h.at(e.data, e.end)
	if ok && first.id == idCRC32 && len(h.data(first)) == 4 {
		binary.LittleEndian.PutUint32(h.data(first), crc32.ChecksumIEEE(h[first.end:e.end]))
	}
}
