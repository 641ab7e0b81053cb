package peer

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"handlens/media"
	"handlens/media/waittest"
)

// TestFloodsOfMessages: a phone that goes on and on is sent away, and what it sent is not kept.
func TestFloodsOfMessages(t *testing.T) {
	huge := `{"type":"set","x":"` + strings.Repeat("x", maxControl-30) + `"}`
	for what, messages := range map[string]func(p *phone, i int) error{
		"many": func(p *phone, i int) error {
			return p.control.SendText(fmt.Sprintf(`{"type":"camera","fps":%d}`, i))
		},
		"huge":    func(p *phone, _ int) error { return p.control.SendText(huge) },
		"unknown": func(p *phone, _ int) error { return p.control.SendText(`{"type":"x"}`) },
		"pings": func(p *phone, _ int) error {
			return p.control.SendText(`{"type":"ping","t0":1}`)
		},
		"no JSON": func(p *phone, _ int) error { return p.control.SendText(`{`) },
		"deep JSON": func(p *phone, _ int) error {
			return p.control.SendText(strings.Repeat("[", 9000))
		},
		"binary":        func(p *phone, _ int) error { return p.control.Send(make([]byte, 1000)) },
		"empty":         func(p *phone, _ int) error { return p.control.SendText("") },
		"one-way":       func(p *phone, _ int) error { return p.dets.SendText(`{"t":1}`) },
		"one-way, huge": func(p *phone, _ int) error { return p.dets.Send(make([]byte, 15<<10)) },
	} {
		t.Run(what, func(t *testing.T) {
			h := listen(t)
			w := &watcher{t: t}
			before := measure()
			p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
			c := p.join(h, w)
			waittest.Until(t, "channels", func() bool {
				s := c.Stats()
				return s.Control && s.Detections &&
					p.control.ReadyState() == webrtc.DataChannelStateOpen &&
					p.dets.ReadyState() == webrtc.DataChannelStateOpen
			})
			i := 0
			waittest.Until(t, "the end of patience", func() bool {
				for range 100 {
					if p.control.BufferedAmount()+p.dets.BufferedAmount() > 1<<20 {
						break // all that is sent is in the phone's own memory
					}
					if messages(p, i) != nil {
						return true // it is over
					}
					i++
				}
				return isDone(c)
			})
			if got := lastReason(t, c, w); got.Code != media.TooManyMessages {
				t.Errorf("it ended because %v", got)
			}
			// The detections' channel is lossy, so that only the phone knows what it sent.
			if n := len(w.messages); n > controlBurst+60*controlRate {
				t.Errorf("%d of %d messages were handed on", n, i)
			}
			w.messages, w.results = nil, nil // what the test itself has kept of it
			p.pc.Close()
			checkUsage(t, fmt.Sprintf("%d messages", i), before)
		})
	}
}

func isDone(c *Conn) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// TestMessagesThatAreTooLarge are left alone; those that are larger than all that may wait never
// come to an end. The picture goes on beside them.
func TestMessagesThatAreTooLarge(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	offer := p.offer(nil)
	c, err := h.Answer(t.Context(), offer, w)
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	if want := fmt.Sprintf("a=max-message-size:%d\r\n", maxResult); !strings.Contains(c.Answer(),
		want) {
		t.Errorf("the answer does not say %s", want)
	}
	// The phone takes no notice of what we take.
	must(t, p.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: strings.Replace(c.Answer(),
			fmt.Sprintf("a=max-message-size:%d", maxResult), "a=max-message-size:1000000", 1),
	}))
	waittest.Until(t, "control", func() bool {
		return c.Stats().Control && p.control.ReadyState() == webrtc.DataChannelStateOpen
	})
	before := measure()
	must(t, p.control.Send(bytes.Repeat([]byte{'x'}, 200<<10)))
	must(t, p.control.SendText(`{"type":"hello"}`))
	waittest.Until(t, "the message after it", func() bool {
		return c.Stats().ControlDropped == 1 && w.heard() == 1
	})
	must(t, p.control.Send(bytes.Repeat([]byte{'x'}, 900<<10)))
	frames := w.frames.Load()
	p.send(func() bool { return w.frames.Load() >= frames+60 })
	checkUsage(t, "messages of 200 and 900 KiB", before)
	if c.Stats().ControlDropped != 1 || w.heard() != 1 {
		t.Error("the second one came")
	}
}
