package peer

import (
	"testing"
	"time"

	"handlens/media"
)

const (
	testPT   = 96
	testRTX  = 97
	testPT2  = 98
	testSSRC = 0x1234
)

func TestInOrder(t *testing.T) {
	for _, codec := range allCodecs {
		b := newBench(t, codec)
		for range 60 { // over the wrap of sequence numbers and timestamps
			for _, d := range b.datagrams() {
				b.arrive(d)
			}
			b.tick(33 * time.Millisecond)
		}
		if len(b.got) != 60 || b.plis != 0 || len(b.nacks) != 0 || b.stales != 0 {
			t.Errorf("%v: %d pictures, %d PLIs, %d NACKs", codec, len(b.got), b.plis, len(b.nacks))
		}
	}
}

func TestALostPacketIsAskedForAndRepaired(t *testing.T) {
	b := started(t, media.VP8)
	lost := b.datagrams()
	for _, d := range lost[1:] {
		b.arrive(d)
	}
	b.tick(2 * time.Millisecond)
	if len(b.nacks) != 0 {
		t.Error("asked before the packet could have been overtaken")
	}
	b.tick(10 * time.Millisecond)
	b.tick(5 * time.Millisecond)
	if len(b.nacks) != 1 || len(b.got) != 4 {
		t.Fatalf("asked %d times, %d pictures", len(b.nacks), len(b.got))
	}
	b.arrive(b.repair(b.nacks[0]))
	if len(b.got) != 5 || b.stales != 0 || b.plis != 0 || b.count.recovered.Load() != 1 {
		t.Errorf("not repaired: %d pictures", len(b.got))
	}
	b.arrive(lost[0])
	if b.count.late.Load() != 1 {
		t.Error("the packet itself came late and was not counted")
	}
}

func TestWhatIsNeverRepaired(t *testing.T) {
	b := started(t, media.VP8)
	for _, d := range b.datagrams()[1:] {
		b.arrive(d)
	}
	for _, d := range b.datagrams() {
		b.arrive(d)
	}
	for range 40 {
		b.tick(10 * time.Millisecond)
	}
	if b.stales != 1 || b.plis == 0 || len(b.got) != 4 || b.count.lost.Load() != 1 {
		t.Fatalf("stale %d, PLIs %d, pictures %d", b.stales, b.plis, len(b.got))
	}
	for range 100 {
		b.tick(10 * time.Millisecond)
	}
	if b.plis < 3 || b.plis > 6 {
		t.Errorf("%d requests for a key frame within 1.4 s", b.plis)
	}
	for range 6 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
	}
	if b.got[4] != 6 || b.count.unreferenced.Load() != 1 || b.count.incomplete.Load() != 1 {
		t.Errorf("%v", b.got)
	}
}

// A key frame behind a hole needs nothing of what is before.
func TestAKeyFrameOvertakesAHole(t *testing.T) {
	for _, codec := range allCodecs {
		b := started(t, codec)
		b.number = 5
		b.datagrams() // all lost
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
		if len(b.got) != 5 || b.got[4] != 6 || b.stales != 0 || b.plis != 0 {
			t.Errorf("%v: %v", codec, b.got)
		}
	}
}

func TestPaddingDuplicatesAndOtherStreams(t *testing.T) {
	b := newBench(t, media.H264)
	for i := range 12 {
		for _, d := range b.datagrams() {
			b.arrive(d)
			b.arrive(d)
		}
		if i%2 == 0 {
			b.arrive(b.datagram(nil, false))
			b.arrive(b.datagram(nil, true))
		}
		b.arrive(b.repair(b.seq - 1))
		b.arrive(b.repair(b.seq - 1)[:12]) // a probe
		b.arrive([]byte{0x80, 100, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1})
		b.arrive([]byte("not RTP"))
		b.tick(33 * time.Millisecond)
	}
	if len(b.got) != 12 || b.plis+b.stales+len(b.nacks) != 0 {
		t.Errorf("%v", b.got)
	}
	if b.count.invalid.Load() != 24 {
		t.Errorf("%d invalid", b.count.invalid.Load())
	}
}

func TestAnotherStreamTakesOver(t *testing.T) {
	b := started(t, media.VP8)
	old, first := b.datagrams(), b.stream
	b.stream = &stream{order: 2, ssrc: 77}
	b.seq, b.rtp, b.number, b.last, b.whole = 9, 4000, 6, -1, true
	for range 3 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
	}
	if n := len(b.got); n != 7 || b.stales != 0 {
		t.Errorf("%v, stale %d", b.got, b.stales)
	}
	b.stream = first
	b.arrive(old[0])
	if len(b.got) != 7 || b.stales != 0 {
		t.Error("the old stream came back")
	}
}

func TestThePhoneCountsAnew(t *testing.T) {
	b := started(t, media.VP8)
	for b.seq != 65500-9000 { // far behind
		b.seq--
	}
	b.number = 6
	for range 40 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
		b.tick(33 * time.Millisecond)
		b.keysNeeded = b.keysNeeded || b.plis > 0
		b.plis = 0
	}
	if b.got[len(b.got)-1] != b.number-1 {
		t.Errorf("%v", b.got)
	}
	b.seq += 30000 // far ahead
	for range 20 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
		b.tick(33 * time.Millisecond)
		b.keysNeeded = b.keysNeeded || b.plis > 0
		b.plis = 0
	}
	if b.got[len(b.got)-1] != b.number-1 {
		t.Errorf("%v", b.got)
	}
}

func TestTheCodecChanges(t *testing.T) {
	b := started(t, media.VP8)
	b.clip = readClip(t, media.H264)
	b.pts[testPT2] = payload{codec: media.H264}
	b.number = 6
	for range 5 {
		for _, d := range b.datagrams() {
			d[1] = d[1]&0x80 | testPT2
			b.arrive(d)
		}
		b.tick(33 * time.Millisecond)
	}
	if len(b.got) != 9 || b.stales != 1 || media.Codec(b.count.codec.Load()) != media.H264 {
		t.Errorf("%v, stale %d", b.got, b.stales)
	}
}

func TestPicturesWithoutMarkers(t *testing.T) {
	b := newBench(t, media.H264)
	for range 12 {
		for _, d := range b.datagrams() {
			d[1] &^= 0x80
			b.arrive(d)
		}
		b.tick(33 * time.Millisecond)
	}
	if len(b.got) != 11 || b.plis+b.stales != 0 { // the last one may go on
		t.Errorf("%v", b.got)
	}
}

func TestMalformedAndTooLargePicturesAreDropped(t *testing.T) {
	b := started(t, media.VP8)
	b.arrive(b.datagram([]byte{0x00, 1, 2}, true))
	if b.count.malformed.Load() != 1 || b.stales != 1 {
		t.Errorf("malformed %d", b.count.malformed.Load())
	}
	b.rtp += 3000
	big := make([]byte, 1900)
	big[0] = 0x10
	for range maxFrameBytes/1899 + 20 {
		b.arrive(b.datagram(big, false))
		big[0] = 0
	}
	if b.count.tooLarge.Load() != 1 {
		t.Errorf("too large %d", b.count.tooLarge.Load())
	}
	b.arrive(b.datagram(big, true))
	b.number, b.rtp = 6, b.rtp+3000
	for _, d := range b.datagrams() {
		b.arrive(d)
	}
	if b.got[len(b.got)-1] != 6 {
		t.Errorf("%v", b.got)
	}
}

func TestAKeyFrameOnRequest(t *testing.T) {
	b := started(t, media.VP8)
	b.r.keyRequested = true
	b.tick(10 * time.Millisecond)
	b.r.keyRequested = true
	b.tick(10 * time.Millisecond)
	if b.plis != 1 {
		t.Errorf("%d requests", b.plis)
	}
	b.tick(minKeyframeInterval)
	if b.plis != 2 || b.stales != 0 {
		t.Errorf("%d requests after the pause", b.plis)
	}
}

// The first frame begins with SEI, as OBS's encoders have it: SEI, SPS, PPS, IDR.
func TestAFirstFrameThatBeginsWithSEI(t *testing.T) {
	sei := []byte{0x06, 0x05, 0x01, 0xaa, 0x80}
	for name, test := range map[string]struct {
		first [][]byte // the payloads that come of the first frame
		keys  uint64
	}{
		"whole":           {[][]byte{sei, spsNAL, ppsNAL, idrNAL}, 1},
		"aggregate":       {[][]byte{stap(sei, spsNAL, ppsNAL), idrNAL}, 1},
		"sets were first": {[][]byte{sei, idrNAL}, 0}, // and are lost, as far as anyone knows
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.H264)
			for i, payload := range test.first {
				d := b.datagram(payload, i == len(test.first)-1)
				var p packet
				must(t, p.parse(copy(p.buf[:], d)))
				p.stream, p.received = b.stream, b.now()
				b.r.packet(&p)
			}
			if n := b.count.keyFrames.Load(); n != test.keys {
				t.Errorf("%d key frames, want %d", n, test.keys)
			}
		})
	}
}
