package session

import (
	"time"

	"handlens/media"
)

// Sending is what a phone says that it sends; zero while it has said nothing within the last
// seconds.
type Sending struct {
	// Width and Height are those of the frames that are sent.
	Width, Height int
	FPS           float64
	Bitrate       float64 // bits a second
	Codec         string
	// Encode is what one frame costs the encoder; 0 when unknown.
	Encode time.Duration
	// Efficient says whether that encoder saves power, as hardware does; nil when unknown.
	Efficient *bool
	// Limited is what keeps the phone from sending more.
	Limited media.Limit
}

// sendingHolds is how long what a phone said of its sending holds. It says it every second.
const sendingHolds = 3 * time.Second

// sends takes over what the phone says that it sends.
func (s *Session) sends(m SendingMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sending = Sending{
		Width: int(m.Width), Height: int(m.Height), FPS: m.FPS, Bitrate: m.Bitrate,
		Codec: m.Codec, Encode: time.Duration(m.Encode * float64(time.Millisecond)),
		Efficient: m.Efficient, Limited: media.ParseLimit(m.Limited),
	}
	s.sendingAt = s.now()
}

// sendingNow is what the phone sends, as far as it has said so lately. The caller holds s.mu.
func (s *Session) sendingNow() Sending {
	if s.now().Sub(s.sendingAt) > sendingHolds {
		return Sending{}
	}
	return s.sending
}
