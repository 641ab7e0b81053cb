package ui

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"

	"handlens/media"
)

// fakeForwarder remembers what it is asked for.
type fakeForwarder struct {
	mu    sync.Mutex
	did   orders
	state ForwardState
	err   error
}

func (f *fakeForwarder) Use(address string, boxes bool, token *string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	said := "the one that is kept"
	if token != nil {
		said = fmt.Sprintf("%q", *token)
	}
	f.did.note("%s, boxes %v, with %s", address, boxes, said)
	return f.err
}

func (f *fakeForwarder) State() ForwardState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func TestForwardPanel(t *testing.T) {
	f := new(fakeForwarder)
	cfg := Config{Forwarder: f, Settings: DefaultSettings()}
	var got Settings
	cfg.Changed = func(s Settings) { got = s }
	cfg.Settings.Forward, cfg.Settings.ForwardBoxes = "https://sfu/{phone}/whip", true
	w, l := open(t, cfg)
	w.showForward()
	p := w.forward
	if p.address.Text != cfg.Settings.Forward || !p.boxes.Checked {
		t.Errorf("it shows %q, %v", p.address.Text, p.boxes.Checked)
	}
	for _, s := range []struct {
		do   func()
		want string
	}{
		{
			func() { p.boxes.SetChecked(false); test.Tap(p.use) },
			"https://sfu/{phone}/whip, boxes false, with the one that is kept",
		},
		{func() {
			p.token.SetText("secret")
			p.address.SetText(" http://10.0.0.2:8889/door/whip ")
			test.Tap(p.use)
		}, `http://10.0.0.2:8889/door/whip, boxes false, with "secret"`},
	} {
		s.do()
		f.did.want(t, l, s.want)
		l.Until(t, "the end of it", func() bool { return !w.tasks.Busy() })
	}
	l.Turn()
	if got.Forward != "http://10.0.0.2:8889/door/whip" || got.ForwardBoxes {
		t.Errorf("the settings keep %q, %v", got.Forward, got.ForwardBoxes)
	}
	test.Tap(p.off)
	f.did.want(t, l, `, boxes false, with ""`)
	l.Until(t, "nothing to be kept", func() bool { return got.Forward == "" })
	for _, wrong := range []string{"", "sfu", "rtmp://sfu/x", "https://"} {
		p.address.SetText(wrong)
		test.Tap(p.use)
		if len(f.did.take()) != 0 || !p.said.Object.Visible() {
			t.Errorf("%q is taken, or not spoken of", wrong)
		}
	}
	f.mu.Lock()
	f.err = errors.New("no room")
	f.mu.Unlock()
	p.address.SetText("https://sfu/whip")
	test.Tap(p.use)
	l.Until(t, "what went wrong", func() bool { return p.said.Segment.Text == "no room" })
	p.modal.Close()
	if w.forward != nil || got.Forward != "" {
		t.Error("the panel is not closed, or what went wrong is kept")
	}
}

// It says how the phone is doing that has most trouble.
func TestForwardPanelSaysHowItGetsOn(t *testing.T) {
	w, _ := open(t, Config{Forwarder: new(fakeForwarder), Settings: DefaultSettings()})
	w.showForward()
	p := w.forward
	phone := func(codes ...media.ForwardCode) (all []media.Forward) {
		for _, c := range codes {
			all = append(all, media.Forward{Code: c, Host: "h"})
		}
		return all
	}
	for _, c := range []struct {
		state ForwardState
		words string
	}{
		{ForwardState{}, "Nothing is sent on"},
		{ForwardState{Host: "h"}, "Phones that come are sent to h"},
		{ForwardState{Host: "h", Phones: phone(media.ForwardLive)}, "sent to h"},
		{
			ForwardState{Host: "h", Phones: phone(media.ForwardRefused, media.ForwardLive)},
			"h wants another token",
		},
		{
			ForwardState{Host: "h", Phones: phone(media.ForwardLive, media.ForwardTaken)},
			"not sent to h: another phone is",
		},
		{ForwardState{Phones: phone(media.ForwardOff)}, "Nothing is sent on"},
	} {
		p.sayState(c.state)
		if got := p.state.Label.Text; got != c.words {
			t.Errorf("of %+v it says %q, want %q", c.state, got, c.words)
		}
		if p.off.Visible() != (c.state.Host != "") {
			t.Errorf("of %+v: can it be switched off? %v", c.state, p.off.Visible())
		}
	}
	if p.sayState(ForwardState{Token: true}); p.token.PlaceHolder == "" {
		t.Error("it does not say that a token is kept")
	}
}
