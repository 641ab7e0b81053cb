package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestICO finds each size where the table of the file says.
func TestICO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "handlens.ico")
	if err := (icon{}).writeICO(name); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	entries := make([]icoEntry, len(icoSides))
	if err := binary.Read(bytes.NewReader(b[6:]), binary.LittleEndian, entries); err != nil {
		t.Fatal(err)
	}
	end := uint32(6 + 16*len(entries))
	for i, e := range entries {
		if e.Offset != end {
			t.Fatalf("picture %d begins at %d, want %d", i, e.Offset, end)
		}
		end += e.Bytes
		c, err := png.DecodeConfig(bytes.NewReader(b[e.Offset:end]))
		if err != nil {
			t.Fatal(err)
		}
		if c.Width != icoSides[i] || int(e.Width) != c.Width%256 {
			t.Errorf("picture %d is %d wide and said to be %d", i, c.Width, e.Width)
		}
	}
	if int(end) != len(b) {
		t.Errorf("the file has %d bytes, of which %d are used", len(b), end)
	}
}
