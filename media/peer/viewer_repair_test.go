package peer

import (
	"sync/atomic"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"

	"handlens/media"
)

// lossy loses every so many packets of the video on their way to the viewer.
type lossy struct {
	interceptor.NoOp
	n atomic.Int32
}

func (l *lossy) NewInterceptor(string) (interceptor.Interceptor, error) { return l, nil }

func (l *lossy) BindRemoteStream(info *interceptor.StreamInfo,
	next interceptor.RTPReader,
) interceptor.RTPReader {
	if info.MimeType != webrtc.MimeTypeVP8 {
		return next
	}
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int,
		interceptor.Attributes, error,
	) {
		for {
			n, attr, err := next.Read(b, a)
			if err != nil || l.n.Add(1)%11 != 0 {
				return n, attr, err
			}
		}
	})
}

// What the network loses on the way to a viewer is sent again.
func TestViewerIsRepaired(t *testing.T) {
	h := listen(t)
	s := newSource(media.VP8, webrtc.MimeTypeVP8)
	defer s.close()
	lost := new(lossy)
	v := newViewerPeer(t, phoneOptions{mime: webrtc.MimeTypeVP8, mangle: lost})
	defer v.pc.GracefulClose()
	asked := nackBySeq(v)
	viewer := v.watch(h, s.feed, new(viewerLog))
	defer viewer.Close(media.Reason{Code: media.SentAway})
	soon(t, "the viewer sees", func() bool { return v.frames.Load() > 60 })
	if v.bad.Load() > 0 || lost.n.Load() < 60 || asked.Load() == 0 {
		t.Errorf("%d damaged, %d packets, %d asked for", v.bad.Load(), lost.n.Load(), asked.Load())
	}
}

// nackBySeq has a viewer ask for what is missing, and counts.
func nackBySeq(v *viewerPeer) *atomic.Int32 {
	var asked atomic.Int32
	v.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		builder := samplebuilder.New(400, &codecs.VP8Packet{}, videoClockRate)
		var next uint16
		for begun := false; ; {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			for begun && int16(p.SequenceNumber-next) > 0 {
				asked.Add(1)
				_ = v.pc.WriteRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{
					MediaSSRC: uint32(track.SSRC()),
					Nacks:     rtcp.NackPairsFromSequenceNumbers([]uint16{next}),
				}})
				next++
			}
			if !begun || p.SequenceNumber == next {
				begun, next = true, p.SequenceNumber+1
			}
			builder.Push(p)
			for s := builder.Pop(); s != nil; s = builder.Pop() {
				_, key := checkFrame(media.VP8, s.Data, true)
				_, ok := checkFrame(media.VP8, s.Data, false)
				if !key && !ok {
					v.bad.Add(1)
					continue
				}
				v.frames.Add(1)
			}
		}
	})
	return &asked
}
