package peer

import (
	"bytes"
	"testing"

	"handlens/media"
)

// depacketize joins the payloads of one frame.
func depacketize(d depacketizer, payloads ...[]byte) (data []byte, key bool, err error) {
	d.begin(false)
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
