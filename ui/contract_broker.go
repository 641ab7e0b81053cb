package ui

// Broker tells an MQTT broker what phones show: that of Settings.Broker. Its methods run off the UI
// goroutine.
type Broker interface {
	// Use has the broker at an address told (mqtt://USER@HOST:PORT, or mqtts:// with TLS), and no
	// other any more; "" stands for none. Its certificate may be of the authorities in a PEM file,
	// or of the system's for "". The password is kept; nil leaves the one that is.
	Use(url, authority string, password *string) error
	// State says how it gets on.
	State() BrokerState
}

// BrokerState is how telling a broker gets on.
type BrokerState struct {
	// Host is HOST:PORT; "" for none.
	Host string
	// Connected says that it is told now; Err is why it could not be reached last, nil before that
	// is known.
	Connected bool
	Err       error
	// Password says that one is kept.
	Password bool
}
