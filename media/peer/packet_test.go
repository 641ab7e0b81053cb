package peer

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pion/rtp"
)

var fixedHeader = []byte{0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}

var parseTests = []struct {
	name string
	in   []byte
	want []byte
	bad  bool
}{
	{"plain", append(bytes.Clone(fixedHeader), 1, 2), []byte{1, 2}, false},
	{"empty", fixedHeader, []byte{}, false},
	{
		"sources",
		append([]byte{0x82}, append(bytes.Clone(fixedHeader[1:]), 0, 0, 0, 0, 0, 0, 0, 0, 1)...),
		[]byte{1},
		false,
	},
	{
		"extension",
		append([]byte{0x90},
			append(bytes.Clone(fixedHeader[1:]), 0xbe, 0xde, 0, 1, 0, 0, 0, 0, 1)...),
		[]byte{1},
		false,
	},
	{
		"padding", append([]byte{0xa0}, append(bytes.Clone(fixedHeader[1:]), 1, 0, 2)...),
		[]byte{1},
		false,
	},
	{
		"only padding", append([]byte{0xa0}, append(bytes.Clone(fixedHeader[1:]), 0, 2)...),
		[]byte{},
		false,
	},
	{"short", fixedHeader[:11], nil, true},
	{"version", append([]byte{0x40}, fixedHeader[1:]...), nil, true},
	{"sources cut off", append([]byte{0x8f}, fixedHeader[1:]...), nil, true},
	{
		"extension cut off",
		append([]byte{0x90}, append(bytes.Clone(fixedHeader[1:]), 0xbe, 0xde, 0, 9)...), nil, true,
	},
	{"extension head cut off", append([]byte{0x90}, fixedHeader[1:]...), nil, true},
	{
		"padding of nothing", append([]byte{0xa0}, append(bytes.Clone(fixedHeader[1:]), 0)...), nil,
		true,
	},
	{
		"padding too long", append([]byte{0xa0}, append(bytes.Clone(fixedHeader[1:]), 3)...), nil,
		true,
	},
	{"jumbo", make([]byte, maxPacket+1), nil, true},
}

func TestParse(t *testing.T) {
	for _, test := range parseTests {
		var p packet
		n := len(test.in)
		copy(p.buf[:], test.in)
		err := p.parse(n)
		if errors.Is(err, errNotRTP) != test.bad || !bytes.Equal(p.payload, test.want) {
			t.Errorf("%s: %x, %v", test.name, p.payload, err)
		}
		if err == nil &&
			(!p.marker || p.pt != 96 || p.seq != 0x0102 || p.timestamp != 0x03040506 ||
				p.ssrc != 0x0708090a) {
			t.Errorf("%s: %+v", test.name, p.seq)
		}
	}
}

// FuzzParse compares with pion's parser, which may be stricter about extensions.
func FuzzParse(f *testing.F) {
	f.Add([]byte{0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3})
	f.Add([]byte{
		0xb1, 0x60, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0x10, 1,
		0, 0, 7, 7, 0, 2,
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > maxPacket {
			return
		}
		var p packet
		err := p.parse(copy(p.buf[:], b))
		var q rtp.Packet
		if q.Unmarshal(b) == nil && b[0]>>6 == 2 && !(q.Padding && q.PaddingSize == 0) {
			if err != nil || !bytes.Equal(p.payload, q.Payload) || p.seq != q.SequenceNumber ||
				p.ssrc != q.SSRC || p.timestamp != q.Timestamp || p.marker != q.Marker ||
				p.pt != q.PayloadType {
				t.Errorf("%x %v, pion says %x", p.payload, err, q.Payload)
			}
		}
		if err == nil {
			p.decodeRTX(96, 1)
		}
	})
}

func TestReorder(t *testing.T) {
	var r reorder
	h := newHands()
	put := func(seq uint16) arrival {
		_, a, _ := r.put(&packet{seq: seq}, h.at)
		return a
	}
	pops := func() (n int) {
		for r.pop() != nil {
			n++
		}
		return n
	}
	for i, step := range []struct {
		seq  uint16
		want arrival
		pops int
	}{
		{65534, arrived, 1},
		{65535, arrived, 1},
		{1, arrived, 0},
		{1, duplicate, 0},
		{0, filled, 2},
		{0, late, 0},
		{65534, late, 0},
		{4, arrived, 0},
		{3, filled, 0},
		{2, filled, 3},
		{5 + ringSize, ahead, 0},
		{5 + ringSize - 1, arrived, 0},
		{5, filled, 1},
	} {
		if got := put(step.seq); got != step.want {
			t.Errorf("step %d: %d is %d, want %d", i, step.seq, got, step.want)
		}
		if n := pops(); n != step.pops {
			t.Errorf("step %d: %d packets come out, want %d", i, n, step.pops)
		}
	}
	if r.missing != ringSize-2 {
		t.Errorf("%d missing", r.missing)
	}
	if lost := r.skip(); lost != ringSize-2 || pops() != 1 || r.missing != 0 {
		t.Errorf("%d lost", lost)
	}
}
