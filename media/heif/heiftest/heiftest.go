// Package heiftest writes pictures of the HEIF family for tests. Their coded parts are whatever the
// test has, usually JPEGs, which the standard allows (ISO/IEC 23008-12, annex H).
package heiftest

import (
	"encoding/binary"
	"image"
	"slices"
)

// Picture is what is written.
type Picture struct {
	// Brands are the main one and others.
	Brands []string
	// Kind is the type of the coded parts ("jpeg"), Config their configuration with its type
	// ("hvcC"); nil for none.
	Kind   string
	Config []byte
	Parts  [][]byte
	// Columns above 0 makes a grid of Size, whose tiles are of TileSize.
	Columns        int
	Size, TileSize image.Point
	// Properties are those of the picture as a whole, in order; see Turn, Mirror and Crop.
	Properties [][]byte
}

// Box makes a box of its type and its content.
func Box(kind string, content ...[]byte) []byte {
	b := append(make([]byte, 4), kind...)
	for _, c := range content {
		b = append(b, c...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// Turn turns anticlockwise by quarters.
func Turn(quarters byte) []byte { return Box("irot", []byte{quarters}) }

// Mirror exchanges top and bottom (axis 0), or left and right (axis 1).
func Mirror(axis byte) []byte { return Box("imir", []byte{axis}) }

// Crop keeps a rectangle of that size whose middle is that far from the picture's.
func Crop(size, from image.Point) []byte {
	var b []byte
	for _, v := range []int{size.X, size.Y, from.X, from.Y} {
		b = numbers(b, 4, v, 1)
	}
	return Box("clap", b)
}

func numbers(b []byte, size int, values ...int) []byte {
	for _, v := range values {
		for i := size - 1; i >= 0; i-- {
			b = append(b, byte(v>>(8*i)))
		}
	}
	return b
}

func full(kind string, content ...[]byte) []byte {
	return Box(kind, append([][]byte{{0, 0, 0, 0}}, content...)...)
}

// File lays the picture out: its parts are the items from 1 on, a grid is the one behind them.
func (p Picture) File() []byte {
	grid := p.Columns > 0
	primary := 1
	var infos, refs, known, links []byte
	item := func(id int, kind string) {
		info := full("infe", numbers(nil, 2, id, 0), []byte(kind), []byte{0})
		info[8] = 2 // version
		infos = append(infos, info...)
	}
	count := 0
	property := func(b []byte) byte {
		known = append(known, b...)
		count++
		return byte(count) | 0x80
	}
	var tile []byte
	tile = append(tile, property(full("ispe", numbers(nil, 4, p.TileSize.X, p.TileSize.Y))))
	if p.Config != nil {
		tile = append(tile, property(p.Config))
	}
	var whole []byte
	if grid {
		whole = append(whole, property(full("ispe", numbers(nil, 4, p.Size.X, p.Size.Y))))
	} else {
		whole = tile
	}
	for _, b := range p.Properties {
		whole = append(whole, property(b))
	}
	for i := range p.Parts {
		item(i+1, p.Kind)
		if grid {
			links = append(append(numbers(links, 2, i+1), byte(len(tile))), tile...)
			refs = numbers(refs, 2, i+1)
		}
	}
	items := len(p.Parts)
	if grid {
		items++
		primary = items
		item(primary, "grid")
		refs = full("iref", Box("dimg", numbers(nil, 2, primary, len(p.Parts)), refs))
	}
	links = append(append(numbers(links, 2, primary), byte(len(whole))), whole...)
	return p.layOut(primary, items, infos, refs,
		full("ipma", numbers(nil, 4, withProperties(grid, items)),
			links), known)
}

// withProperties is how many items have properties.
func withProperties(grid bool, items int) int {
	if grid {
		return items
	}
	return 1
}

// layOut puts the boxes and the data behind one another. Where the data lies depends on how long
// the description is, which does not depend on that.
func (p Picture) layOut(primary, items int, infos, refs, associations, known []byte) []byte {
	var brands []byte
	for i, b := range p.Brands {
		if brands = append(brands, b...); i == 0 {
			brands = append(brands, 0, 0, 0, 0)
		}
	}
	data := p.Parts
	if p.Columns > 0 {
		rows := len(p.Parts) / p.Columns
		layout := []byte{0, 0, byte(rows - 1), byte(p.Columns - 1)}
		data = append(slices.Clip(data), numbers(layout, 2, p.Size.X, p.Size.Y))
	}
	head := Box("ftyp", brands)
	meta := func(from int) []byte {
		places := []byte{0x44, 0}
		places = numbers(places, 2, items)
		for i, d := range data {
			places = numbers(places, 2, i+1, 0, 1)
			places = numbers(places, 4, from, len(d))
			from += len(d)
		}
		return full("meta",
			full("hdlr", make([]byte, 4), []byte("pict"), make([]byte, 13)),
			full("pitm", numbers(nil, 2, primary)),
			full("iloc", places),
			full("iinf", numbers(nil, 2, items), infos),
			refs,
			Box("iprp", Box("ipco", known), associations))
	}
	from := len(head) + len(meta(0)) + 8
	return append(append(head, meta(from)...), Box("mdat", data...)...)
}
