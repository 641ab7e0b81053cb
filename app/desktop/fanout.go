package desktop

import (
	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/record"
	"handlens/media/visit"
	"handlens/ui"
)

// fanout tells each of several listeners in turn. It is the one way in which the parts of the app
// hear of each other. The parts are made with it before they are in it, so it is filled in one
// step, before anything happens, and not changed any more.
type fanout struct{ listeners []listener }

func (f *fanout) tell(what func(listener)) {
	for _, l := range f.listeners {
		what(l)
	}
}

func (f *fanout) Joined(s *session.Session) { f.tell(func(l listener) { l.Joined(s) }) }

func (f *fanout) Left(s *session.Session, reason media.Reason) {
	f.tell(func(l listener) { l.Left(s, reason) })
}

func (f *fanout) Hello(s *session.Session) { f.tell(func(l listener) { l.Hello(s) }) }

func (f *fanout) Connection(s *session.Session, state peer.State, reason media.Reason) {
	f.tell(func(l listener) { l.Connection(s, state, reason) })
}

func (f *fanout) Video(s *session.Session, codec media.Codec, width, height int) {
	f.tell(func(l listener) { l.Video(s, codec, width, height) })
}

func (f *fanout) Detections(s *session.Session, m inference.Message) {
	f.tell(func(l listener) { l.Detections(s, m) })
}

func (f *fanout) Moved(s *session.Session, to session.Place, why session.MoveWhy) {
	f.tell(func(l listener) { l.Moved(s, to, why) })
}

func (f *fanout) Stats(s *session.Session, st session.Stats) {
	f.tell(func(l listener) { l.Stats(s, st) })
}

func (f *fanout) Failed(s *session.Session, err error) {
	f.tell(func(l listener) { l.Failed(s, err) })
}

func (f *fanout) Pairing(offer pairingOffer) { f.tell(func(l listener) { l.Pairing(offer) }) }

func (f *fanout) ViewerJoined(v *session.Viewer) { f.tell(func(l listener) { l.ViewerJoined(v) }) }

func (f *fanout) ViewerLeft(v *session.Viewer, reason media.Reason) {
	f.tell(func(l listener) { l.ViewerLeft(v, reason) })
}

func (f *fanout) Sharing(url string) { f.tell(func(l listener) { l.Sharing(url) }) }

func (f *fanout) Watching(all []ui.Viewer) { f.tell(func(l listener) { l.Watching(all) }) }

func (f *fanout) Visit(v visit.Visit) { f.tell(func(l listener) { l.Visit(v) }) }

func (f *fanout) Visits(all []visit.Visit) { f.tell(func(l listener) { l.Visits(all) }) }

func (f *fanout) Model(st modelState) { f.tell(func(l listener) { l.Model(st) }) }

func (f *fanout) Recording(
	s *session.Session, step recordingStep, st recording.State, made recording.Result,
) {
	f.tell(func(l listener) { l.Recording(s, step, st, made) })
}

func (f *fanout) CleanNotKept(s *session.Session) { f.tell(func(l listener) { l.CleanNotKept(s) }) }

func (f *fanout) Snapshot(s *session.Session, saved record.Saved) {
	f.tell(func(l listener) { l.Snapshot(s, saved) })
}

func (f *fanout) Rule(s *session.Session, fired rules.Fired) {
	f.tell(func(l listener) { l.Rule(s, fired) })
}

func (f *fanout) Forward(s *session.Session, st media.Forward) {
	f.tell(func(l listener) { l.Forward(s, st) })
}

func (f *fanout) Glass(s *session.Session, r delayReading) {
	f.tell(func(l listener) { l.Glass(s, r) })
}

func (f *fanout) Fault(err error) { f.tell(func(l listener) { l.Fault(err) }) }
