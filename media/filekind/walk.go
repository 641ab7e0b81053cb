package filekind

import (
	"bufio"
	"encoding/binary"
	"io"
)

// walked is what the pieces of a picture say of it.
type walked struct {
	frames int  // how many pictures follow one another
	whole  bool // the end is there
}

// walk goes over the pieces of a GIF, PNG or WebP, without what is in them.
func walk(r io.ReaderAt, size int64, name string) walked {
	switch name {
	case GIF:
		return walkGIF(bufio.NewReader(io.NewSectionReader(r, 0, size)))
	case PNG:
		return walkPNG(r, size)
	case WebP:
		return walkWebP(r, size)
	}
	return walked{}
}

// Chunks goes over the pieces of a PNG or WebP until visit says stop, and says whether it came to
// the end of a whole file.
func Chunks(r io.ReaderAt, size int64, name string,
	visit func(kind string, from, length int64) (more bool),
) (whole bool) {
	if name == WebP {
		return riffChunks(r, size, visit)
	}
	return pngChunks(r, size, visit)
}

func pngChunks(r io.ReaderAt, size int64,
	visit func(kind string, from, length int64) (more bool),
) (whole bool) {
	var head [8]byte
	for at := int64(8); at+12 <= size; {
		if n, _ := r.ReadAt(head[:], at); n < len(head) {
			return false
		}
		kind, length := string(head[4:]), int64(binary.BigEndian.Uint32(head[:]))
		if length > size-at-12 {
			return false
		}
		if !visit(kind, at+8, length) {
			return false
		}
		if at += 12 + length; kind == "IEND" {
			return true
		}
	}
	return false
}

func riffChunks(r io.ReaderAt, size int64,
	visit func(kind string, from, length int64) (more bool),
) (whole bool) {
	var head [8]byte
	if n, _ := r.ReadAt(head[:], 0); n < len(head) {
		return false
	}
	end := 8 + int64(binary.LittleEndian.Uint32(head[4:]))
	whole = end <= size
	for at := int64(12); at+8 <= min(end, size); {
		if n, _ := r.ReadAt(head[:], at); n < len(head) {
			return false
		}
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		if length > size-at-8 {
			return false
		}
		if !visit(string(head[:4]), at+8, length) {
			return false
		}
		at += 8 + length + length&1
	}
	return whole
}

// walkPNG finds what the chunk acTL promises (APNG); it must stand before the picture.
func walkPNG(r io.ReaderAt, size int64) (w walked) {
	w.frames = 1
	before := true
	w.whole = pngChunks(r, size, func(kind string, from, length int64) bool {
		var count [4]byte
		switch {
		case kind == "IDAT":
			before = false
		case kind == "acTL" && before && length == 8:
			if n, _ := r.ReadAt(count[:], from); n == len(count) {
				w.frames = int(binary.BigEndian.Uint32(count[:]))
			}
		}
		return true
	})
	return w
}

func walkWebP(r io.ReaderAt, size int64) (w walked) {
	const animation = 2
	moves := false
	w.whole = riffChunks(r, size, func(kind string, from, _ int64) bool {
		var flags [1]byte
		switch kind {
		case "VP8X":
			_, _ = r.ReadAt(flags[:], from)
			moves = flags[0]&animation != 0
		case "ANMF", "VP8 ", "VP8L":
			w.frames++
		}
		return true
	})
	if moves && !w.whole {
		w.frames = max(w.frames, 2) // what is cut off
	}
	return w
}

// walkGIF goes over the blocks of a GIF (GIF89a, appendix A).
func walkGIF(r *bufio.Reader) (w walked) {
	var screen [13]byte
	if _, err := io.ReadFull(r, screen[:]); err != nil || !skipColors(r, screen[10]) {
		return w
	}
	for {
		kind, err := r.ReadByte()
		if err != nil {
			return w
		}
		switch kind {
		case ';':
			w.whole = true
			return w
		case '!':
			if _, err := r.ReadByte(); err != nil {
				return w
			}
		case ',':
			var image [9]byte
			if _, err := io.ReadFull(r, image[:]); err != nil || !skipColors(r, image[8]) {
				return w
			}
			if _, err := r.ReadByte(); err != nil { // the size of the first codes
				return w
			}
			w.frames++
		default:
			return w
		}
		if !skipBlocks(r) {
			return w
		}
	}
}

func skipColors(r *bufio.Reader, flags byte) bool {
	if flags&0x80 == 0 {
		return true
	}
	_, err := r.Discard(3 << (flags&7 + 1))
	return err == nil
}

func skipBlocks(r *bufio.Reader) bool {
	for {
		n, err := r.ReadByte()
		if err != nil {
			return false
		}
		if n == 0 {
			return true
		}
		if _, err := r.Discard(int(n)); err != nil {
			return false
		}
	}
}
