package ui

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"
)

// fakeBroker remembers what it is asked for.
type fakeBroker struct {
	mu    sync.Mutex
	did   orders
	state BrokerState
	err   error
}

func (f *fakeBroker) Use(url, authority string, password *string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	said := "the one that is kept"
	if password != nil {
		said = fmt.Sprintf("%q", *password)
	}
	if authority != "" {
		said += " by " + authority
	}
	f.did.note("%s with %s", url, said)
	return f.err
}

func (f *fakeBroker) State() BrokerState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *fakeBroker) set(st BrokerState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = st
}

func TestBrokerPanel(t *testing.T) {
	f := new(fakeBroker)
	cfg := Config{Broker: f, Settings: DefaultSettings()}
	var got Settings
	cfg.Changed = func(s Settings) { got = s }
	cfg.Settings.Broker, cfg.Settings.BrokerCA = "mqtts://me@home:99", "/own.pem"
	w, l := open(t, cfg)
	w.showBroker()
	b := w.broker
	if b.address.Text != "home:99" || b.user.Text != "me" || !b.tls.Checked ||
		b.authority.Text != "/own.pem" || !b.authorityRow.Visible() {
		t.Errorf("it shows %q, %q, %v, %q", b.address.Text, b.user.Text, b.tls.Checked,
			b.authority.Text)
	}
	steps := []struct {
		do   func()
		want string
	}{
		{func() { test.Tap(b.use) }, "mqtts://me@home:99 with the one that is kept by /own.pem"},
		{func() {
			b.password.SetText("secret")
			b.tls.SetChecked(false)
			b.address.SetText(" 10.0.0.2 ")
			if b.authorityRow.Visible() {
				t.Error("without TLS it asks for an authority")
			}
			test.Tap(b.use)
		}, `mqtt://me@10.0.0.2 with "secret"`},
		{func() {
			b.tls.SetChecked(true)
			b.authority.SetText("")
			test.Tap(b.use)
		}, "mqtts://me@10.0.0.2 with the one that is kept"},
		{func() { test.Tap(b.off) }, ` with ""`},
	}
	for _, s := range steps {
		s.do()
		f.did.want(t, l, s.want)
		l.Until(t, "the end of it", func() bool { return !w.tasks.Busy() })
	}
	l.Turn()
	if got.Broker != "" || got.BrokerCA != "" {
		t.Errorf("the settings keep %q, %q", got.Broker, got.BrokerCA)
	}
	b.address.SetText("http://x")
	test.Tap(b.use)
	if len(f.did.take()) != 0 || !b.said.Object.Visible() {
		t.Error("an address of something else is taken, or not spoken of")
	}
	f.mu.Lock()
	f.err = errors.New("no room")
	f.mu.Unlock()
	b.address.SetText("home")
	test.Tap(b.use)
	l.Until(t, "what went wrong", func() bool { return b.said.Segment.Text == "no room" })
	if got.Broker != "" {
		t.Error("what went wrong is kept")
	}
}

func TestBrokerPanelSaysHowItGetsOn(t *testing.T) {
	f := new(fakeBroker)
	w, l := open(t, Config{Broker: f, Settings: DefaultSettings()})
	w.showBroker()
	b := w.broker
	for _, c := range []struct {
		state  BrokerState
		words  string
		hasOff bool
	}{
		{BrokerState{}, "Nobody is told", false},
		{BrokerState{Host: "h:1"}, "Connecting to h:1…", true},
		{BrokerState{Host: "h:1", Connected: true, Password: true}, "h:1 is told", true},
		{BrokerState{Host: "h:1", Err: errors.New("why")}, "h:1 cannot be reached", true},
	} {
		f.set(c.state)
		w.tasks.Go(b.look)
		l.Until(t, c.words, func() bool { return b.state.Label.Text == c.words })
		if b.off.Visible() != c.hasOff || (b.password.PlaceHolder != "") != c.state.Password {
			t.Errorf("%s: off %v, holder %q", c.words, b.off.Visible(), b.password.PlaceHolder)
		}
	}
	b.modal.Close()
	if w.broker != nil {
		t.Error("the panel is not closed")
	}
}

func TestBrokerAddresses(t *testing.T) {
	for _, c := range []struct {
		address, user string
		tls           bool
		want          string
	}{
		{"h", "", false, "mqtt://h"},
		{"h:1", "a b", true, "mqtts://a%20b@h:1"},
		{"mqtt://u:p@h", "", true, "mqtt://u:p@h"},
		{"::1", "", false, "mqtt://[::1]"},
		{"[::1]:99", "", false, "mqtt://[::1]:99"},
		{"", "", false, ""},
		{"ftp://h", "", false, ""},
		{"h x", "", false, ""},
	} {
		got, err := brokerAddress(c.address, c.user, c.tls)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%+v gives %q, %v", c, got, err)
		}
	}
}
