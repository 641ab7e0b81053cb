package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"os"
)

// icoSides are the sizes in which Windows shows icons, in pixels; it shrinks the nearest.
var icoSides = []int{16, 20, 24, 32, 40, 48, 64, 128, 256}

// icoEntry is a line of an .ico file's table of contents.
type icoEntry struct {
	Width, Height, Colours, _ uint8 // 0 is 256
	Planes, Bits              uint16
	Bytes, Offset             uint32
}

// writeICO writes an .ico file, with each size as a PNG, which Windows reads since Vista.
func (ic icon) writeICO(name string) error {
	const headBytes, entryBytes = 6, 16
	var table, pictures bytes.Buffer
	head := []uint16{0, 1, uint16(len(icoSides))} // 1: an icon, not a cursor
	if err := binary.Write(&table, binary.LittleEndian, head); err != nil {
		return err
	}
	for _, ic.side = range icoSides {
		before := pictures.Len()
		if err := png.Encode(&pictures, ic.draw()); err != nil {
			return err
		}
		e := icoEntry{
			Width: uint8(ic.side), Height: uint8(ic.side), Planes: 1, Bits: 32,
			Bytes:  uint32(pictures.Len() - before),
			Offset: uint32(headBytes + entryBytes*len(icoSides) + before),
		}
		if err := binary.Write(&table, binary.LittleEndian, e); err != nil {
			return err
		}
	}
	return os.WriteFile(name, append(table.Bytes(), pictures.Bytes()...), 0o644)
}
