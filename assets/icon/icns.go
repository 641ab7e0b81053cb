package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"os"
)

// icnsKinds are the sizes in which macOS shows icons, with the names that it has for them as PNG: a
// size for screens of double density has one of its own.
var icnsKinds = []struct {
	name string
	side int
}{
	{"icp4", 16},
	{"icp5", 32},
	{"ic11", 32},
	{"ic12", 64},
	{"ic07", 128},
	{"ic13", 256},
	{"ic08", 256},
	{"ic14", 512},
	{"ic09", 512},
	{"ic10", 1024},
}

// writeICNS writes an icon for macOS: a head and pictures, each with its name and its length, which
// counts these eight bytes as well.
func (ic icon) writeICNS(name string) error {
	const headBytes = 8
	var pictures bytes.Buffer
	for _, kind := range icnsKinds {
		var picture bytes.Buffer
		ic.side = kind.side
		if err := png.Encode(&picture, ic.draw()); err != nil {
			return err
		}
		pictures.WriteString(kind.name)
		pictures.Write(binary.BigEndian.AppendUint32(nil, uint32(headBytes+picture.Len())))
		pictures.Write(picture.Bytes())
	}
	file := binary.BigEndian.AppendUint32([]byte("icns"), uint32(headBytes+pictures.Len()))
	return os.WriteFile(name, append(file, pictures.Bytes()...), 0o644)
}
