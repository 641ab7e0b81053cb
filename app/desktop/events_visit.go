package desktop

import (
	"handlens/media/visit"
)

// Visit implements listener. The rung is the highest that is lit, and ms is when it was, counted
// from the first sign of the device. The suspects are the likely causes of its problem, the
// likeliest first.
func (e *events) Visit(v visit.Visit) {
	h := begin("visit", nil)
	h.Session = v.Session
	rung, at := "", 0.0
	if top, ok := v.Top(); ok {
		rung, at = top.String(), ms(v.At[top])
	}
	var suspects []string
	if e.suspects != nil {
		for _, s := range e.suspects(v) {
			suspects = append(suspects, s.Code.String())
		}
	}
	e.write(struct {
		head
		Visit    string   `json:"visit"`
		Address  string   `json:"address"`
		Name     string   `json:"name,omitempty"`
		Rung     string   `json:"rung"`
		MS       float64  `json:"ms"`
		Problem  string   `json:"problem,omitempty"`
		Suspects []string `json:"suspects,omitempty"`
		Over     bool     `json:"over,omitempty"`
		Reason   string   `json:"reason,omitempty"`
	}{
		h, v.ID, v.Address.String(), v.Name, rung, at, v.Problem.String(), suspects, v.Over,
		v.Reason.String(),
	})
}
