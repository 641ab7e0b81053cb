package session

import (
	"context"
	"time"

	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/peer"
)

// Stats is what one second of a session was like.
type Stats struct {
	// FPSIn counts complete frames that arrived, FPSShown those that were painted, FPSDetected
	// those that the detector ran on, each a second.
	FPSIn, FPSShown, FPSDetected float64
	Drops                        Drops
	Stages                       Stages
	// Bitrate is in bits per second; Loss is the share of packets, 0..1, that did not come at the
	// first try within the last second.
	Bitrate, Loss float64
	// RTT is the round trip to the phone; 0 while unknown.
	RTT time.Duration
	// Network is "udp" or "tcp".
	Network string
	// Age is how old the newest frame is now. From says from where this age and those of the Stages
	// Detected and Shown are counted; ClockError is by how much they are wrong at most, since the
	// phone's clock is another one.
	Age, ClockError time.Duration
	From            AgeFrom
	// Strain says what gives way because this computer is too slow for all of it.
	Strain media.Strain
	// Sending is what the phone says that it sends.
	Sending Sending
	// Server is the one that runs the model, nil while none does.
	Server *detector.ServerInfo
	// DetectOn is where detection runs, OnComputer or OnPhone; Computer and Phone are what it was
	// like in each place, and PhoneDetector is what the phone says of its own.
	DetectOn        Place
	Computer, Phone PlaceFigures
	PhoneDetector   DetectorMessage
}

// AgeFrom is the moment in a frame's life from which its age is counted: the earliest that is
// known.
type AgeFrom string

// The moments, latest first.
const (
	// FromArrival: the last byte of the frame arrived here.
	FromArrival AgeFrom = "arrival"
	// FromBrowser: the phone's browser had the picture, which the camera may have taken before.
	FromBrowser AgeFrom = "browser"
	// FromCamera: the camera took the picture, by what the browser knows of it.
	FromCamera AgeFrom = "camera"
)

// Drops counts the frames that were not passed on since the session began, by cause.
type Drops struct {
	// Damaged: the decoder could not make sense of it.
	Damaged uint64 `json:"damaged"`
	// Decoder: complete, but the decoder was too slow.
	Decoder uint64 `json:"decoder"`
	// Detector: shown, but the detector was too slow.
	Detector uint64 `json:"detector"`
	// Incomplete: packets were missing for good.
	Incomplete uint64 `json:"incomplete"`
	// Malformed: the payload breaks its codec's RTP format.
	Malformed uint64 `json:"malformed"`
	// TooLarge: beyond the limits of one frame.
	TooLarge uint64 `json:"too_large"`
	// Unreferenced: complete, but what it refers to was lost before.
	Unreferenced uint64 `json:"unreferenced"`
}

// Stages says where the time of the last second went.
type Stages struct {
	// Network is from capture to arrival, encoding included, while the phone's clock is known.
	Network Latency
	Decode  Latency
	// Preprocess, Engine and Postprocess are those of the detector here, Phone is all of the
	// phone's own.
	Preprocess, Engine, Postprocess, Phone Latency
	// Detected is from Stats.From until a frame's detections were known, Shown until it was
	// painted.
	Detected, Shown Latency
}

// statsLoop tells the sink once a second how things go, until ctx ends.
func (s *Session) statsLoop(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		conn := s.Conn()
		if conn == nil {
			continue
		}
		s.follow(conn)
		st := s.takeStats(conn.Stats())
		if age, bytes := s.tape.SinceKey(); wantsKey(age, bytes, st.Bitrate, s.clean.Load()) {
			conn.RequestKeyFrame()
		}
		from, _ := s.tape.Span()
		s.tracking.timeline.Forget(from)
		s.sink.Stats(s, st)
	}
}

// takeStats describes the time since the last call and keeps it for the Scene.
func (s *Session) takeStats(p peer.Stats) Stats {
	st := s.meter.take(s.now(), p)
	now := s.now()
	byPhone := s.own.detecting(now)
	st.Strain = s.meter.strain.add(st, byPhone)
	s.place(&st, now)
	_, skipped := s.pending.Counts()
	st.Drops = s.dropped.plus(p)
	st.Drops.Damaged, st.Drops.Detector = s.meter.broken.Load(), skipped
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.scene.Frame; f != nil {
		st.Age = s.now().Sub(f.Origin())
		st.countFrom(f, p)
	}
	st.Sending = s.sendingNow()
	if !byPhone {
		st.Server = s.scene.Model.Server
	}
	s.scene.Stats = st
	return st
}

// countFrom says from where the ages are counted, as it is with this frame.
func (s *Stats) countFrom(f *media.Frame, p peer.Stats) {
	switch {
	case f.Captured.IsZero():
		s.From = FromArrival
		return
	case p.FromCamera:
		s.From = FromCamera
	default:
		s.From = FromBrowser
	}
	s.ClockError = p.ClockError
}

// follow notes that the figures are another connection's from here on: it counts from zero.
func (s *Session) follow(conn *peer.Conn) {
	if s.metered == conn {
		return
	}
	if s.metered != nil {
		s.dropped = s.dropped.plus(s.metered.Stats())
	}
	s.metered = conn
	s.meter.lastPackets, s.meter.lastLost, s.meter.lastRecovered = 0, 0, 0
}

// plus adds what a connection has dropped.
func (d Drops) plus(p peer.Stats) Drops {
	d.Decoder += p.Dropped.Overflow
	d.Incomplete += p.Dropped.Incomplete
	d.Malformed += p.Dropped.Malformed
	d.TooLarge += p.Dropped.TooLarge
	d.Unreferenced += p.Dropped.Unreferenced
	return d
}
