package heif

import (
	"fmt"
	"io"
)

// maxItems bounds what a file may list: the largest grids of phones have some 800 tiles.
const maxItems = 1 << 14

// item is one thing that the file describes.
type item struct {
	kind       string
	properties []property
	parts      []int // the items that it is made of (reference "dimg"), in order
	at         []extent
	inMeta     bool // its extents count within the box idat
}

type property struct {
	box
	essential bool
}

// extent is a piece of an item's data.
type extent struct{ offset, length int64 }

// meta is the description of all items.
type meta struct {
	primary int
	items   map[int]*item
	idat    []byte
	file    io.ReaderAt
	size    int64
}

// item finds or begins the description of an item.
func (m *meta) item(id int) (*item, error) {
	it := m.items[id]
	if it == nil {
		if len(m.items) >= maxItems {
			return nil, fmt.Errorf("it lists more than %d items", maxItems)
		}
		it = new(item)
		m.items[id] = it
	}
	return it, nil
}

// parse reads the content of a box "meta".
func (m *meta) parse(data []byte) error {
	if len(data) < 4 {
		return errShort
	}
	all, err := boxes(data[4:])
	if err != nil {
		return err
	}
	for _, b := range all {
		c := &cursor{data: b.data}
		switch b.kind {
		case "pitm":
			version, _ := c.full()
			m.primary = c.int(wide(version > 0))
		case "iinf":
			err = m.parseKinds(c)
		case "iref":
			err = m.parseReferences(c)
		case "iloc":
			err = m.parsePlaces(c)
		case "iprp":
			err = m.parseProperties(b.data)
		case "idat":
			m.idat = b.data
		}
		if err == nil {
			err = c.err(b.kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wide is the size of a number that a newer version of a box has in four bytes instead of two.
func wide(yes bool) int {
	if yes {
		return 4
	}
	return 2
}

func (m *meta) parseKinds(c *cursor) error {
	version, _ := c.full()
	c.next(wide(version > 0)) // how many follow
	entries, err := boxes(c.data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		c := &cursor{data: e.data}
		version, _ := c.full()
		if e.kind != "infe" || version < 2 {
			continue
		}
		id := c.int(wide(version > 2))
		c.next(2) // protection
		kind := string(c.next(4))
		it, err := m.item(id)
		if err == nil {
			it.kind, err = kind, c.err("infe")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *meta) parseReferences(c *cursor) error {
	version, _ := c.full()
	all, err := boxes(c.data)
	if err != nil {
		return err
	}
	for _, b := range all {
		if b.kind != "dimg" {
			continue
		}
		c := &cursor{data: b.data}
		it, err := m.item(c.int(wide(version > 0)))
		if err != nil {
			return err
		}
		for range c.int(2) {
			if it.parts = append(it.parts, c.int(wide(version > 0))); c.short {
				return c.err("iref")
			}
		}
	}
	return nil
}

// parsePlaces reads where each item's data lies (ISO/IEC 14496-12, section 8.11.3).
func (m *meta) parsePlaces(c *cursor) error {
	version, _ := c.full()
	sizes := c.int(2)
	offsetSize, lengthSize := sizes>>12, sizes>>8&15
	baseSize, indexSize := sizes>>4&15, 0
	if version > 0 {
		indexSize = sizes & 15
	}
	if max(offsetSize, lengthSize, baseSize, indexSize) > 8 {
		return fmt.Errorf("iloc: %w", errShort)
	}
	for range c.int(wide(version > 1)) {
		it, err := m.item(c.int(wide(version > 1)))
		if err != nil {
			return err
		}
		method := 0
		if version > 0 {
			method = c.int(2) & 15
		}
		elsewhere := c.int(2) != 0
		base := c.uint(baseSize)
		it.at, it.inMeta = nil, method == 1
		for range c.int(2) {
			c.next(indexSize)
			offset, length := base+c.uint(offsetSize), c.uint(lengthSize)
			it.at = append(it.at, extent{int64(offset), int64(length)})
			if c.short {
				return c.err("iloc")
			}
		}
		if elsewhere || method > 1 {
			it.at = nil // in another file, or made of other items' data
		}
	}
	return nil
}

// parseProperties reads the properties and which items have them, in the order in which they are
// applied.
func (m *meta) parseProperties(data []byte) error {
	all, err := boxes(data)
	if err != nil {
		return err
	}
	var known []box
	for _, b := range all {
		if b.kind == "ipco" {
			if known, err = boxes(b.data); err != nil {
				return err
			}
		}
	}
	for _, b := range all {
		if b.kind != "ipma" {
			continue
		}
		if err := m.parseAssociations(&cursor{data: b.data}, known); err != nil {
			return err
		}
	}
	return nil
}

func (m *meta) parseAssociations(c *cursor, known []box) error {
	version, flags := c.full()
	size := 1 + flags&1
	for range c.int(4) {
		it, err := m.item(c.int(wide(version > 0)))
		if err != nil {
			return err
		}
		for range c.int(1) {
			v := c.int(size)
			essential := v>>(8*size-1) != 0
			switch v &= 1<<(8*size-1) - 1; {
			case c.short:
			case v > len(known):
				return fmt.Errorf("ipma: %w", errShort)
			case v > 0:
				it.properties = append(it.properties, property{known[v-1], essential})
			}
		}
		if c.short {
			return c.err("ipma")
		}
	}
	return nil
}

// data reads what an item holds, of at most limit bytes.
func (m *meta) data(it *item, limit int64) ([]byte, error) {
	total := int64(0)
	from, size := m.file, m.size
	if it.inMeta {
		from, size = bytesAt(m.idat), int64(len(m.idat))
	}
	var all []byte
	for _, e := range it.at {
		if e.offset < 0 || e.offset > size {
			return nil, errShort
		}
		if e.length == 0 { // the rest
			e.length = size - e.offset
		}
		if e.length < 0 || e.length > size-e.offset {
			return nil, errShort
		}
		if total += e.length; total > limit {
			return nil, fmt.Errorf("a part of it has more than %d bytes", limit)
		}
		piece := make([]byte, e.length)
		if _, err := from.ReadAt(piece, e.offset); err != nil {
			return nil, fmt.Errorf("%w (%w)", errShort, err)
		}
		all = append(all, piece...)
	}
	if len(all) == 0 {
		return nil, errShort
	}
	return all, nil
}

// bytesAt reads bytes in memory.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at > int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
