package peer

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"handlens/media/waittest"
)

// What the phone finds comes to the Handler as it was sent; what is too long, or too much, is
// dropped and counted, and nothing waits for it.
func TestThePhonesOwnResultsComeHere(t *testing.T) {
	h := listen(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	var others atomic.Int32
	p.answerPings(0, &others)
	c := p.join(h, w)
	waittest.Until(t, "the channels", func() bool {
		return c.Stats().Detections && p.dets.ReadyState() == webrtc.DataChannelStateOpen
	})
	long := `{"t":1,"detections":[]}` + strings.Repeat(" ", maxResult-30)
	must(t, p.dets.SendText(long))
	c.takeResult()(make([]byte, maxResult+1)) // an honest peer does not send it
	results := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.results)
	}
	first := func() string {
		w.mu.Lock()
		defer w.mu.Unlock()
		return string(w.results[0])
	}
	waittest.Until(t, "one result and one that is too long", func() bool {
		return results() == 1 && c.Stats().ResultsDropped == 1
	})
	if got := first(); got != long {
		t.Errorf("it came as %d bytes", len(got))
	}
	const flood = 4 * resultBurst
	for i := range flood {
		must(t, p.dets.SendText(fmt.Sprintf(`{"t":%d}`, i)))
	}
	waittest.Until(t, "the end of the flood", func() bool {
		return results()+int(c.Stats().ResultsDropped) >= flood/2
	})
	if c.Stats().ResultsDropped < 2 {
		t.Error("nothing of a flood was dropped")
	}
}

func TestThePhonesMomentsOnOurClock(t *testing.T) {
	now := time.Now()
	c := &phoneClock{now: func() time.Time { return now }}
	if _, ok := c.ours(unixMS(now)); ok {
		t.Error("a moment was mapped by a clock that nothing is known of")
	}
	const ahead = time.Hour
	t0 := c.ping()
	c.pong(t0, unixMS(now.Add(ahead)), nil)
	at, ok := c.ours(unixMS(now.Add(ahead - 40*time.Millisecond)))
	if d := now.Sub(at) - 40*time.Millisecond; !ok || d.Abs() > time.Millisecond {
		t.Errorf("40 ms ago is %v ago, %v", now.Sub(at), ok)
	}
	for _, ms := range []float64{
		0, -1, 1e300, unixMS(now.Add(ahead - time.Minute)), unixMS(now.Add(ahead + time.Minute)),
	} {
		if at, ok := c.ours(ms); ok {
			t.Errorf("%v is taken for %v", ms, at)
		}
	}
}
