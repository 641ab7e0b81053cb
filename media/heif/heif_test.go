package heif

import (
	"bytes"
	"image"
	"reflect"
	"strings"
	"testing"

	"handlens/media/heif/heiftest"
)

func read(data []byte) (*Picture, error) { return Read(bytes.NewReader(data), int64(len(data))) }

var fourTiles = heiftest.Picture{
	Brands: []string{"mif1", "heic"}, Kind: "jpeg", Columns: 2,
	Parts: [][]byte{{1}, {2, 2}, {3}, {4, 4, 4}}, Size: image.Pt(90, 60),
	TileSize: image.Pt(64, 32),
	Properties: [][]byte{
		heiftest.Crop(image.Pt(80, 50), image.Pt(-5, 5)), heiftest.Turn(1), heiftest.Mirror(1),
	},
}

func TestGrid(t *testing.T) {
	file := fourTiles.File()
	p, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	if p.Size != fourTiles.Size || p.Columns != 2 || p.Coded != nil || len(p.Parts) != 4 {
		t.Errorf("the picture is %+v", p)
	}
	want := []Turn{
		{Kind: Crop, Width: 80, Height: 50, X: -5, Y: 5},
		{Kind: Rotate, Quarters: 1},
		{Kind: MirrorX},
	}
	if !reflect.DeepEqual(p.Turns, want) {
		t.Errorf("its turns are %+v, want %+v", p.Turns, want)
	}
	for i, part := range p.Parts {
		data, err := part.Coded.Data()
		if err != nil || !bytes.Equal(data, fourTiles.Parts[i]) || part.Coded.Kind != "jpeg" ||
			part.Size != fourTiles.TileSize {
			t.Errorf("tile %d is %+v with %v, %v", i, part, data, err)
		}
	}
	if got := strings.Join(Brands(bytes.NewReader(file), int64(len(file))),
		" "); got != "mif1 heic" {
		t.Errorf("its brands are %q", got)
	}
}

func TestKeep(t *testing.T) {
	for _, c := range []struct {
		turn Turn
		want image.Rectangle
	}{
		{Turn{Width: 80, Height: 50}, image.Rect(10, 25, 90, 75)},
		{Turn{Width: 80, Height: 50, X: -10, Y: 25}, image.Rect(0, 50, 80, 100)},
		{Turn{Width: 200, Height: 1e30}, image.Rect(0, 0, 100, 100)},
		{Turn{Width: -5, Height: 10}, image.Rectangle{}},
	} {
		if got := c.turn.Keep(image.Pt(100, 100)); got != c.want &&
			!(got.Empty() && c.want.Empty()) {
			t.Errorf("%+v keeps %v, want %v", c.turn, got, c.want)
		}
	}
}

// What is put together in a way that is not known is refused, never taken for its first part.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	overlay := bytes.Replace(fourTiles.File(), []byte("grid"), []byte("iovl"), 1)
	turned := fourTiles
	turned.Properties = [][]byte{heiftest.Box("xtrn", []byte{1})}
	missing := fourTiles
	missing.Parts = missing.Parts[:3]
	short := fourTiles.File()
	for what, c := range map[string]struct {
		file []byte
		word string
	}{
		"an overlay":            {overlay, `"iovl"`},
		"a property":            {turned.File(), `"xtrn"`},
		"a tile that is absent": {missing.File(), "has 3 parts"},
		"half of a description": {short[:len(short)/2], ""},
		"nothing":               {nil, "no picture"},
	} {
		if p, err := read(c.file); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %+v, %v; want an error with %s", what, p, err, c.word)
		}
	}
}

// A picture cannot be a part of itself, nor have more parts than anybody can decode.
func TestCirclesEnd(t *testing.T) {
	file := fourTiles.File()
	at := bytes.Index(file, []byte("dimg")) + 4
	copy(file[at+4:], []byte{0, 5, 0, 5, 0, 5, 0, 5}) // the grid consists of itself
	if p, err := read(file); err == nil || !strings.Contains(err.Error(), "too many parts") {
		t.Errorf("%+v, %v", p, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(fourTiles.File())
	one := fourTiles
	one.Columns, one.Parts = 0, one.Parts[:1]
	f.Add(one.File())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := read(data)
		Brands(bytes.NewReader(data), int64(len(data)))
		Sequence(bytes.NewReader(data), int64(len(data)))
		if err == nil && p.Coded != nil {
			_, _ = p.Coded.Data()
		}
	})
}
