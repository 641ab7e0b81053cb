package main

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestICNS finds each size where the lengths in the file say.
func TestICNS(t *testing.T) {
	name := filepath.Join(t.TempDir(), "handlens.icns")
	if err := (icon{}).writeICNS(name); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(b[:4]) != "icns" || int(binary.BigEndian.Uint32(b[4:])) != len(b) {
		t.Fatalf("the head is %q", b[:8])
	}
	b = b[8:]
	for _, kind := range icnsKinds {
		if len(b) < 8 || string(b[:4]) != kind.name {
			t.Fatalf("there is no picture %s where it should be", kind.name)
		}
		length := int(binary.BigEndian.Uint32(b[4:]))
		c, err := png.DecodeConfig(bytes.NewReader(b[8:length]))
		if err != nil {
			t.Fatal(err)
		}
		if c.Width != kind.side || c.Height != kind.side {
			t.Errorf("%s is %d × %d, want %d", kind.name, c.Width, c.Height, kind.side)
		}
		b = b[length:]
	}
	if len(b) != 0 {
		t.Errorf("%d bytes are left over", len(b))
	}
}
