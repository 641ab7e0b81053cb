package session

import (
	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
)

// Sink is told what happens, for events and for the window. Its methods are called from many
// goroutines, for one session one after the other per kind; they must not wait.
type Sink interface {
	// Joined comes when a phone's connection stands for the first time, Left when it is over, with
	// the reason. A phone that asked to join but could never reach us has neither: only its
	// Connection tells.
	Joined(s *Session)
	Left(s *Session, reason media.Reason)
	// Hello comes when the phone has introduced itself: from here on it hears control messages.
	Hello(s *Session)
	// Connection is each change of the session's WebRTC connection.
	Connection(s *Session, state peer.State, reason media.Reason)
	// Video says what comes, at the first frame and whenever codec, size or decoder
	// (Session.Hardware) change.
	Video(s *Session, codec media.Codec, width, height int)
	// Detections are those of one frame.
	Detections(s *Session, m inference.Message)
	// Moved comes when detection runs somewhere else than before: OnComputer or OnPhone.
	Moved(s *Session, to Place, why MoveWhy)
	// Stats comes once a second while the session lasts.
	Stats(s *Session, st Stats)
	// ViewerJoined comes when one who watches a session in a browser is connected, ViewerLeft when
	// that is over, with the reason (peer.ViewerHandler has what it means). The session may be over
	// then.
	ViewerJoined(v *Viewer)
	ViewerLeft(v *Viewer, reason media.Reason)
	// Failed is a fault that a person should know of; the session goes on.
	Failed(s *Session, err error)
}

// NoSink ignores all events. Embed it to implement only some methods.
type NoSink struct{}

// Joined implements Sink.
func (NoSink) Joined(*Session) {}

// Left implements Sink.
func (NoSink) Left(*Session, media.Reason) {}

// Hello implements Sink.
func (NoSink) Hello(*Session) {}

// Connection implements Sink.
func (NoSink) Connection(*Session, peer.State, media.Reason) {}

// Video implements Sink.
func (NoSink) Video(*Session, media.Codec, int, int) {}

// Detections implements Sink.
func (NoSink) Detections(*Session, inference.Message) {}

// Moved implements Sink.
func (NoSink) Moved(*Session, Place, MoveWhy) {}

// Stats implements Sink.
func (NoSink) Stats(*Session, Stats) {}

// ViewerJoined implements Sink.
func (NoSink) ViewerJoined(*Viewer) {}

// ViewerLeft implements Sink.
func (NoSink) ViewerLeft(*Viewer, media.Reason) {}

// Failed implements Sink.
func (NoSink) Failed(*Session, error) {}
