package peer

import (
	"bytes"
	"testing"

	"handlens/media"
)

var av1Sequence, av1Frame = []byte{0x08, 1, 2}, []byte{0x30, 0x10, 3, 4, 5} // without sizes

var av1Tests = []struct {
	name     string
	payloads [][]byte
	want     []byte
	key, bad bool
}{
	{
		name:     "counted",
		payloads: [][]byte{append([]byte{0x28, 3}, append(av1Sequence, av1Frame...)...)},
		want:     []byte{0x0a, 2, 1, 2, 0x32, 4, 0x10, 3, 4, 5}, key: true,
	},
	{
		name: "all with lengths",
		payloads: [][]byte{append(append([]byte{0x08, 3}, av1Sequence...),
			append([]byte{5}, av1Frame...)...)},
		want: []byte{0x0a, 2, 1, 2, 0x32, 4, 0x10, 3, 4, 5}, key: true,
	},
	{
		name: "fragments",
		payloads: [][]byte{
			append([]byte{0x68, 3}, append(av1Sequence, av1Frame[:2]...)...),
			{0xd0, 3},
			{0x90, 4, 5},
		}, want: []byte{0x0a, 2, 1, 2, 0x32, 4, 0x10, 3, 4, 5}, key: true,
	},
	{
		name: "has sizes already", payloads: [][]byte{{0x10, 0x32, 2, 0x30, 9}},
		want: []byte{0x32, 2, 0x30, 9},
	},
	{
		name: "delimiter is dropped", payloads: [][]byte{{0x20, 2, 0x12, 0, 0x30, 0x30}},
		want: []byte{0x32, 1, 0x30},
	},
	{
		name: "extension", payloads: [][]byte{{0x10, 0x34, 0x08, 0x30}},
		want: []byte{0x36, 0x08, 1, 0x30},
	},
	{
		name:     "repeat of a frame is no key",
		payloads: [][]byte{append([]byte{0x28, 3}, append(av1Sequence, 0x18, 0x80)...)},
		want:     []byte{0x0a, 2, 1, 2, 0x1a, 1, 0x80},
	},
	{name: "empty", payloads: [][]byte{{}}, bad: true},
	{name: "header only", payloads: [][]byte{{0x10}}, bad: true},
	{name: "continues nothing", payloads: [][]byte{{0x90, 1}}, bad: true},
	{name: "end is missing", payloads: [][]byte{{0x50, 0x30, 1}}, bad: true},
	{
		name: "middle is missing", payloads: [][]byte{{0x50, 0x30, 1}, {0x10, 0x30, 1}},
		bad: true,
	},
	{name: "count lies", payloads: [][]byte{{0x30, 2, 0x30, 1}}, bad: true},
	{name: "length lies", payloads: [][]byte{{0x00, 9, 0x30, 1}}, bad: true},
	{
		name: "length never ends", payloads: [][]byte{{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
		bad: true,
	},
	{name: "size lies", payloads: [][]byte{{0x10, 0x32, 9, 1}}, bad: true},
	{name: "forbidden bit", payloads: [][]byte{{0x10, 0xb0, 1}}, bad: true},
	{name: "empty unit", payloads: [][]byte{{0x00, 0}}, bad: true},
	{name: "extension cut off", payloads: [][]byte{{0x10, 0x34}}, bad: true},
	{name: "frame without a header", payloads: [][]byte{{0x10, 0x30}}, bad: true},
}

func TestAV1(t *testing.T) {
	for _, test := range av1Tests {
		t.Run(test.name, func(t *testing.T) {
			got, key, err := depacketize(new(av1), test.payloads...)
			if (err != nil) != test.bad || !bytes.Equal(got, test.want) || key != test.key {
				t.Errorf("%x, key %v, %v", got, key, err)
			}
		})
	}
}

func TestLEB128(t *testing.T) {
	for size := range 300000 {
		if size > 300 && size%997 != 0 {
			continue
		}
		dst := insertOBUSize(append([]byte{0x30}, make([]byte, size)...), 0, 1)
		got, used := readLEB128(dst[1:])
		if int(got) != size || len(dst) != 1+used+size {
			t.Fatalf("size %d comes back as %d in %d bytes", size, got, used)
		}
	}
}

// Whatever comes out for AV1 is a row of OBUs whose sizes fit.
func FuzzAV1(f *testing.F) {
	fuzzDepacketizer(f, media.AV1, func(t *testing.T, data []byte) {
		for len(data) > 0 {
			head := 1 + int(data[0]>>2&1)
			if data[0]&0x82 != 2 || head > len(data) {
				t.Fatalf("header %x", data[0])
			}
			size, used := readLEB128(data[head:])
			if used == 0 || uint64(len(data)-head-used) < size {
				t.Fatalf("size %d of %d", size, len(data))
			}
			data = data[head+used+int(size):]
		}
	})
}
