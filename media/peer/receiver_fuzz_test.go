package peer

import (
	"encoding/binary"
	"testing"
	"time"
)

// FuzzReceiver plays packets made of the input: three bytes say how sequence number and time go on
// and what the packet is like, the fourth how long it is. Nothing may break, and nothing but a key
// frame may come first.
func FuzzReceiver(f *testing.F) {
	for i, codec := range allCodecs {
		c := readClip(f, codec)
		seed := []byte{byte(i)}
		for n := range 3 {
			payloads := c.packets(n, 200)[:3]
			for j, p := range payloads {
				step := []byte{1, 0, 0, byte(len(p))}
				if j == 0 {
					step[1] = 1
				}
				if j == len(payloads)-1 {
					step[2] = 1
				}
				seed = append(append(seed, step...), p...)
			}
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		fuzzReceiver(t, in)
	})
}

func fuzzReceiver(t *testing.T, in []byte) {
	if len(in) == 0 {
		return
	}
	h := newHands()
	var count counters
	var pool packetPool
	var pts payloads
	for i, codec := range allCodecs {
		pts[96+i] = payload{codec: codec}
	}
	q := newQueue()
	r := newReceiver(h.now, &pts, q, silent{}, &phoneClock{now: h.now}, &count, &pool)
	streams := [2]*stream{{order: 1, ssrc: 1}, {order: 2, ssrc: 2}}
	pt, in := 96+in[0]&3, in[1:]
	var seq uint16
	var rtp uint32
	whole := false
	for len(in) >= 4 {
		step := in[:4]
		in = in[4:]
		n := min(int(step[3]), len(in))
		p := pool.get()
		seq += uint16(int16(int8(step[0])))
		if step[0] == 127 {
			seq += 20000
		}
		rtp += uint32(step[1]) * 3000
		p.seq, p.timestamp, p.marker, p.rtx = seq, rtp, step[2]&1 != 0, step[2]&2 != 0
		p.stream, p.pt, p.received = streams[step[2]>>2&1], pt+step[2]>>6, h.at
		p.payload = p.buf[:copy(p.buf[:], in[:n])]
		if p.pt > 99 {
			p.pt = 99
		}
		in = in[n:]
		r.packet(p)
		h.pass(time.Duration(step[2]>>3) * time.Millisecond)
		r.tick()
		whole = drainQueue(t, q, whole)
		if r.ring.missing < 0 || r.ring.next > r.ring.end || r.ring.end-r.ring.next > ringSize {
			t.Fatalf("the ring is broken: %d %d %d", r.ring.next, r.ring.end, r.ring.missing)
		}
	}
}

type silent struct{}

func (silent) nack(uint32, []uint16) {}
func (silent) pli(uint32)            {}

// BenchmarkPacket is the whole road of one packet but for pion and the Handler: copy, parse,
// reorder, assemble, queue.
func BenchmarkPacket(b *testing.B) {
	for _, codec := range allCodecs {
		b.Run(codec.String(), func(b *testing.B) {
			x := newBench(b, codec)
			var packets [][]byte
			for range 12 {
				packets = append(packets, x.datagrams()...)
			}
			st := x.stream
			tap := tap{
				now: time.Now, payloads: &x.pts, receiver: x.r, pool: &x.pool,
				count: &x.count,
			}
			x.r.now = time.Now
			seq, rtp := uint16(1), uint32(1)
			b.ReportAllocs()
			bytes := 0
			for i := 0; b.Loop(); i++ {
				d := packets[i%len(packets)]
				binary.BigEndian.PutUint16(d[2:], seq)
				binary.BigEndian.PutUint32(d[4:], rtp)
				seq++
				if d[1]&0x80 != 0 {
					rtp += 3000
				}
				bytes += len(d)
				tap.rtp(st, d)
				x.r.packet(<-x.r.in)
				for p := x.q.pop(); p != nil; p = x.q.pop() {
					x.q.recycle(p)
				}
			}
			b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
			if x.count.frames.Load() == 0 || x.count.lost.Load() != 0 {
				b.Fatal("no pictures came out")
			}
		})
	}
}

// drainQueue checks the frames that came out. whole says whether they have their references: before
// and, as the result, after them.
func drainQueue(t *testing.T, q *queue, whole bool) bool {
	for f := q.pop(); f != nil; f = q.pop() {
		switch {
		case f.stale && !whole:
			t.Fatal("stale twice")
		case f.stale:
			whole = false
		case !f.key && !whole, len(f.data) == 0, len(f.data) > maxFrameBytes+(16<<10):
			t.Fatalf("a frame of %d bytes, key %v", len(f.data), f.key)
		default:
			whole = true
		}
		q.recycle(f)
	}
	return whole
}
