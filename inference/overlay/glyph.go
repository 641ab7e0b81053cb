package overlay

import (
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// glyph is one letter at one size. It is never changed.
type glyph struct {
	// at is where its pixels lie, relative to the dot on the baseline; cover holds them, row by row
	// without gaps.
	at      image.Rectangle
	cover   []uint8
	advance int
}

// maxGlyphs bounds how many letters are kept: more than any script with its digits needs, some
// megabytes at most.
const maxGlyphs = 2048

// letters is one letter at one size.
type letter struct {
	size int
	r    rune
}

// fonts keeps one face for each size that was used, and the letters drawn so far. A face is for one
// goroutine at a time.
var fonts struct {
	sync.Mutex
	parsed *opentype.Font
	faces  map[int]font.Face
	glyphs map[letter]*glyph
}

// face returns Go Bold at that size, in pixels, or nil when the font cannot be used. The lock is
// held.
func face(size int) font.Face {
	if f, ok := fonts.faces[size]; ok {
		return f
	}
	if fonts.faces == nil {
		fonts.faces = map[int]font.Face{}
		// It is built in. If it were broken, boxes would be drawn without names.
		fonts.parsed, _ = opentype.Parse(gobold.TTF)
	}
	if fonts.parsed == nil {
		return nil
	}
	// At 72 dots per inch a point is a pixel.
	f, err := opentype.NewFace(fonts.parsed,
		&opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil
	}
	fonts.faces[size] = f
	return f
}

// lookUp returns a letter's glyph, nil when it has none. The lock is held.
func lookUp(f font.Face, size int, r rune) *glyph {
	key := letter{size, r}
	if g, ok := fonts.glyphs[key]; ok {
		return g
	}
	if fonts.glyphs == nil || len(fonts.glyphs) >= maxGlyphs {
		fonts.glyphs = make(map[letter]*glyph)
	}
	g := drawGlyph(f, r)
	fonts.glyphs[key] = g
	return g
}

func drawGlyph(f font.Face, r rune) *glyph {
	at, mask, from, advance, ok := f.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return nil
	}
	g := &glyph{at: at, advance: advance.Round(), cover: make([]uint8, 0, at.Dx()*at.Dy())}
	for y := range at.Dy() {
		for x := range at.Dx() {
			_, _, _, a := mask.At(from.X+x, from.Y+y).RGBA()
			g.cover = append(g.cover, uint8(a>>8))
		}
	}
	return g
}
