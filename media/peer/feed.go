package peer

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"golang.org/x/time/rate"

	"handlens/media"
)

const (
	// payloadSize is what one packet of a frame holds: an Ethernet frame less the headers of IPv6,
	// UDP, SRTP and RTP with its extensions.
	payloadSize = 1180
	// keyInterval and keyBurst bound how often viewers together make the phone send a key frame:
	// each costs all of them bitrate.
	keyInterval, keyBurst = time.Second, 4
	// maxViewers bounds the viewers of one feed: each costs the encryption of a video.
	maxViewers = 16
)

// Feed hands one phone's frames on to any number of viewers, as they came: nothing is decoded. What
// it hands on is whole, so that what was lost on the way from the phone is lost for nobody else:
// viewers hold the last picture until the next key frame. Packet belongs to one goroutine; any
// goroutine may call the rest, and nothing waits.
type Feed struct {
	wantKey func() // asks the phone for a key frame
	limit   *rate.Limiter
	wanted  atomic.Bool   // by a viewer, and not asked for yet
	mutes   atomic.Uint32 // how often the feed was muted; what was packed before that is not sent

	// Owned by whoever calls Packet.
	payloader rtp.Payloader
	packed    media.Codec // what the payloader packs

	mu      sync.Mutex
	codec   media.Codec
	profile string // of H.264: profile-level-id
	muted   bool
	outlets map[*outlet]struct{}
	ready   chan struct{} // closed with the first frame, and at Close
	closed  bool
}

// NewFeed makes a feed without viewers. The function asks the phone for a key frame; it must not
// wait.
func NewFeed(wantKey func()) *Feed {
	return &Feed{
		wantKey: wantKey, limit: rate.NewLimiter(rate.Every(keyInterval), keyBurst),
		outlets: make(map[*outlet]struct{}), ready: make(chan struct{}),
	}
}

// packedFrame is one frame in packets, shared by all viewers.
type packedFrame struct {
	payloads [][]byte
	rtp      uint32
	key      bool
	mutes    uint32 // Feed.mutes when it came
}

// Packet hands a frame on. Its data is copied.
func (f *Feed) Packet(p media.Packet) {
	to, mutes := f.follow(p)
	if len(to) == 0 {
		return
	}
	if p.Key {
		f.wanted.Store(false)
	} else {
		f.ask()
	}
	if f.packed != p.Codec {
		f.packed, f.payloader = p.Codec, newPayloader(p.Codec)
	}
	if f.payloader == nil {
		return
	}
	frame := &packedFrame{
		payloads: f.payloader.Payload(payloadSize, p.Data), rtp: p.RTP, key: p.Key,
		mutes: mutes,
	}
	if len(frame.payloads) == 0 {
		return
	}
	for _, o := range to {
		o.push(frame)
	}
}

// follow notes what the phone sends and returns who gets this frame. Those who agreed on
// another codec have to come again.
func (f *Feed) follow(p media.Packet) (to []*outlet, mutes uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, 0
	}
	profile := f.profile
	if p.Codec == media.H264 && p.Key {
		profile = profileOf(p.Data)
	}
	if f.codec != p.Codec {
		for o := range f.outlets {
			o.end(media.Reason{Code: media.VideoChanged})
		}
		clear(f.outlets)
	}
	if f.codec == media.CodecUnknown {
		close(f.ready)
	}
	f.codec, f.profile = p.Codec, profile
	if f.muted {
		return nil, 0
	}
	return slices.Collect(maps.Keys(f.outlets)), f.mutes.Load()
}

// Mute keeps frames back, those that wait to be sent too, or lets them pass again from the next key
// frame on.
func (f *Feed) Mute(on bool) {
	f.mu.Lock()
	was := f.muted
	f.muted = on
	if on && !was {
		f.mutes.Add(1)
	}
	to := slices.Collect(maps.Keys(f.outlets))
	f.mu.Unlock()
	if was == on {
		return
	}
	for _, o := range to {
		o.interrupt()
	}
	if !on && len(to) > 0 {
		f.askForKey()
	}
}

// Viewers is how many there are.
func (f *Feed) Viewers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.guests()
}

// guests is Viewers for who holds the lock.
func (f *Feed) guests() (n int) {
	for o := range f.outlets {
		if o.guest {
			n++
		}
	}
	return n
}

// Close ends all viewers' connections for that reason, of which they are told; none can be added
// any more.
func (f *Feed) Close(reason media.Reason) {
	f.mu.Lock()
	if !f.closed && f.codec == media.CodecUnknown {
		close(f.ready)
	}
	f.closed = true
	to := slices.Collect(maps.Keys(f.outlets))
	clear(f.outlets)
	f.mu.Unlock()
	for _, o := range to {
		o.end(reason)
	}
}

// Ready says whether there is something to watch.
func (f *Feed) Ready() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.codec != media.CodecUnknown && !f.closed
}

// Await waits for the first frame. The error is ErrNoFeed, when none will come, or ctx's.
func (f *Feed) Await(ctx context.Context) error {
	select {
	case <-f.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !f.Ready() {
		return ErrNoFeed
	}
	return nil
}

// format is what the phone sends; CodecUnknown before its first frame.
func (f *Feed) format() (codec media.Codec, profile string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.codec, f.profile
}

// add lets an outlet have the frames from the next key frame on. The error is ErrNoFeed or ErrFull.
func (f *Feed) add(o *outlet, codec media.Codec) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed || f.codec != codec:
		return ErrNoFeed
	case o.guest && f.guests() >= maxViewers:
		return ErrManyViewers
	}
	f.outlets[o] = struct{}{}
	return nil
}

func (f *Feed) remove(o *outlet) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.outlets, o)
}

// askForKey asks the phone for a key frame: now, or with a later frame when viewers have asked too
// often; not while it would be of use to nobody.
func (f *Feed) askForKey() {
	f.mu.Lock()
	idle := f.muted || f.closed
	f.mu.Unlock()
	if !idle {
		f.wanted.Store(true)
		f.ask()
	}
}

func (f *Feed) ask() {
	if f.wanted.Load() && f.limit.Allow() {
		f.wanted.Store(false)
		f.wantKey()
	}
}

// newPayloader makes what cuts the frames of a codec into packets; nil for one that it cannot.
func newPayloader(c media.Codec) rtp.Payloader {
	switch c {
	case media.H264:
		return &codecs.H264Payloader{}
	case media.VP8:
		return &codecs.VP8Payloader{EnablePictureID: true}
	case media.VP9:
		return &codecs.VP9Payloader{FlexibleMode: true}
	case media.AV1:
		return &codecs.AV1Payloader{}
	}
	return nil
}
