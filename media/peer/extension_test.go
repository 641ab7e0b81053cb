package peer

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// stamped is an RTP packet of a stream whose frames say when they were taken.
func stamped(t *testing.T, id uint8, ntp uint64, profile uint16) []byte {
	t.Helper()
	p := rtp.Packet{
		Header: rtp.Header{
			Version: 2, PayloadType: 96, SequenceNumber: 1, Timestamp: 9000, SSRC: 7,
			Extension: true, ExtensionProfile: profile,
		},
		Payload: []byte{1, 2, 3},
	}
	stamp := binary.BigEndian.AppendUint64(nil, ntp)
	for _, e := range []struct {
		id   uint8
		data []byte
	}{{id + 1, []byte{1, 2, 3}}, {id, stamp}, {id + 2, []byte{9}}} {
		if err := p.SetExtension(e.id, e.data); err != nil {
			t.Fatal(err)
		}
	}
	b, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The first frame says when it was taken: no sender report need be waited for.
func TestFramesSayWhenTheyWereTaken(t *testing.T) {
	for _, profile := range []uint16{rtp.ExtensionProfileOneByte, rtp.ExtensionProfileTwoByte} {
		h := newHands()
		clock := &phoneClock{now: h.now}
		exchange(h, clock, time.Minute, time.Millisecond, time.Millisecond)
		taken := h.at
		h.pass(30 * time.Millisecond)
		var pts payloads
		pts[96] = payload{codec: 1}
		var count counters
		var pool packetPool
		tp := tap{
			now: h.now, payloads: &pts, clock: clock, pool: &pool, count: &count,
			receiver: newReceiver(h.now, &pts, newQueue(), nil, clock, &count, &pool),
		}
		data := stamped(t, 5, ntpOf(taken.Add(time.Minute)), profile)
		reader := tp.BindRemoteStream(&interceptor.StreamInfo{
			SSRC:                7,
			RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: captureTimeURI, ID: 5}},
		}, interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int,
			interceptor.Attributes, error,
		) {
			return copy(b, data), a, nil
		}))
		if _, _, err := reader.Read(make([]byte, maxPacket), nil); err != nil {
			t.Fatal(err)
		}
		got := clock.captured(7, 9000, videoClockRate, h.at)
		if got.Sub(taken).Abs() > 10*time.Microsecond {
			t.Errorf("profile %#x: taken %v, captured %v", profile, taken, got)
		}
	}
}

func FuzzCaptureTime(f *testing.F) {
	f.Add(uint16(oneByteProfile), []byte{0x57, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0}, uint8(5))
	f.Add(uint16(twoByteProfile), []byte{0, 5, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0}, uint8(5))
	f.Add(uint16(oneByteProfile), []byte{0x5f, 1}, uint8(5))
	f.Add(uint16(twoByteProfile), []byte{6, 255, 1}, uint8(5))
	f.Fuzz(func(t *testing.T, profile uint16, data []byte, id uint8) {
		ntp, ok := captureTime(profile, data, id)
		// What pion finds is what is found here.
		header := rtp.Header{Version: 2, Extension: true, ExtensionProfile: profile}
		raw, err := header.Marshal()
		if err != nil || len(data)%4 != 0 || len(data) > 1<<16 {
			return
		}
		raw = binary.BigEndian.AppendUint16(raw[:12], profile)
		raw = append(binary.BigEndian.AppendUint16(raw, uint16(len(data)/4)), data...)
		var read rtp.Header
		if _, err := read.Unmarshal(raw); err != nil {
			return
		}
		want := read.GetExtension(id)
		if profile != oneByteProfile && profile != twoByteProfile || id == 0 || id == 15 {
			return // pion has its own ways with these
		}
		if ok != (len(want) >= 8) || ok && ntp != binary.BigEndian.Uint64(want) {
			t.Fatalf("%x has %x, %v for %d; pion has %x", data, ntp, ok, id, want)
		}
	})
}

// The page's own times of capture decide from where ages count.
func TestCapturedByTheCamera(t *testing.T) {
	const frames = 40
	for _, test := range []struct {
		name  string
		taken func(i int, stamped float64) float64
		want  bool
	}{
		{"the same", func(_ int, at float64) float64 { return at + 0.7 }, true},
		{"later than the camera", func(_ int, at float64) float64 { return at - 14 }, false},
		{"another clock", func(_ int, at float64) float64 { return at - 4e6 }, false},
		{"nothing of the kind", func(int, float64) float64 { return math.NaN() }, false},
		{"far from now", func(int, float64) float64 { return math.Inf(1) }, false},
		{"hardly any", func(i int, at float64) float64 {
			if i%4 == 0 {
				return at
			}
			return at + 12
		}, false},
	} {
		h := newHands()
		c := &phoneClock{now: h.now}
		exchange(h, c, 0, time.Millisecond, time.Millisecond)
		began := h.at
		c.report(7, ntpOf(began), 0)
		var taken []float64
		for i := range frames {
			h.pass(time.Second / 30)
			c.captured(7, uint32(i*videoClockRate/30), videoClockRate, h.at)
			stamped := unixMS(began.Add(time.Duration(i) * time.Second / 30))
			taken = append(taken, test.taken(i, stamped))
		}
		t0 := c.ping()
		c.pong(t0, unixMS(h.at), taken[frames-12:])
		if got := c.capturedByCamera(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		t0 = c.ping()
		c.pong(t0, unixMS(h.at), nil)
		if c.capturedByCamera() {
			t.Errorf("%s: the page says nothing any more", test.name)
		}
	}
}
