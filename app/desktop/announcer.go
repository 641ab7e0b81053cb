package desktop

import "handlens/app/session"

// modelAnnouncer tells phones which model looks at their video: each when it introduces itself, and
// all when that changes.
type modelAnnouncer struct {
	noListener
	phones *phoneRegistry
	model  func() modelState
}

// Hello implements session.Sink.
func (a modelAnnouncer) Hello(s *session.Session) { s.Tell(a.model().message()) }

// Model implements listener. A phone that has not introduced itself yet hears nothing, and is told
// when it does.
func (a modelAnnouncer) Model(st modelState) {
	for _, ph := range a.phones.all() {
		ph.Tell(st.message())
	}
}
