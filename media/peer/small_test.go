package peer

import (
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"handlens/media"
	"handlens/media/waittest"
)

func TestMeter(t *testing.T) {
	var m meter
	for i := range 20 {
		m.add(time.Duration(i)*meterStep, 100)
	}
	if got := m.add(19*meterStep, 0); got != 8*1000 {
		t.Errorf("%d bits in the last second", got)
	}
	if got := m.add(25*meterStep, 0); got != 8*400 {
		t.Errorf("%d bits after a pause", got)
	}
	if got := m.add(time.Hour, 1); got != 8 {
		t.Errorf("%d bits after an hour", got)
	}
}

// fill pushes frames until n wait.
func fill(t *testing.T, q *queue, n int) {
	t.Helper()
	for len(q.items) < n {
		p := q.fresh()
		p.begin(media.VP8, uint32(len(q.items)))
		p.key = len(q.items) == 0
		if r := q.push(p); r.full || r.dropped > 0 || r.behind != (len(q.items) > queueDepth) {
			t.Fatalf("frame %d: %+v", len(q.items), r)
		}
	}
}

// A burst of any size keeps its first key frame and what follows, in order; there is an end to it
// all the same.
func TestQueueKeepsTheKeyFrame(t *testing.T) {
	q := newQueue()
	fill(t, q, maxWaiting)
	if r := q.push(q.fresh()); !r.full || r.dropped != 0 {
		t.Errorf("one more: %+v", r)
	}
	for i := range maxWaiting {
		p := q.pop()
		if p == nil || p.rtp != uint32(i) || p.key != (i == 0) {
			t.Fatalf("frame %d is %+v", i, p)
		}
		q.recycle(p)
	}
	if q.pop() != nil || q.bytes != 0 {
		t.Error("something is left")
	}
	if len(q.free) > queueDepth+2 {
		t.Errorf("%d unused frames are kept", len(q.free))
	}
}

// The next key frame makes up for a Handler that is too slow.
func TestQueueCatchesUpWithAKeyFrame(t *testing.T) {
	q := newQueue()
	fill(t, q, queueDepth+3)
	q.stale(q.fresh())
	p := q.fresh()
	p.begin(media.VP8, 99)
	p.key = true
	if r := q.push(p); r.behind || r.full || r.dropped != queueDepth+3 {
		t.Errorf("%+v", r)
	}
	if got := q.pop(); got != p || q.pop() != nil {
		t.Errorf("the queue begins with %+v", got)
	}
	// One that is not far behind needs nothing of the kind.
	fill(t, q, 3)
	p.begin(media.VP8, 99)
	p.key = true
	if r := q.push(p); r != (pushed{}) || len(q.items) != 4 {
		t.Errorf("%+v, %d wait", r, len(q.items))
	}
}

func TestQueueIsBoundedInBytes(t *testing.T) {
	q := newQueue()
	for i := range maxWaitingBytes/maxFrameBytes + 1 {
		p := q.fresh()
		p.begin(media.VP8, 0)
		p.data = make([]byte, maxFrameBytes)
		if r := q.push(p); r.full != (i == maxWaitingBytes/maxFrameBytes) {
			t.Errorf("frame %d: %+v", i, r)
		}
	}
}

// A TCP connection that says nothing does not delay the end.
func TestCloseDoesNotWaitForSilentConnections(t *testing.T) {
	h := listen(t)
	c, err := net.Dial("tcp", h.cfg.TCP.Addr().String())
	must(t, err)
	defer c.Close()
	waittest.Until(t, "accepted", func() bool { return h.tcpListener.Open() == 1 })
	must(t, h.Close())
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("still open")
	}
}

func TestAnnouncedAddresses(t *testing.T) {
	chosen := []netip.Addr{netip.MustParseAddr("192.0.2.7"), loopback}
	h := &Host{cfg: Config{Addresses: chosen}, log: slog.New(slog.DiscardHandler)}
	if got := h.announcedAddresses(); !slices.Equal(got, chosen) {
		t.Errorf("%v", got)
	}
	if !anyLoopback(chosen) || !containsIP(chosen, net.IPv4(192, 0, 2, 7)) ||
		containsIP(chosen, net.IPv4(192, 0, 2, 8)) {
		t.Error("addresses are compared wrongly")
	}
	h.cfg.Addresses = nil
	got := h.announcedAddresses()
	if len(got) == 0 {
		t.Error("this machine has no address")
	}
	if anyLoopback(got) &&
		slices.ContainsFunc(got, func(a netip.Addr) bool { return !a.IsLoopback() }) {
		t.Errorf("loopback beside others: %v", got)
	}
}

func TestPortIsTaken(t *testing.T) {
	h, err := Listen(Config{Addresses: []netip.Addr{loopback}})
	must(t, err)
	defer h.Close()
	if _, err := Listen(Config{Port: h.Port()}); err == nil {
		t.Error("two hosts on one port")
	}
	must(t, h.Close())
	must(t, h.Close())
}

func lastReason(t *testing.T, c *Conn, w *watcher) media.Reason {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Fatal("the connection does not end")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.states[len(w.states)-1] != Closed {
		t.Errorf("states %v", w.states)
	}
	return w.reasons[len(w.reasons)-1]
}

func TestAPhoneThatNeverComes(t *testing.T) {
	h := listen(t)
	h.connectTimeout = 100 * time.Millisecond
	w := &watcher{t: t}
	c, err := h.Answer(t.Context(), newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil),
		w)
	must(t, err)
	want := media.Reason{Code: media.NeverReached, After: h.connectTimeout}
	if got := lastReason(t, c, w); got != want {
		t.Errorf("reason %v", got)
	}
}

func TestAPhoneThatGoesAway(t *testing.T) {
	h, net := listenRough(t)
	h.reconnectTimeout = 100 * time.Millisecond
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 5 })
	net.loss.Store(100)
	want := media.Reason{Code: media.PhoneLost, After: h.reconnectTimeout + disconnectedAfter}
	if got := lastReason(t, c, w); got != want || !w.seen(Disconnected) {
		t.Errorf("reason %v", got)
	}
}

// TestPatience: an outage of half a minute costs a phone nothing, and pion, which does not look for
// a way any more once it has given up, gives up after us.
func TestPatience(t *testing.T) {
	if reconnectTimeout < 30*time.Second || failedAfter <= reconnectTimeout {
		t.Errorf("we wait for %v, pion for %v", reconnectTimeout, failedAfter)
	}
}
