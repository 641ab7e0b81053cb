package desktop

import "handlens/app/session"

// modelAnnouncer tells phones which model looks at their video: each when it introduces itself, and
// all when that changes.
type modelAnnouncer struct {
	noListener
	phones *phoneRegistry
	model  func() modelState
}

// Greeted implements session.Sink.
func (a modelAnnouncer) Greeted(s *session.Session) { sendModel(s, a.model()) }

// Model implements listener. A phone that has not introduced itself yet hears nothing, and is told
// when it does.
func (a modelAnnouncer) Model(st modelState) {
	for _, ph := range a.phones.all() {
		sendModel(ph.Session, st)
	}
}

func sendModel(s *session.Session, st modelState) {
	if c := s.Conn(); c != nil {
		c.SendControl(st.message())
	}
}
