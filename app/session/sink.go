package session

import (
	"time"

	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
)

// Sink is told what happens, for events and for the window. Its methods are called from many
// goroutines, for one session one after the other per kind; they must not wait.
type Sink interface {
	// Joined comes when a phone's connection stands for the first time, Left when it is over, with
	// the reason in words. A phone that asked to join but could never reach us has neither: only
	// its Connection tells.
	Joined(s *Session)
	Left(s *Session, reason string)
	// Greeted comes when the phone has introduced itself: from here on it hears control messages.
	Greeted(s *Session)
	// Connection is each change of the session's WebRTC connection.
	Connection(s *Session, state peer.State, reason string)
	// Video says what comes, at the first picture and whenever codec, size or decoder
	// (Session.Hardware) change.
	Video(s *Session, codec media.Codec, width, height int)
	// Detections are those of one picture.
	Detections(s *Session, m inference.Message)
	// Stats comes once a second while the session lasts.
	Stats(s *Session, st Stats)
	// Failed is a fault that a person should know of; the session goes on.
	Failed(s *Session, err error)
}

// Stats is what one second of a session was like.
type Stats struct {
	// FPSIn counts whole pictures that arrived, FPSShown those that were painted, FPSDetected those
	// that were looked at, each a second.
	FPSIn, FPSShown, FPSDetected float64
	// Drops are the pictures not given on since the session began, by cause; detector counts those
	// it was too slow for.
	Drops map[string]uint64
	// Stages says where the time went: "network" (captured → received), "decode", "preprocess",
	// "engine", "postprocess", "detected" (origin → detections known) and "shown" (origin →
	// painted). A stage without samples is left out.
	Stages map[string]Latency
	// Bitrate is in bits per second; Loss is the share of packets, 0..1, that did not come at the
	// first try within the last second.
	Bitrate, Loss float64
	// RTT is the round trip to the phone; 0 while unknown.
	RTT time.Duration
	// Network is "udp" or "tcp".
	Network string
	// Age is how old the newest picture is now.
	Age time.Duration
}

// NoSink is a Sink that heeds nothing, to be embedded by those that heed only some of it.
type NoSink struct{}

// Joined implements Sink.
func (NoSink) Joined(*Session) {}

// Left implements Sink.
func (NoSink) Left(*Session, string) {}

// Greeted implements Sink.
func (NoSink) Greeted(*Session) {}

// Connection implements Sink.
func (NoSink) Connection(*Session, peer.State, string) {}

// Video implements Sink.
func (NoSink) Video(*Session, media.Codec, int, int) {}

// Detections implements Sink.
func (NoSink) Detections(*Session, inference.Message) {}

// Stats implements Sink.
func (NoSink) Stats(*Session, Stats) {}

// Failed implements Sink.
func (NoSink) Failed(*Session, error) {}
