package peer

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// outletQueue bounds the frames that wait for an outlet's goroutine. When it overflows, the outlet
// goes on at the next key frame.
const outletQueue = 60

// outlet sends a feed's frames by one connection: a viewer's, or a publication's.
type outlet struct {
	feed *Feed
	log  *slog.Logger
	// end ends the connection, without waiting.
	end   func(media.Reason)
	guest bool // counts as a viewer

	track  *webrtc.TrackLocalStaticRTP
	sender *webrtc.RTPSender
	frames chan *packedFrame
	// stands is closed when the connection first stands: until then the frames since the newest key
	// frame wait, so that the picture need not be waited for when it does.
	stands chan struct{}
	// waiting says that nothing can be sent before a key frame.
	waiting atomic.Bool
	sent    atomic.Uint64 // frames
}

func (o *outlet) init(feed *Feed, log *slog.Logger, end func(media.Reason)) {
	o.feed, o.log, o.end = feed, log, end
	o.frames, o.stands = make(chan *packedFrame, outletQueue), make(chan struct{})
	o.waiting.Store(true)
}

// Sent is how many frames were sent.
func (o *outlet) Sent() uint64 { return o.sent.Load() }

// push gives a frame to whoever is at the other end. It never waits, and is called from one
// goroutine.
func (o *outlet) push(f *packedFrame) {
	early := !o.begun()
	if early && f.key {
		o.discard()
	}
	if o.waiting.Load() {
		if !f.key {
			return
		}
		o.waiting.Store(false)
	}
	select {
	case o.frames <- f:
	default:
		o.interrupt()
		if early { // it asks when it stands
			o.discard()
			return
		}
		o.feed.askForKey()
	}
}

// begun says whether the connection has stood.
func (o *outlet) begun() bool {
	select {
	case <-o.stands:
		return true
	default:
		return false
	}
}

// discard drops the frames that wait.
func (o *outlet) discard() {
	for {
		select {
		case <-o.frames:
		default:
			return
		}
	}
}

// begin has the frames sent that wait for the connection, or asks for one that can be sent.
func (o *outlet) begin() {
	first := !o.begun()
	if !first || o.waiting.Load() {
		o.feed.askForKey()
	}
	if first {
		close(o.stands)
	}
}

// interrupt has nothing sent before the next key frame.
func (o *outlet) interrupt() { o.waiting.Store(true) }

// send is the goroutine that sends frames. Numbers have no holes but those of the network, and
// timestamps are the phone's, by which a page knows to which frame detections belong.
func (o *outlet) send(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-o.stands:
	}
	sequence := uint16(rand.Uint32())
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-o.frames:
			if f.mutes != o.feed.mutes.Load() {
				continue
			}
			for i, payload := range f.payloads {
				p := rtp.Packet{
					Header: rtp.Header{
						Version: 2, SequenceNumber: sequence, Timestamp: f.rtp,
						Marker: i == len(f.payloads)-1,
					},
					Payload: payload,
				}
				sequence++
				if err := o.track.WriteRTP(&p); err != nil {
					o.log.Debug("sending video", "error", err)
				}
			}
			o.sent.Add(1)
		}
	}
}

// listen is the goroutine that reads what the other end says of the video.
func (o *outlet) listen() {
	for {
		packets, _, err := o.sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				o.feed.askForKey()
			}
		}
	}
}
