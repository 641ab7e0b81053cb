package peer

import (
	"slices"
	"time"
)

// layerSilence is how long the stream that we follow may be silent before another takes its place.
// Browsers stop the largest layer for as long as the network does not carry it.
const layerSilence = 500 * time.Millisecond

// follow says whether the packet is of the stream that we follow: of those that are sent side by
// side the largest, of equals the newest. It changes to another one with the first packet of that
// one's key frame, so that the picture goes on.
func (r *receiver) follow(p *packet, now time.Time) bool {
	s := p.stream
	if len(p.payload) > 0 { // padding is no sign of life
		if s.heard.IsZero() && len(r.streams) < maxTracks {
			r.streams = append(r.streams, s)
		}
		s.heard = now
	}
	if s == r.current {
		return true
	}
	if r.current == nil {
		r.begin(s, now)
		return true
	}
	if r.keyFrameOf(p) && (s.pixels > r.current.pixels ||
		(s.pixels == r.current.pixels && s.order > r.current.order)) {
		r.abandon()
		r.count.lost.Add(uint64(r.ring.reset(r.discard)))
		r.keyAt, r.needKey = -1, true
		r.begin(s, now)
		return true
	}
	if now.Sub(r.current.heard) < layerSilence || s != r.largest(now) {
		return false
	}
	r.restart(now)
	r.begin(s, now)
	return true
}

// begin follows a stream.
func (r *receiver) begin(s *stream, now time.Time) {
	r.current, r.hasArrival = s, false
	// The phone begins with a key frame without being asked; we ask soon if it did not.
	r.lastPLI = now.Add(idleTick - r.keyPause())
}

// keyFrameOf says whether a key frame begins with the packet, of a stream that we do not follow,
// and notes its size.
func (r *receiver) keyFrameOf(p *packet) bool {
	codec := r.payloads[p.pt].codec
	d := r.inspectors[codec]
	if d == nil {
		if d = newDepacketizer(codec); d == nil {
			return false
		}
		r.inspectors[codec] = d
	}
	if _, key := d.inspect(p.payload); !key {
		return false
	}
	width, height := d.size(p.payload)
	p.stream.pixels = width * height
	return true
}

// largest returns the largest stream that is heard, of equals the newest; nil for none.
func (r *receiver) largest(now time.Time) (best *stream) {
	for _, s := range slices.Backward(r.streams) {
		if now.Sub(s.heard) < layerSilence && (best == nil || s.pixels > best.pixels) {
			best = s
		}
	}
	return best
}
