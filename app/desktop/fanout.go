package desktop

import (
	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
)

// sinks tells each of several listeners in turn. It is complete before the first session and not changed any more.
type sinks []session.Sink

func (all sinks) Joined(s *session.Session) {
	for _, k := range all {
		k.Joined(s)
	}
}

func (all sinks) Left(s *session.Session, reason media.Reason) {
	for _, k := range all {
		k.Left(s, reason)
	}
}

func (all sinks) Hello(s *session.Session) {
	for _, k := range all {
		k.Hello(s)
	}
}

func (all sinks) Connection(s *session.Session, state peer.State, reason media.Reason) {
	for _, k := range all {
		k.Connection(s, state, reason)
	}
}

func (all sinks) Video(s *session.Session, codec media.Codec, width, height int) {
	for _, k := range all {
		k.Video(s, codec, width, height)
	}
}

func (all sinks) Detections(s *session.Session, m inference.Message) {
	for _, k := range all {
		k.Detections(s, m)
	}
}

func (all sinks) Stats(s *session.Session, st session.Stats) {
	for _, k := range all {
		k.Stats(s, st)
	}
}

func (all sinks) Failed(s *session.Session, err error) {
	for _, k := range all {
		k.Failed(s, err)
	}
}
