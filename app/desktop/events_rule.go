package desktop

import (
	"handlens/app/rules"
	"handlens/app/session"
)

// Rule implements listener.
func (e *events) Rule(s *session.Session, f rules.Fired) {
	e.write(struct {
		head
		Rule   string         `json:"rule"`
		When   string         `json:"when"`
		Place  string         `json:"place,omitempty"`
		Labels map[string]int `json:"labels"`
		Count  int            `json:"count"`
	}{begin("rule", s), f.Rule.Title(), f.Rule.Condition(), f.Rule.Place, f.Labels, f.Count()})
}
