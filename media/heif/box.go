package heif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var errShort = errors.New("it is cut off or damaged")

// maxMeta bounds the description of a picture, which may hold small items as well.
const maxMeta = 16 << 20

// box is the content of one box that is in memory.
type box struct {
	kind string
	data []byte
}

// boxes cuts data into boxes (ISO/IEC 14496-12, section 4.2).
func boxes(data []byte) ([]box, error) {
	var all []box
	for len(data) > 0 {
		if len(data) < 8 {
			return nil, errShort
		}
		n, head := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		switch n {
		case 0:
			n = uint64(len(data))
		case 1:
			if head = 16; len(data) < 16 {
				return nil, errShort
			}
			n = binary.BigEndian.Uint64(data[8:])
		}
		if n < head || n > uint64(len(data)) {
			return nil, errShort
		}
		all = append(all, box{kind: string(data[4:8]), data: data[head:n]})
		data = data[n:]
	}
	return all, nil
}

// outer tells of each outermost box of a file where its content lies, until visit says stop. One
// that claims more than the file holds is given as far as it goes.
func outer(r io.ReaderAt, size int64, visit func(kind string, from, to int64) (more bool)) error {
	var head [16]byte
	for at := int64(0); at+8 <= size; {
		n, err := r.ReadAt(head[:], at)
		if n < 8 {
			return err
		}
		length, start := int64(binary.BigEndian.Uint32(head[:])), at+8
		switch {
		case length == 0:
			length = size - at
		case length == 1 && n == 16:
			length, start = int64(binary.BigEndian.Uint64(head[8:])), at+16
		}
		if length < start-at {
			return errShort
		}
		to := size
		if length < size-at {
			to = at + length
		}
		if start > to || !visit(string(head[4:8]), start, to) {
			return nil
		}
		at = to
	}
	return nil
}

// cursor reads numbers from front to back. After the end it gives zeros and remembers that.
type cursor struct {
	data  []byte
	short bool
}

// next returns the next n bytes.
func (c *cursor) next(n int) []byte {
	if n < 0 || n > len(c.data) {
		c.short, c.data = true, nil
		return make([]byte, max(0, min(n, 8)))
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

// uint reads a big-endian number of 0 to 8 bytes.
func (c *cursor) uint(bytes int) uint64 {
	v := uint64(0)
	for _, b := range c.next(bytes) {
		v = v<<8 | uint64(b)
	}
	return v
}

func (c *cursor) int(bytes int) int { return int(c.uint(bytes)) }

// full reads the head of a "full box".
func (c *cursor) full() (version, flags int) { return c.int(1), c.int(3) }

func (c *cursor) err(what string) error {
	if c.short {
		return fmt.Errorf("%s: %w", what, errShort)
	}
	return nil
}
