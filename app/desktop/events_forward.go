package desktop

import (
	"handlens/app/session"
	"handlens/media"
)

// Forward implements listener.
func (e *events) Forward(s *session.Session, st media.Forward) {
	e.write(struct {
		head
		State  string  `json:"state"`
		Host   string  `json:"host"`
		Status int     `json:"status,omitempty"`
		Retry  float64 `json:"retry,omitempty"` // seconds
	}{begin("forward", s), st.Code.String(), st.Host, st.Status, tenth(st.Retry.Seconds())})
}
