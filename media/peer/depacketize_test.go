package peer

import (
	"bytes"
	"testing"

	"handlens/media"
)

// depacketize joins the payloads of one picture.
func depacketize(d depacketizer, payloads ...[]byte) (data []byte, key bool, err error) {
	d.begin()
	for _, p := range payloads {
		if data, err = d.push(data, p); err != nil {
			return nil, false, err
		}
	}
	if data, key, err = d.end(data); err != nil {
		return nil, false, err
	}
	return data, key, nil
}

func TestRealPicturesSurviveThePackets(t *testing.T) {
	for _, codec := range allCodecs {
		t.Run(codec.String(), func(t *testing.T) {
			c := readClip(t, codec)
			for _, mtu := range []int{60, 300, 1200, 60000} {
				d := newDepacketizer(codec)
				for i, want := range c.pictures {
					payloads := c.packets(i, mtu)
					got, key, err := depacketize(d, payloads...)
					if err != nil || !bytes.Equal(got, want) || key != clipKey(i) {
						t.Errorf("mtu %d, picture %d: %d of %d bytes, key %v, %v", mtu, i, len(got),
							len(want), key, err)
					}
					if first, key := d.inspect(payloads[0]); clipKey(i) && !(first && key) {
						t.Errorf("mtu %d: the beginning of key frame %d is not seen", mtu, i)
					} else if !clipKey(i) && key {
						t.Errorf("mtu %d: picture %d is taken for a key frame", mtu, i)
					}
					if len(payloads) > 2 {
						if _, key, err := depacketize(newDepacketizer(codec),
							payloads[1:]...); err == nil && key && codec != media.H264 {
							t.Errorf("mtu %d: picture %d passes without its first packet", mtu, i)
						}
					}
				}
			}
		})
	}
}

func annexB(nals ...[]byte) []byte {
	var b []byte
	for _, n := range nals {
		b = append(append(b, startCode...), n...)
	}
	return b
}

func TestH264(t *testing.T) {
	sps, pps := []byte{0x67, 0x42, 0xe0, 0x1f, 0x9a, 1}, []byte{0x68, 0xce, 6}
	sps2 := []byte{0x67, 0x42, 0xe0, 0x1f, 0x9a, 2}
	idr, slice := []byte{0x65, 0x88, 1, 2, 3}, []byte{0x41, 0x9a, 4, 5}
	stap := func(nals ...[]byte) []byte {
		p := []byte{0x78}
		for _, n := range nals {
			p = append(append(p, 0, byte(len(n))), n...)
		}
		return p
	}
	for _, test := range []struct {
		name string
		// before are pictures whose results do not matter.
		before   [][][]byte
		payloads [][]byte
		want     []byte
		key      bool
		bad      bool
	}{
		{
			name: "single units", payloads: [][]byte{sps, pps, idr}, want: annexB(sps, pps, idr),
			key: true,
		},
		{
			name: "aggregate", payloads: [][]byte{stap(sps, pps, idr)}, want: annexB(sps, pps, idr),
			key: true,
		},
		{name: "slice", payloads: [][]byte{slice}, want: annexB(slice)},
		{
			name:     "fragments",
			payloads: [][]byte{{0x7c, 0x85, 0x88, 1}, {0x7c, 0x05, 2}, {0x7c, 0x45, 3}},
			before:   [][][]byte{{sps, pps}}, want: annexB(sps, pps, idr), key: true,
		},
		{
			name: "sets came apart", before: [][][]byte{{stap(sps, pps)}}, payloads: [][]byte{idr},
			want: annexB(sps, pps, idr), key: true,
		},
		{
			name: "sets came with the last key frame", before: [][][]byte{{sps, pps, idr}, {slice}},
			payloads: [][]byte{idr}, want: annexB(sps, pps, idr), key: true,
		},
		{
			name: "newer set of the same id", before: [][][]byte{{sps, pps}, {sps2}},
			payloads: [][]byte{idr}, want: annexB(sps2, pps, idr), key: true,
		},
		{name: "sets alone", payloads: [][]byte{stap(sps, pps)}, want: nil},
		{name: "no sets", payloads: [][]byte{idr}, bad: true},
		{name: "empty", payloads: [][]byte{{}}, bad: true},
		{name: "forbidden bit", payloads: [][]byte{{0xe5, 1}}, bad: true},
		{name: "type 0", payloads: [][]byte{{0x60, 1}}, bad: true},
		{name: "interleaved", payloads: [][]byte{{0x79, 0, 0, 0, 1, 0x65}}, bad: true},
		{name: "fragment without its start", payloads: [][]byte{{0x7c, 0x05, 1}}, bad: true},
		{name: "fragment without its end", payloads: [][]byte{{0x7c, 0x85, 1}}, bad: true},
		{name: "two starts", payloads: [][]byte{{0x7c, 0x81, 1}, {0x7c, 0x81, 1}}, bad: true},
		{name: "unit within a fragment", payloads: [][]byte{{0x7c, 0x81, 1}, slice}, bad: true},
		{name: "aggregate that lies", payloads: [][]byte{{0x78, 0, 9, 0x41}}, bad: true},
		{name: "aggregate cut short", payloads: [][]byte{{0x78, 0}}, bad: true},
		{name: "aggregate of nothing", payloads: [][]byte{{0x78, 0, 0}}, bad: true},
	} {
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

func TestVP8Malformed(t *testing.T) {
	key := []byte{0x10, 0x10, 0, 0, 0x9d, 1, 0x2a, 1, 0, 1, 0}
	for name, payloads := range map[string][][]byte{
		"empty":              {{}},
		"descriptor only":    {{0x10}},
		"not the first":      {{0x00, 1, 2, 3}},
		"second partition":   {{0x11, 1, 2, 3}},
		"two beginnings":     {key, key},
		"key without start":  {{0x10, 0x10, 0, 0, 1, 2, 3, 4, 5, 6, 7}},
		"key cut short":      {key[:8]},
		"extension cut off":  {{0x90}},
		"picture id cut off": {{0x90, 0x80, 0x80}},
	} {
		if _, _, err := depacketize(new(vp8), payloads...); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestVP9LayersBecomeASuperframe(t *testing.T) {
	// Flexible mode, layer indices; two spatial layers of 3 and 2 bytes, the first in two packets.
	got, key, err := depacketize(new(vp9),
		[]byte{0xb8, 1, 0x00, 0x82, 7}, // I L F B, spatial 0, key frame header
		[]byte{0xb4, 1, 0x00, 8},       // I L F E
		[]byte{0xbc, 1, 0x02, 0x86, 9}, // I L F B E, spatial 1
	)
	want := []byte{0x82, 7, 8, 0x86, 9, 0xd9, 3, 0, 0, 0, 2, 0, 0, 0, 0xd9}
	if err != nil || !key || !bytes.Equal(got, want) {
		t.Errorf("%x, key %v, %v", got, key, err)
	}
}

func TestVP9Descriptor(t *testing.T) {
	for _, test := range []struct {
		name    string
		payload []byte
		body    []byte
		ok      bool
	}{
		{"bare", []byte{0x08, 1}, []byte{1}, true},
		{"short id", []byte{0x88, 0x7f, 1}, []byte{1}, true},
		{"long id", []byte{0x88, 0xff, 2, 1}, []byte{1}, true},
		{"layers", []byte{0x28, 0, 9, 1}, []byte{1}, true},
		{"references", []byte{0x58, 3, 3, 2, 1}, []byte{1}, true},
		{"too many references", []byte{0x58, 3, 3, 3, 2, 1}, nil, false},
		{"structure with sizes", []byte{0x0a, 0x30, 1, 2, 3, 4, 5, 6, 7, 8, 1}, []byte{1}, true},
		{"structure with groups", []byte{0x0a, 0x08, 2, 0x04, 9, 0x00, 1}, []byte{1}, true},
		{"structure cut off", []byte{0x0a, 0x18, 1, 2, 3, 4}, nil, false},
		{"groups cut off", []byte{0x0a, 0x08, 200, 0x0c}, nil, false},
		{"nothing", nil, nil, false},
		{"descriptor only", []byte{0x08}, nil, false},
		{"id cut off", []byte{0x88}, nil, false},
		{"layers cut off", []byte{0x28}, nil, false},
	} {
		d, ok := readVP9(test.payload)
		if ok != test.ok || (ok && !bytes.Equal(d.body, test.body)) {
			t.Errorf("%s: %x %v", test.name, d.body, ok)
		}
	}
}

func TestAV1(t *testing.T) {
	seq, frame := []byte{0x08, 1, 2}, []byte{0x30, 0x10, 3, 4, 5} // without sizes
	for _, test := range []struct {
		name     string
		payloads [][]byte
		want     []byte
		key, bad bool
	}{
		{
			name: "counted", payloads: [][]byte{append([]byte{0x28, 3}, append(seq, frame...)...)},
			want: []byte{0x0a, 2, 1, 2, 0x32, 4, 0x10, 3, 4, 5}, key: true,
		},
		{
			name: "all with lengths",
			payloads: [][]byte{append(append([]byte{0x08, 3}, seq...),
				append([]byte{5}, frame...)...)},
			want: []byte{0x0a, 2, 1, 2, 0x32, 4, 0x10, 3, 4, 5}, key: true,
		},
		{
			name: "fragments",
			payloads: [][]byte{
				append([]byte{0x68, 3}, append(seq, frame[:2]...)...),
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
			payloads: [][]byte{append([]byte{0x28, 3}, append(seq, 0x18, 0x80)...)},
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
	} {
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

// fuzzPayloads cuts fuzz input into payloads: a length byte before each.
func fuzzPayloads(b []byte) (payloads [][]byte) {
	for len(b) > 0 {
		n := min(int(b[0]), len(b)-1)
		payloads = append(payloads, b[1:1+n])
		b = b[1+n:]
	}
	return payloads
}

// addClip makes seeds of a real clip.
func addClip(f *testing.F, codec media.Codec) {
	c := readClip(f, codec)
	for i := range 2 {
		var seed []byte
		for _, p := range c.packets(i, 200)[:4] {
			seed = append(append(seed, byte(len(p))), p...)
		}
		f.Add(seed)
	}
}

func fuzzDepacketizer(f *testing.F, codec media.Codec, check func(*testing.T, []byte)) {
	addClip(f, codec)
	f.Fuzz(func(t *testing.T, b []byte) {
		d := newDepacketizer(codec)
		for range 2 {
			payloads := fuzzPayloads(b)
			before := bytes.Clone(b)
			for _, p := range payloads {
				d.inspect(p)
			}
			data, key, err := depacketize(d, payloads...)
			if !bytes.Equal(b, before) {
				t.Fatal("the payload was changed")
			}
			if err != nil {
				continue
			}
			if key && len(data) == 0 {
				t.Fatal("a key frame of nothing")
			}
			check(t, data)
		}
	})
}

func FuzzH264(f *testing.F) {
	fuzzDepacketizer(f, media.H264, func(t *testing.T, data []byte) {
		if len(data) > 0 && !bytes.HasPrefix(data, startCode) {
			t.Fatalf("%x", data)
		}
	})
}

func FuzzVP8(f *testing.F) {
	fuzzDepacketizer(f, media.VP8, func(t *testing.T, data []byte) {
		if len(data) < 3 {
			t.Fatalf("%x", data)
		}
	})
}

func FuzzVP9(f *testing.F) {
	fuzzDepacketizer(f, media.VP9, func(t *testing.T, data []byte) {
		if len(data) == 0 {
			t.Fatal("a picture of nothing")
		}
	})
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
