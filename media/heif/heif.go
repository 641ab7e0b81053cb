package heif

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"
)

// Picture is one picture of a file, or a part of one: coded, or put together of others.
type Picture struct {
	// Size is what the file says of it before its turns; zero when it says nothing.
	Size image.Point
	// Coded is nil for what is put together.
	Coded *Coded
	// Parts lie in rows from the top left, Columns in each, each as large as the first. What is
	// outside Size is cut off. An empty Size with one part is that part as it is.
	Parts   []*Picture
	Columns int
	// Turns are applied in order.
	Turns []Turn
}

// Coded is a picture that a decoder can take.
type Coded struct {
	// Kind is the type of its item: hvc1, av01, avc1 or jpeg.
	Kind string
	// Config is what the decoder needs beforehand, as it is kept in MP4 files; nil for none.
	Config []byte
	// Color overrides what the coded picture says of its colours; nil for nothing said.
	Color *Color

	item *item
	meta *meta
}

// Color is what matters of a colour description (ITU-T H.273).
type Color struct {
	Matrix    int
	FullRange bool
}

// Data reads the coded picture.
func (c *Coded) Data() ([]byte, error) {
	data, err := c.meta.data(c.item, maxCoded)
	if c.Kind == "jpeg" { // its configuration is the beginning of each picture
		data = slices.Concat(c.Config, data)
	}
	return data, err
}

// Kind says what a [Turn] does.
type Kind uint8

const (
	// Rotate turns anticlockwise by Quarters.
	Rotate Kind = iota
	// MirrorX exchanges left and right, MirrorY top and bottom.
	MirrorX
	MirrorY
	// Crop keeps what lies in a rectangle.
	Crop
)

// Turn is one step from the picture that is stored to the one to be shown.
type Turn struct {
	Kind     Kind
	Quarters int
	// Width and Height are those of the rectangle that Crop keeps, X and Y how far its middle is
	// from the middle of the picture.
	Width, Height, X, Y float64
}

const (
	maxCoded = 256 << 20 // bytes
	maxDepth = 4         // a grid in a derivation in a derivation
	maxParts = 4096      // in all
)

// ErrUnread says that a picture is put together in a way, or coded in a format, that is not known.
var ErrUnread = errors.New("is not read here")

// Brands returns what a file says that it is (its box "ftyp"), the main one first; nothing for a
// file of another kind.
func Brands(r io.ReaderAt, size int64) []string {
	var brands []string
	_ = outer(r, size, func(kind string, from, to int64) bool {
		if kind != "ftyp" || to-from < 8 || to-from > 4096 {
			return false
		}
		data := make([]byte, to-from)
		if _, err := r.ReadAt(data, from); err != nil {
			return false
		}
		for i := 0; i+4 <= len(data); i += 4 {
			if i != 4 { // the minor version
				brands = append(brands, string(data[i:i+4]))
			}
		}
		return false
	})
	return brands
}

// Sequence says whether a file holds a film as well ("moov"), as animated AVIF and HEIF do.
func Sequence(r io.ReaderAt, size int64) bool {
	found := false
	_ = outer(r, size, func(kind string, _, _ int64) bool {
		found = found || kind == "moov"
		return !found
	})
	return found
}

// Read describes the main picture of a file.
func Read(r io.ReaderAt, size int64) (*Picture, error) {
	m := &meta{items: map[int]*item{}, file: r, size: size}
	found := errors.New("it holds no picture")
	err := outer(r, size, func(kind string, from, to int64) bool {
		if kind != "meta" {
			return true
		}
		if to-from > maxMeta {
			found = fmt.Errorf("its description has more than %d bytes", maxMeta)
			return false
		}
		data := make([]byte, to-from)
		if _, found = r.ReadAt(data, from); found == nil {
			found = m.parse(data)
		}
		return false
	})
	if err = errors.Join(err, found); err != nil {
		return nil, err
	}
	left := maxParts
	return m.picture(m.primary, maxDepth, &left)
}

// picture describes an item that is a picture, and what it is made of.
func (m *meta) picture(id, depth int, left *int) (*Picture, error) {
	it := m.items[id]
	if it == nil {
		return nil, errors.New("it refers to a picture that it does not have")
	}
	if *left--; depth == 0 || *left < 0 {
		return nil, errors.New("it is made of too many parts")
	}
	p := new(Picture)
	if err := p.describe(it); err != nil {
		return nil, err
	}
	switch it.kind {
	case "hvc1", "av01", "avc1", "jpeg":
		p.Coded.Kind, p.Coded.item, p.Coded.meta = it.kind, it, m
		return p, nil
	case "grid":
		if err := m.grid(it, p); err != nil {
			return nil, err
		}
	case "iden":
		if p.Columns, p.Size = 1, (image.Point{}); len(it.parts) != 1 {
			return nil, errShort
		}
	default:
		return nil, fmt.Errorf("its picture is of the kind %q, which %w", it.kind, ErrUnread)
	}
	color := p.Coded.Color
	p.Coded = nil
	for _, part := range it.parts {
		q, err := m.picture(part, depth-1, left)
		if err != nil {
			return nil, err
		}
		if q.Coded != nil && q.Coded.Color == nil {
			q.Coded.Color = color
		}
		p.Parts = append(p.Parts, q)
	}
	return p, nil
}

// grid reads how the parts of an item lie (ISO/IEC 23008-12, section 6.6.2.3).
func (m *meta) grid(it *item, p *Picture) error {
	data, err := m.data(it, 64)
	if err != nil {
		return err
	}
	c := &cursor{data: data}
	_, flags := c.int(1), c.int(1)
	rows, columns := c.int(1)+1, c.int(1)+1
	size := wide(flags&1 != 0)
	p.Size = image.Pt(c.int(size), c.int(size))
	p.Columns = columns
	if len(it.parts) != rows*columns || p.Size.X < 1 || p.Size.Y < 1 {
		return fmt.Errorf("its grid of %d × %d has %d parts", columns, rows, len(it.parts))
	}
	return c.err("grid")
}

// harmless are the properties that change nothing that is looked at here.
var harmless = []string{
	"pixi", "pasp", "auxC", "clli", "mdcv", "cclv", "amve", "rloc", "a1op", "a1lx", "lsel",
}

// describe applies the properties of an item.
func (p *Picture) describe(it *item) error {
	p.Coded = new(Coded)
	for _, x := range it.properties {
		c := &cursor{data: x.data}
		switch x.kind {
		case "hvcC", "av1C", "avcC", "jpgC":
			p.Coded.Config = x.data
		case "ispe":
			c.full()
			p.Size = image.Pt(c.int(4), c.int(4))
		case "colr":
			if string(c.next(4)) == "nclx" {
				c.next(4) // primaries and transfer
				p.Coded.Color = &Color{Matrix: c.int(2), FullRange: c.int(1)>>7 != 0}
			}
		case "irot":
			p.Turns = append(p.Turns, Turn{Kind: Rotate, Quarters: c.int(1) & 3})
		case "imir":
			kind := MirrorY
			if c.int(1)&1 != 0 {
				kind = MirrorX
			}
			p.Turns = append(p.Turns, Turn{Kind: kind})
		case "clap":
			t, err := crop(x.data)
			if err != nil {
				return err
			}
			p.Turns = append(p.Turns, t)
		default:
			if x.essential && !slices.Contains(harmless, x.kind) {
				return fmt.Errorf("its picture has the property %q, which %w", x.kind, ErrUnread)
			}
		}
		if err := c.err(x.kind); err != nil {
			return err
		}
	}
	return nil
}

// crop reads a clean aperture (ISO/IEC 14496-12, section 12.1.4): four fractions.
func crop(data []byte) (Turn, error) {
	var v [4]float64
	if len(data) < 32 {
		return Turn{}, fmt.Errorf("clap: %w", errShort)
	}
	for i := range v {
		n := int32(binary.BigEndian.Uint32(data[8*i:]))
		d := int32(binary.BigEndian.Uint32(data[8*i+4:]))
		if v[i] = float64(n) / float64(d); d == 0 || math.IsInf(v[i], 0) {
			return Turn{}, fmt.Errorf("clap: %w", errShort)
		}
	}
	return Turn{Kind: Crop, Width: v[0], Height: v[1], X: v[2], Y: v[3]}, nil
}

// Keep returns the rectangle that a Crop keeps of a picture of that size.
func (t Turn) Keep(size image.Point) image.Rectangle {
	left := t.X + (float64(size.X)-t.Width)/2
	top := t.Y + (float64(size.Y)-t.Height)/2
	at := image.Pt(whole(left), whole(top))
	to := image.Pt(whole(left+t.Width), whole(top+t.Height))
	return image.Rectangle{Min: at, Max: to}.Intersect(image.Rectangle{Max: size})
}

// whole rounds to a whole number that is sane as a place in a picture.
func whole(v float64) int { return int(math.Round(max(-1e9, min(v, 1e9)))) }
