package peer

import (
	"bytes"
	"testing"

	"handlens/media"
)

func annexB(nals ...[]byte) []byte {
	var b []byte
	for _, n := range nals {
		b = append(append(b, startCode...), n...)
	}
	return b
}

var spsNAL, ppsNAL = []byte{0x67, 0x42, 0xe0, 0x1f, 0x9a, 1}, []byte{0x68, 0xce, 6}

var otherSPS = []byte{0x67, 0x42, 0xe0, 0x1f, 0x9a, 2}

var idrNAL, sliceNAL = []byte{0x65, 0x88, 1, 2, 3}, []byte{0x41, 0x9a, 4, 5}

func stap(nals ...[]byte) []byte {
	p := []byte{0x78}
	for _, n := range nals {
		p = append(append(p, 0, byte(len(n))), n...)
	}
	return p
}

var h264Tests = []struct {
	name string
	// before are frames whose results do not matter.
	before   [][][]byte
	payloads [][]byte
	want     []byte
	key      bool
	bad      bool
}{
	{
		name: "single units", payloads: [][]byte{spsNAL, ppsNAL, idrNAL},
		want: annexB(spsNAL, ppsNAL, idrNAL),
		key:  true,
	},
	{
		name: "aggregate", payloads: [][]byte{stap(spsNAL, ppsNAL, idrNAL)},
		want: annexB(spsNAL, ppsNAL, idrNAL),
		key:  true,
	},
	{name: "slice", payloads: [][]byte{sliceNAL}, want: annexB(sliceNAL)},
	{
		name:     "fragments",
		payloads: [][]byte{{0x7c, 0x85, 0x88, 1}, {0x7c, 0x05, 2}, {0x7c, 0x45, 3}},
		before:   [][][]byte{{spsNAL, ppsNAL}}, want: annexB(spsNAL, ppsNAL, idrNAL), key: true,
	},
	{
		name: "sets came apart", before: [][][]byte{{stap(spsNAL, ppsNAL)}},
		payloads: [][]byte{idrNAL},
		want:     annexB(spsNAL, ppsNAL, idrNAL), key: true,
	},
	{
		name:     "sets came with the last key frame",
		before:   [][][]byte{{spsNAL, ppsNAL, idrNAL}, {sliceNAL}},
		payloads: [][]byte{idrNAL}, want: annexB(spsNAL, ppsNAL, idrNAL), key: true,
	},
	{
		name: "newer set of the same id", before: [][][]byte{{spsNAL, ppsNAL}, {otherSPS}},
		payloads: [][]byte{idrNAL}, want: annexB(otherSPS, ppsNAL, idrNAL), key: true,
	},
	{name: "sets alone", payloads: [][]byte{stap(spsNAL, ppsNAL)}, want: nil},
	{name: "no sets", payloads: [][]byte{idrNAL}, bad: true},
	{name: "empty", payloads: [][]byte{{}}, bad: true},
	{name: "forbidden bit", payloads: [][]byte{{0xe5, 1}}, bad: true},
	{name: "type 0", payloads: [][]byte{{0x60, 1}}, bad: true},
	{name: "interleaved", payloads: [][]byte{{0x79, 0, 0, 0, 1, 0x65}}, bad: true},
	{name: "fragment without its start", payloads: [][]byte{{0x7c, 0x05, 1}}, bad: true},
	{name: "fragment without its end", payloads: [][]byte{{0x7c, 0x85, 1}}, bad: true},
	{name: "two starts", payloads: [][]byte{{0x7c, 0x81, 1}, {0x7c, 0x81, 1}}, bad: true},
	{name: "unit within a fragment", payloads: [][]byte{{0x7c, 0x81, 1}, sliceNAL}, bad: true},
	{name: "aggregate that lies", payloads: [][]byte{{0x78, 0, 9, 0x41}}, bad: true},
	{name: "aggregate cut short", payloads: [][]byte{{0x78, 0}}, bad: true},
	{name: "aggregate of nothing", payloads: [][]byte{{0x78, 0, 0}}, bad: true},
}

func TestH264(t *testing.T) {
	for _, test := range h264Tests {
		t.Run(test.name, func(t *testing.T) {
			d := new(h264)
			for _, b := range test.before {
				if _, _, err := depacketize(d, b...); err != nil {
					t.Fatal(err)
				}
			}
			got, key, err := depacketize(d, test.payloads...)
			if (err != nil) != test.bad || !bytes.Equal(got, test.want) || key != test.key {
				t.Errorf("%x, key %v, %v", got, key, err)
			}
		})
	}
}

func TestH264RemembersFewSets(t *testing.T) {
	d := new(h264)
	for id := range 4 * maxSets {
		// pic_parameter_set_id as Exp-Golomb, left-aligned in two bytes.
		v := uint32(id + 1)
		n := 0
		for v>>n > 1 {
			n++
		}
		code := v << (15 - 2*n)
		if _, _, err := depacketize(d,
			[]byte{0x68, byte(code >> 8), byte(code), 0xff}); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.pps.sets) > maxSets {
		t.Errorf("%d sets are remembered", len(d.pps.sets))
	}
	if _, _, err := depacketize(d,
		append([]byte{0x67, 0x42, 0xe0, 0x1f, 0x9a}, make([]byte, maxSetSize)...)); err != nil ||
		len(d.sps.sets) != 0 {
		t.Error("a huge set is remembered")
	}
}

func FuzzH264(f *testing.F) {
	fuzzDepacketizer(f, media.H264, func(t *testing.T, data []byte) {
		if len(data) > 0 && !bytes.HasPrefix(data, startCode) {
			t.Fatalf("%x", data)
		}
	})
}
