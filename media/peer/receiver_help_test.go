package peer

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"handlens/media"
)

// bench is a receiver with hands for a clock and a phone that is played by the test.
type bench struct {
	*hands
	t     testing.TB
	clip  *clip
	r     *receiver
	q     *queue
	count counters
	pool  packetPool
	pts   payloads

	stream  *stream
	seq     uint16
	rtp     uint32
	nacks   []uint16
	plis    int
	sent    map[uint32]int // timestamp to number of frame
	number  int
	history map[uint16][]byte

	// What came out.
	got        []int
	last       int
	whole      bool
	stales     int
	keysNeeded bool
}

func newBench(t testing.TB, codec media.Codec) *bench {
	b := &bench{
		hands: newHands(), t: t, clip: readClip(t, codec), q: newQueue(),
		stream: &stream{order: 1, ssrc: testSSRC},
		seq:    65500, rtp: 0xffffff00, sent: map[uint32]int{}, history: map[uint16][]byte{},
		last: -1,
	}
	b.pts[testPT] = payload{codec: codec}
	b.pts[testRTX] = payload{rtx: true, apt: testPT}
	b.r = newReceiver(b.now, &b.pts, b.q, b, &phoneClock{now: b.now}, &b.count, &b.pool)
	return b
}

func (b *bench) nack(ssrc uint32, seqs []uint16) {
	if ssrc != b.stream.ssrc {
		b.t.Errorf("NACK for stream %x", ssrc)
	}
	b.nacks = append(b.nacks, seqs...)
}

func (b *bench) pli(uint32) { b.plis++ }

// datagrams returns the RTP packets of the next frame; a key frame when the phone was asked for
// one.
func (b *bench) datagrams() (packets [][]byte) {
	if b.keysNeeded {
		b.number += (6 - b.number%6) % 6
		b.keysNeeded = false
	}
	payloads := b.clip.packets(b.number, 700)
	for i, p := range payloads {
		packets = append(packets, b.datagram(p, i == len(payloads)-1))
	}
	b.sent[b.rtp] = b.number
	b.number++
	b.rtp += 3000
	return packets
}

// datagram makes the next RTP packet, with an extension and padding at times.
func (b *bench) datagram(p []byte, marker bool) []byte {
	d := []byte{0x80, testPT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if marker {
		d[1] |= 0x80
	}
	binary.BigEndian.PutUint16(d[2:], b.seq)
	binary.BigEndian.PutUint32(d[4:], b.rtp)
	binary.BigEndian.PutUint32(d[8:], b.stream.ssrc)
	if b.seq%3 == 0 {
		d[0] |= 0x10
		d = append(d, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0)
	}
	d = append(d, p...)
	if b.seq%5 == 0 {
		d[0] |= 0x20
		d = append(d, 0, 0, 3)
	}
	b.history[b.seq] = d
	b.seq++
	return d
}

// repair makes the RTX packet for a sequence number, or nil when it was never sent.
func (b *bench) repair(seq uint16) []byte {
	d := b.history[seq]
	if d == nil {
		return nil
	}
	var p packet
	must(b.t, p.parse(copy(p.buf[:], d)))
	out := []byte{0x80, testRTX | d[1]&0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, d[2], d[3]}
	copy(out[4:8], d[4:8])
	return append(out, p.payload...)
}

// arrive lets a datagram arrive now.
func (b *bench) arrive(d []byte) {
	b.take(d)
	b.look()
}

// take lets a datagram arrive now, without a look at what comes out.
func (b *bench) take(d []byte) {
	t := tap{
		now: b.now, payloads: &b.pts, rtxStreams: map[uint32]uint32{9: b.stream.ssrc},
		receiver: b.r, pool: &b.pool, count: &b.count,
	}
	t.rtp(b.stream, d)
	select {
	case p := <-b.r.in:
		b.r.packet(p)
	default:
	}
}

// tick lets time pass.
func (b *bench) tick(d time.Duration) {
	b.pass(d)
	b.r.tick()
	b.look()
}

// look checks what came out: each frame is byte by byte what was sent, and its references came
// before it.
func (b *bench) look() {
	for p := b.q.pop(); p != nil; p = b.q.pop() {
		if p.stale {
			if !b.whole {
				b.t.Error("stale twice, or before the first picture")
			}
			b.whole = false
			b.stales++
			b.q.recycle(p)
			continue
		}
		n, ok := b.sent[p.rtp]
		if !ok || !bytes.Equal(p.data, b.clip.pictures[n%6]) || p.key != clipKey(n) ||
			p.codec != b.clip.codec {
			b.t.Fatalf("picture %d is not what was sent: %d bytes, key %v", n, len(p.data), p.key)
		}
		if !p.key && (!b.whole || n != b.last+1) {
			b.t.Fatalf("picture %d came after %d (references there: %v)", n, b.last, b.whole)
		}
		b.whole, b.last = true, n
		b.got = append(b.got, n)
		b.q.recycle(p)
	}
}

// started returns a bench that has shown four frames.
func started(t *testing.T, codec media.Codec) *bench {
	b := newBench(t, codec)
	for range 4 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
		b.tick(33 * time.Millisecond)
	}
	if len(b.got) != 4 {
		t.Fatalf("%d pictures", len(b.got))
	}
	return b
}
