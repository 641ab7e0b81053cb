package peer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media"
	"handlens/media/waittest"
)

// answerPings makes the phone answer clock probes with a clock that is ahead by that much; other
// messages are counted.
func (p *phone) answerPings(ahead time.Duration, others *atomic.Int32) {
	p.control.OnMessage(func(m webrtc.DataChannelMessage) {
		msg, ok := readControl(m.Data)
		switch {
		case !ok:
			p.t.Errorf("not a control message: %q", m.Data)
		case msg.Type == "ping":
			if err := p.control.SendText(
				string(appendProbe(nil, "pong", msg.T0,
					unixMS(time.Now().Add(ahead))))); err != nil {
				p.t.Error(err)
			}
		default:
			others.Add(1)
		}
	})
}

func TestChannelsAndClock(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		h := listen(t)
		w := &watcher{t: t}
		p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
		var heard, boxes atomic.Int32
		// pion's sender reports carry this process' clock, so the phone's clock is ours here.
		p.answerPings(0, &heard)
		p.dets.OnMessage(func(m webrtc.DataChannelMessage) {
			if !m.IsString || !json.Valid(m.Data) {
				t.Errorf("detections are not JSON text: %q", m.Data)
			}
			boxes.Add(1)
		})
		c := p.join(h, w)
		waittest.Until(t, "channels", func() bool {
			s := c.Stats()
			return s.Detections && s.Control
		})
		waittest.Until(t, "the clock", func() bool { return c.Stats().ClockKnown })
		if s := c.Stats(); s.ClockOffset.Abs() > time.Second || s.RTT <= 0 {
			t.Errorf("clock offset %v, round trip %v", s.ClockOffset, s.RTT)
		}
		p.send(func() bool { return w.captured.Load() > 10 })

		if !c.SendControl([]byte(`{"type":"notice","recording":true}`)) {
			t.Error("control is not open")
		}
		waittest.Until(t, "a notice and detections on the phone", func() bool {
			c.SendDetections([]byte(`{"t":1,"detections":[]}`))
			return heard.Load() == 1 && boxes.Load() > 0
		})

		must(t, p.control.SendText(`{"type":"hello","name":"test"}`))
		must(t, p.control.Send([]byte(`{"type":"paused","paused":true}`)))
		for _, bad := range []string{
			"", "hello", `{}`, `[]`, `{"type":5}`,
			`{"type":"pong","t0":"x"}`,
		} {
			must(t, p.control.SendText(bad))
		}
		waittest.Until(t, "the phone's messages", func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return len(w.messages) == 2 && c.Stats().ControlDropped == 6
		})
		if !bytes.Contains(w.messages[0], []byte("hello")) ||
			!bytes.Contains(w.messages[1], []byte("paused")) {
			t.Errorf("%q", w.messages)
		}
	})
}

// A second channel of a name is closed, and the first goes on.
func TestASecondControlChannelDoesNotSilenceTheFirst(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	var heard atomic.Int32
	p.answerPings(0, &heard)
	c := p.join(h, w)
	waittest.Until(t, "the first channel", func() bool { return c.Stats().Control })
	second, err := p.pc.CreateDataChannel("control", nil)
	must(t, err)
	closed := make(chan struct{})
	second.OnClose(func() { close(closed) })
	<-closed
	if !c.SendControl([]byte(`{"type":"notice","recording":true}`)) {
		t.Error("the first channel is silent")
	}
	waittest.Until(t, "a notice on the first channel", func() bool { return heard.Load() == 1 })
	must(t, p.control.SendText(`{"type":"hello"}`))
	waittest.Until(t, "a message of the phone", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.messages) == 1
	})
}

func TestAFloodOfMessagesIsCut(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	waittest.Until(t, "control", func() bool {
		return c.Stats().Control && p.control.ReadyState() == webrtc.DataChannelStateOpen
	})
	const sent = 4 * controlBurst
	for i := range sent {
		must(t, p.control.SendText(fmt.Sprintf(`{"type":"set","zoom":%d}`, i)))
	}
	waittest.Until(t, "the end of the flood", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.messages)+int(c.Stats().ControlDropped) == sent
	})
	if c.Stats().ControlDropped == 0 {
		t.Error("nothing was cut")
	}
}

func TestTooManyChannelsEndTheConnection(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	for i := range maxChannels + 4 {
		_, err := p.pc.CreateDataChannel(fmt.Sprint(i), nil)
		must(t, err)
	}
	if got := lastReason(t, p.join(h, w), w); got.Code != media.TooManyChannels {
		t.Errorf("it ended because %v", got)
	}
}

func TestControlThatThePhoneDoesNotTakeIsBounded(t *testing.T) {
	h, net := listenRough(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	if c.SendControl([]byte(`{}`)) || c.SendDetections([]byte(`{}`)) {
		t.Error("sent before the channels are open")
	}
	waittest.Until(t, "channels", func() bool { s := c.Stats(); return s.Detections && s.Control })
	net.loss.Store(100)
	big := []byte(`{"type":"` + string(bytes.Repeat([]byte{'x'}, 60<<10)) + `"}`)
	waittest.Until(t, "a full channel", func() bool { return !c.SendControl(big) })
	waittest.Until(t, "skipped detections", func() bool { return !c.SendDetections(big) })
	if c.Stats().DetectionsSkipped < 2 {
		t.Error("skipped detections are not counted")
	}
}

func FuzzControl(f *testing.F) {
	f.Add([]byte(`{"type":"pong","t0":1.5,"t1":2}`))
	f.Add([]byte(`{"type":"hello","cameras":[{"id":"a"}]}`))
	f.Add([]byte(`{"type":"ping"}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := readControl(b)
		if ok != (m.Type != "") {
			t.Errorf("%+v, %v", m, ok)
		}
		if ok && !json.Valid(b) {
			t.Error("accepted what is no JSON")
		}
	})
}

// A phone that says goodbye is gone at once, without the wait for one that fell silent.
func TestAPhoneSaysGoodbye(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	waittest.Until(t, "control", func() bool {
		return c.Stats().Control && p.control.ReadyState() == webrtc.DataChannelStateOpen
	})
	must(t, p.control.SendText(`{"type":"bye","reason":"stopped on the phone"}`))
	if got := lastReason(t, c, w); got.Code != media.PhoneLeft {
		t.Errorf("it left for the reason %v", got)
	}
}

// Whoever is sent away must hear it, or its page takes the end for a lost network and comes back.
func TestDismissSaysGoodbye(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for range 5 {
		t.Run("run", func(t *testing.T) {
			h := listen(t)
			p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
			said := make(chan string, 10)
			p.control.OnMessage(func(m webrtc.DataChannelMessage) {
				if bytes.Contains(m.Data, []byte(`"bye"`)) {
					said <- string(m.Data)
				}
			})
			c := p.join(h, &watcher{t: t})
			waittest.Until(t, "the control channel", func() bool { return c.Stats().Control })
			c.Dismiss(media.Reason{Code: media.SentAway})
			select {
			case got := <-said:
				if want := `{"type":"bye","reason":"sent-away"}`; got != want {
					t.Errorf("the phone heard %s, want %s", got, want)
				}
			case <-time.After(10 * time.Second):
				t.Error("the phone heard nothing")
			}
		})
	}
}

// TestTheEndIsOurs whatever the phone does when it hears of it: its page answers by a DELETE and
// closes its side, often before we have.
func TestTheEndIsOurs(t *testing.T) {
	for what, answer := range map[string]func(*phone, *Conn){
		"DELETE":   func(_ *phone, c *Conn) { go c.Close(media.Reason{Code: media.PhoneLeft}) },
		"close":    func(p *phone, _ *Conn) { go p.pc.Close() },
		"good-bye": func(p *phone, _ *Conn) { _ = p.control.SendText(`{"type":"bye"}`) },
	} {
		t.Run(what, func(t *testing.T) {
			for _, code := range []media.ReasonCode{
				media.SentAway, media.ProgramClosed, media.Replaced,
			} {
				h := listen(t)
				w := &watcher{t: t}
				p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
				c := p.join(h, w)
				p.control.OnMessage(func(m webrtc.DataChannelMessage) {
					if bytes.Contains(m.Data, []byte(`"bye"`)) {
						answer(p, c)
					}
				})
				waittest.Until(t, "the control channel", func() bool { return c.Stats().Control })
				c.Dismiss(media.Reason{Code: code})
				if got := lastReason(t, c, w); got.Code != code {
					t.Errorf("it ended because %v, want %v", got, media.Reason{Code: code})
				}
			}
		})
	}
}
