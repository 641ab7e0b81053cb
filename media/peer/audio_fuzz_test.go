package peer

import (
	"testing"
	"time"
)

// FuzzAudio plays datagrams made of the input to the whole road of audio but pion: a byte says how
// time goes on and by which of two streams they come, the next how the sequence number goes on, the
// next how long the payload is. Nothing may break, come twice or be kept.
func FuzzAudio(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0x78, 8, 3, 2, 0xf8, 1, 8, 255, 1, 0xf8, 80, 1, 1, 0x78})
	f.Add([]byte{
		1, 1, 1, 0x78, 0, 1, 1, 0x78, 1, 127, 3, 0xfb, 6, 0, 255, 20, 0, 0, 200, 2, 0xfa,
		0,
	})
	f.Fuzz(func(t *testing.T, in []byte) {
		fuzzAudio(t, in)
	})
}

func fuzzAudio(t *testing.T, in []byte) {
	h := newHands()
	var count counters
	var pool packetPool
	var pts payloads
	pts[111] = payload{audio: true}
	e := newAudioReceiver(h.now, &phoneClock{now: h.now}, &count, &pool)
	tp := tap{now: h.now, payloads: &pts, audio: e, pool: &pool, count: &count}
	streams := [2]*stream{{order: 1, ssrc: 1}, {order: 2, ssrc: 2}}
	var seq uint16
	var got uint64
	for len(in) >= 3 {
		how, step, n := in[0], in[1], min(int(in[2]), len(in)-3)
		seq += uint16(int16(int8(step)))
		if step == 127 {
			seq += 20000
		}
		d := append([]byte{
			0x80, 111, byte(seq >> 8), byte(seq), 0, 0, byte(n), how, 0, 0, 0,
			1 + how&1,
		}, in[3:3+n]...)
		in = in[3+n:]
		tp.rtp(streams[how&1], d)
		select {
		case p := <-e.in:
			e.packet(p)
		default:
		}
		h.pass(time.Duration(how>>1) * time.Millisecond)
		e.tick()
		for range len(e.out) {
			out := <-e.out
			got++
			if opusTicks(out.packet.payload) == 0 || out.packet.received.IsZero() ||
				!out.captured.IsZero() {
				t.Fatalf("%x came out, captured %v", out.packet.payload, out.captured)
			}
			out.packet.payload = nil // a packet that comes out again is caught above
			pool.put(out.packet)
		}
		checkHeld(t, h, e)
	}
	if got != count.audioPackets.Load() {
		t.Fatalf("%d came out, %d were counted", got, count.audioPackets.Load())
	}
}

// checkHeld checks the packets that wait for an earlier one.
func checkHeld(t *testing.T, h *hands, e *audioReceiver) {
	held := 0
	for i, p := range e.held {
		if p == nil {
			continue
		}
		held++
		if int(p.seq%audioWindow) != i || p.seq-e.next >= audioWindow {
			t.Fatalf("packet %d lies at %d, the next one is %d", p.seq, i, e.next)
		}
	}
	if held != e.waiting || (held > 0 && h.at.Sub(e.oldest()) >= audioPatience) {
		t.Fatalf("%d wait, said to be %d, since %v", held, e.waiting, h.at.Sub(e.oldest()))
	}
}
