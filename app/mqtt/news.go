package mqtt

import "encoding/json"

// news is what the broker does not know yet. What was taken back comes first, since it may be there
// again.
func (m *Client) news() []message {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []message
	if m.renewed {
		m.renewed = false
		for topic := range m.told {
			m.told[topic] = false // but what is no more is still to be taken back
		}
		for _, e := range m.phones {
			e.sent = ""
		}
		all = append(all, message{topic: m.status(), body: []byte("online"), retain: true})
	}
	for _, topic := range m.gone {
		all = append(all, message{topic: topic, retain: true})
	}
	m.gone = nil
	all = append(all, m.descriptions()...)
	for _, r := range m.fired {
		body, err := json.Marshal(ruleJSON{
			EventType: "fired", Rule: r.Name, Phone: r.Phone, Place: r.Place, Time: r.Time,
			Labels: r.Labels, Count: r.Count,
		})
		if err == nil {
			all = append(all, message{topic: m.ruleTopic(r.Name), body: body, rule: &r})
		}
	}
	m.fired = nil
	for _, e := range m.phones {
		body, err := json.Marshal(e.phone.state(e.seen))
		if err == nil && string(body) != e.sent {
			e.sent = string(body)
			all = append(all, message{
				topic: m.phoneTopic(e.phone.Name), body: body, retain: true,
			})
		}
	}
	return all
}

// last is what is told before the end: a broker keeps it, and shows it again with the next start.
func (m *Client) last() []message {
	m.mu.Lock()
	for _, e := range m.phones {
		e.phone = e.phone.left()
	}
	m.mu.Unlock()
	return append(m.news(), message{topic: m.status(), body: []byte("offline"), retain: true})
}

// descriptions are those of what is new, and the end of those of what there is no more.
func (m *Client) descriptions() (all []message) {
	now := make(map[string]bool)
	describe := func(d described) {
		now[d.topic] = true
		if m.told[d.topic] {
			return
		}
		if body, err := json.Marshal(d.entity); err == nil {
			all = append(all, message{topic: d.topic, body: body, retain: true})
		}
	}
	for _, name := range m.rules {
		describe(m.rule(name))
	}
	for _, e := range m.phones {
		for _, d := range m.phone(e.phone, e.seen) {
			describe(d)
		}
	}
	for topic := range m.told {
		if !now[topic] {
			all = append(all, message{topic: topic, retain: true})
		}
	}
	m.told = now
	return all
}
