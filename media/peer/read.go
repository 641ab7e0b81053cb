package peer

import (
	"errors"
	"io"

	"github.com/pion/webrtc/v4"

	"handlens/media"
)

// maxTracks bounds the streams of one phone in all. It needs two; a few more come when it changes
// its camera.
const maxTracks = 32

// read keeps a track's packets flowing; the tap sees them on their way.
func (c *Conn) read(track *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.ended {
		return
	}
	if c.tracks++; c.tracks > maxTracks {
		c.end(media.Reason{Code: media.TooManyStreams})
		return
	}
	c.wg.Go(func() {
		pump(func(b []byte) error {
			_, _, err := track.Read(b)
			return err
		})
	})
	c.wg.Go(func() {
		pump(func(b []byte) error {
			_, _, err := r.Read(b)
			return err
		})
	})
}

// maxBadReads is how many errors in a row end a reader. One packet of an unknown payload type, for
// which pion's Read fails, must not.
const maxBadReads = 64

// pump reads until the stream ends.
func pump(read func([]byte) error) {
	b := make([]byte, maxPacket)
	for bad := 0; bad < maxBadReads; bad++ {
		err := read(b)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
			return
		}
		if err == nil {
			bad = -1
		}
	}
}
