package desktop

import (
	"handlens/app/mqtt"
	"handlens/ui"
)

// Use implements ui.Broker.
func (b *brokerTeller) Use(url, authority string, password *string) error {
	if url != "" {
		if _, err := mqtt.ParseURL(url); err != nil {
			return err
		}
	}
	if password != nil {
		if err := b.password.set(url, *password); err != nil {
			return err
		}
	}
	return b.use(url, authority)
}

// State implements ui.Broker.
func (b *brokerTeller) State() ui.BrokerState {
	b.mu.Lock()
	client, url, st := b.client, b.url, ui.BrokerState{Host: mqtt.Host(b.url), Err: b.wrong}
	b.mu.Unlock()
	if client != nil {
		st.Connected, st.Err = client.State()
	}
	st.Password = b.password.kept(url)
	return st
}
