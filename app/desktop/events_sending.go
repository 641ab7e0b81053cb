package desktop

import (
	"handlens/app/session"
	"handlens/inference/detector"
)

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

// serverJSON is how a server that runs the model is doing.
type serverJSON struct {
	Host      string  `json:"host"`
	RoundTrip float64 `json:"round_trip"` // ms, there and back
	UnderWay  int     `json:"under_way"`  // how many frames may be on their way at once
	Binary    bool    `json:"binary"`     // tensors go as bytes, and not as JSON
}

// serverOf is nil while the model runs here.
func serverOf(s *detector.ServerInfo) *serverJSON {
	if s == nil {
		return nil
	}
	return &serverJSON{s.Host, ms(s.RoundTrip), s.UnderWay, s.Binary}
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
