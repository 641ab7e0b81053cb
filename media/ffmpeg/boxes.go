package ffmpeg

import (
	"encoding/binary"
	"errors"
	"io"

	"handlens/media/inputfile"
)

// walkBoxes goes over the outermost boxes of an MP4 (ISO/IEC 14496-12, section 4.2) that are whole,
// tells of each where it ends, and returns the file's size. In a file of another kind it finds
// none, or nonsense that ends soon.
func walkBoxes(path string, visit func(kind string, end int64)) (size int64, err error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size = st.Size()
	var head [16]byte
	for at := int64(0); at+8 <= size; {
		clear(head[:])
		if _, err := f.ReadAt(head[:], at); err != nil && !errors.Is(err, io.EOF) {
			return size, err
		}
		n := int64(binary.BigEndian.Uint32(head[:]))
		if n == 1 {
			n = int64(binary.BigEndian.Uint64(head[8:]))
		}
		if n < 8 || n > size-at {
			break
		}
		at += n
		visit(string(head[4:8]), at)
	}
	return size, nil
}

// CompleteFragments returns where the last whole fragment (a moof box and its mdat, ISO/IEC
// 14496-12, section 8.8.4) of an MP4 ends, in bytes; 0 when there is none.
func CompleteFragments(path string) (end int64, err error) {
	open := false
	_, err = walkBoxes(path, func(kind string, at int64) {
		switch {
		case kind == "moof":
			open = true
		case kind == "mdat" && open:
			end, open = at, false
		}
	})
	return end, err
}

// completeBoxes returns how much of a file in fragments is whole: FFmpeg refuses one that ends in
// the middle of a fragment's head. Of other files it is all.
func completeBoxes(path string) (int64, error) {
	whole, fragments := int64(0), false
	size, err := walkBoxes(path, func(kind string, end int64) {
		switch kind {
		case "moof":
			fragments = true
		case "mdat", "moov":
			whole = end
		}
	})
	if err != nil || !fragments {
		return size, err
	}
	return whole, nil
}
