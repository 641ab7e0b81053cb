package peer

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
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
	sent    map[uint32]int // timestamp to number of picture
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

// datagrams returns the RTP packets of the next picture; a key frame when the phone was asked for
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
	b.look()
}

// tick lets time pass.
func (b *bench) tick(d time.Duration) {
	b.pass(d)
	b.r.tick()
	b.look()
}

// look checks what came out: each picture is byte by byte what was sent, and its references came
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

// network is what happens to datagrams between phone and receiver.
type network struct {
	loss, double float64
	delay        time.Duration
	jitter       time.Duration
	seconds      int
}

// simulate plays a network with a seed. The phone repairs what is asked for and sends a key frame
// on request.
func simulate(t *testing.T, codec media.Codec, seed uint64, net network) *bench {
	type event struct {
		at  time.Time
		run func()
	}
	b := newBench(t, codec)
	random := rand.New(rand.NewPCG(seed, 2))
	var events []event
	after := func(d time.Duration, run func()) { events = append(events, event{b.at.Add(d), run}) }
	lost := func() bool { return random.Float64() < net.loss }
	way := func() time.Duration {
		return net.delay + time.Duration(random.Float64()*float64(net.jitter))
	}
	send := func(d []byte) {
		for range 1 + int(random.Float64()+net.double) {
			if d != nil && !lost() {
				after(way(), func() { b.arrive(d) })
			}
		}
	}
	b.count.rtt.Store(int64(2*net.delay + net.jitter))
	next, end, calm := b.at, b.at.Add(time.Duration(net.seconds)*time.Second),
		b.at.Add(time.Duration(net.seconds-2)*time.Second)
	for b.at.Before(end) {
		if b.at.After(calm) {
			net.loss = 0
		}
		if !b.at.Before(next) {
			next = next.Add(time.Second / 30)
			for _, d := range b.datagrams() {
				send(d)
			}
		}
		b.tick(time.Millisecond * 5)
		for i := 0; i < len(events); {
			if events[i].at.After(b.at) {
				i++
				continue
			}
			run := events[i].run
			events = slices.Delete(events, i, i+1)
			run()
		}
		for _, seq := range b.nacks {
			if !lost() {
				after(way(), func() { send(b.repair(seq)) })
			}
		}
		b.nacks = b.nacks[:0]
		if b.plis > 0 && !lost() {
			after(way(), func() { b.keysNeeded = true })
		}
		b.plis = 0
	}
	return b
}

// look checks every picture; here only that they keep coming.
func TestRoughNetworks(t *testing.T) {
	for _, net := range []network{
		{jitter: 50 * time.Millisecond, seconds: 5},
		{loss: 0.1, jitter: 50 * time.Millisecond, seconds: 8},
		{
			loss: 0.1, double: 0.1, delay: 100 * time.Millisecond, jitter: 20 * time.Millisecond,
			seconds: 8,
		},
		{loss: 0.4, jitter: 50 * time.Millisecond, seconds: 8},
		{loss: 0.9, double: 0.5, jitter: 300 * time.Millisecond, seconds: 8},
	} {
		for _, codec := range allCodecs {
			t.Run(fmt.Sprintf("%v %+v", codec, net), func(t *testing.T) {
				for seed := range uint64(4) {
					b := simulate(t, codec, seed, net)
					if len(b.got) == 0 || b.number-b.got[len(b.got)-1] > 30 {
						t.Errorf("seed %d: the picture did not come back: %d of %d", seed,
							len(b.got), b.number)
					}
					if net.loss == 0 && len(b.got) < b.number-20 {
						t.Errorf("seed %d: %d of %d pictures without loss", seed, len(b.got),
							b.number)
					}
				}
			})
		}
	}
}

// started returns a bench that has shown four pictures.
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
	for range 30 {
		b.tick(10 * time.Millisecond)
	}
	if b.stales != 1 || b.plis == 0 || len(b.got) != 4 || b.count.lost.Load() != 1 {
		t.Fatalf("stale %d, PLIs %d, pictures %d", b.stales, b.plis, len(b.got))
	}
	for range 100 {
		b.tick(10 * time.Millisecond)
	}
	if b.plis < 3 || b.plis > 6 {
		t.Errorf("%d requests for a key frame within 1.3 s", b.plis)
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
	old := b.datagrams()
	b.stream = &stream{order: 2, ssrc: 77}
	b.seq, b.rtp, b.number, b.last, b.whole = 9, 4000, 6, -1, true
	for range 3 {
		for _, d := range b.datagrams() {
			b.arrive(d)
		}
	}
	if n := len(b.got); n != 7 || b.stales != 1 {
		t.Errorf("%v, stale %d", b.got, b.stales)
	}
	b.stream = &stream{order: 1, ssrc: testSSRC}
	b.arrive(old[0])
	if len(b.got) != 7 || b.stales != 1 {
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

func TestPace(t *testing.T) {
	for _, test := range []struct{ rtt, jitter time.Duration }{
		{0, 0},
		{time.Millisecond, 0},
		{time.Millisecond, time.Second},
		{100 * time.Millisecond, 10 * time.Millisecond},
		{10 * time.Second, time.Second},
		{-1, -1},
	} {
		p := nackTimingFor(test.rtt, test.jitter)
		if p.patience < minPatience || p.patience > maxPatience || p.deadline < minDeadline ||
			p.deadline > maxDeadline || p.again < 2*nackTick || p.again < test.rtt {
			t.Errorf("%v: %+v", test, p)
		}
	}
}
