package desktop

import "handlens/app/session"

// sendingJSON is what a phone says that it sends. Unknown figures are left out.
type sendingJSON struct {
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	FPS       float64 `json:"fps"`
	Bitrate   int64   `json:"bitrate"` // bits a second
	Codec     string  `json:"codec,omitempty"`
	Encode    float64 `json:"encode,omitempty"`    // ms for one frame
	Efficient *bool   `json:"efficient,omitempty"` // the encoder saves power, as hardware does
	Limited   string  `json:"limited,omitempty"`   // none, bandwidth, cpu or other
}

// sendingOf is nil while the phone has said nothing.
func sendingOf(s session.Sending) *sendingJSON {
	if s == (session.Sending{}) {
		return nil
	}
	return &sendingJSON{
		Width: s.Width, Height: s.Height, FPS: tenth(s.FPS), Bitrate: int64(s.Bitrate),
		Codec: s.Codec, Encode: ms(s.Encode), Efficient: s.Efficient, Limited: s.Limited.String(),
	}
}
