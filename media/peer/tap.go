package peer

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// tap is the interceptor nearest to the network. It copies each packet to the receiver, or to the
// ear, in the very moment it is read, repair packets too: pion hands those out only together with
// the next ordinary packet of the track, which on a quiet path is one frame later.
type tap struct {
	interceptor.NoOp
	now        func() time.Time
	payloads   *payloads
	rtxStreams map[uint32]uint32 // SSRC of a repair stream to that of its media (a=ssrc-group:FID)
	receiver   *receiver
	audio      *audioReceiver
	clock      *phoneClock
	pool       *packetPool
	count      *counters
	order      atomic.Uint64
}

// NewInterceptor makes the tap its own factory: it serves one connection.
func (t *tap) NewInterceptor(string) (interceptor.Interceptor, error) { return t, nil }

// BindRemoteStream is called by pion for each stream of the phone; the reader runs in that stream's
// goroutine.
func (t *tap) BindRemoteStream(info *interceptor.StreamInfo,
	next interceptor.RTPReader,
) interceptor.RTPReader {
	st := &stream{order: t.order.Add(1), ssrc: info.SSRC}
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == captureTimeURI && e.ID > 0 && e.ID <= math.MaxUint8 {
			st.captureID = uint8(e.ID)
		}
	}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int,
		interceptor.Attributes, error,
	) {
		n, attr, err := next.Read(b, a)
		if err == nil {
			t.rtp(st, b[:n])
		}
		return n, attr, err
	})
}

// rtp copies one packet to one of the two receivers.
func (t *tap) rtp(st *stream, b []byte) {
	if len(b) > maxPacket {
		t.count.invalid.Add(1)
		return
	}
	p := t.pool.get()
	p.received = t.now()
	if p.parse(copy(p.buf[:], b)) != nil {
		t.count.invalid.Add(1)
		t.pool.put(p)
		return
	}
	p.stream = st
	pl := t.payloads[p.pt]
	switch {
	case pl.rtx:
		if !p.decodeRTX(pl.apt, t.rtxStreams[p.ssrc]) {
			t.pool.put(p) // a probe for bandwidth
			return
		}
	case pl.audio:
		t.audio.offer(p)
		return
	case pl.codec == 0:
		t.count.invalid.Add(1)
		t.pool.put(p)
		return
	default:
		if ntp, ok := captureTime(p.profile, p.extension, st.captureID); ok {
			t.clock.report(p.ssrc, ntp, p.timestamp)
		}
	}
	t.receiver.offer(p)
}

// BindRTCPReader looks for sender reports.
func (t *tap) BindRTCPReader(next interceptor.RTCPReader) interceptor.RTCPReader {
	return interceptor.RTCPReaderFunc(func(b []byte, a interceptor.Attributes) (int,
		interceptor.Attributes, error,
	) {
		n, attr, err := next.Read(b, a)
		if err != nil {
			return n, attr, err
		}
		if packets, err := rtcp.Unmarshal(b[:n]); err == nil {
			for _, p := range packets {
				sr, ok := p.(*rtcp.SenderReport)
				if !ok {
					continue
				}
				// A repair stream's report has timestamps of its own.
				if _, repairs := t.rtxStreams[sr.SSRC]; !repairs {
					t.clock.report(sr.SSRC, sr.NTPTime, sr.RTPTime)
				}
			}
		}
		return n, attr, nil
	})
}
