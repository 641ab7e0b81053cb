package peer

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"

	"handlens/media"
)

const (
	// maxControl bounds one message of the phone in bytes.
	maxControl = 16 << 10
	// controlRate and controlBurst bound the messages of the phone: a zoom slider that is dragged
	// sends one for each frame at most.
	controlRate, controlBurst = 60, 120
	// maxExcess is what a phone may overdo it with before its connection is ended, in messages
	// that are left alone and in KiB of them; it comes back at controlRate a second.
	maxExcess = 2000
	// controlQueue bounds the messages that wait for the Handler.
	controlQueue = 64
	// maxChannels bounds the channels that the phone may open in all; it needs two.
	maxChannels = 32
	// detectionsBacklog is how many bytes may wait before detections are skipped: a newer message
	// would arrive later than it is worth.
	detectionsBacklog = 32 << 10
	// controlBacklog bounds the bytes of control messages that wait for the phone.
	controlBacklog = 256 << 10
)

// channels are the two data channels, which the phone opens. Any goroutine may use it.
type channels struct {
	mu                  sync.Mutex
	detections, control *webrtc.DataChannel
	opened              int
	patience            *rate.Limiter  // with what is too much
	open                [2]atomic.Bool // detections, control
}

// newPatience is what a connection begins with.
func newPatience() *rate.Limiter { return rate.NewLimiter(controlRate, maxExcess) }

// accept is called by pion for each channel that the phone opens. Others than ours are closed, and
// so is a second one of a name as long as the first is there. It returns false when there are too
// many.
func (c *Conn) accept(d *webrtc.DataChannel) bool {
	limit := rate.NewLimiter(controlRate, controlBurst)
	return c.channels.accept(d, channelEvents{
		opened:     c.probeClock,
		control:    func(data []byte) { c.handleControl(data, limit) },
		detections: c.takeResult(),
	})
}

// accept is called by pion for each channel that a viewer opens.
func (v *Viewer) accept(d *webrtc.DataChannel) bool {
	limit := rate.NewLimiter(controlRate, controlBurst)
	return v.channels.accept(d, channelEvents{
		opened: func() {},
		control: func(data []byte) {
			m, ok := readControl(data)
			switch {
			case !ok || !limit.Allow():
				v.dropControl(len(data))
			case m.Type == "ping":
				v.SendControl(appendProbe(nil, "pong", m.T0, unixMS(v.host.now())))
			case m.Type == "bye":
				v.end(media.Reason{Code: media.PhoneClosed})
			default:
				v.handler.Control(data)
			}
		},
		detections: func(data []byte) { v.dropControl(len(data)) }, // none belong there
	})
}

// channelEvents is what becomes of what the other side does with its channels: opened is called for
// the one of control, control and detections for each message on theirs.
type channelEvents struct {
	opened              func()
	control, detections func(data []byte)
}

func (ch *channels) accept(d *webrtc.DataChannel, on channelEvents) bool {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.opened++; ch.opened > maxChannels {
		return false
	}
	switch {
	case d.Label() == "detections" && gone(ch.detections):
		ch.detections = d
		d.OnOpen(func() { ch.open[0].Store(true) })
		d.OnClose(func() { ch.ended(0, d) })
		d.OnMessage(func(m webrtc.DataChannelMessage) { on.detections(m.Data) })
	case d.Label() == "control" && gone(ch.control):
		ch.control = d
		d.OnOpen(func() {
			ch.open[1].Store(true)
			on.opened()
		})
		d.OnClose(func() { ch.ended(1, d) })
		d.OnMessage(func(m webrtc.DataChannelMessage) {
			ch.open[1].Store(true) // pion may tell of the first message before it tells of this
			on.control(m.Data)
		})
	default:
		_ = d.Close()
	}
	return true
}

// ended notes that a channel was closed, unless another one of its name has taken its place.
func (ch *channels) ended(which int, d *webrtc.DataChannel) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if d == ch.detections || d == ch.control {
		ch.open[which].Store(false)
	}
}

// gone says whether a channel has ended or never was.
func gone(d *webrtc.DataChannel) bool {
	return d == nil || d.ReadyState() >= webrtc.DataChannelStateClosing
}

// handleControl takes one control message, in pion's goroutine of that channel. Clock probes and
// goodbyes are answered here and now; the rest waits for the owner goroutine.
func (c *Conn) handleControl(data []byte, limit *rate.Limiter) {
	if !limit.AllowN(c.now(), 1) {
		c.dropControl(len(data))
		return
	}
	m, ok := readControl(data)
	if !ok {
		c.dropControl(len(data))
		return
	}
	switch m.Type {
	case "pong":
		c.clock.pong(m.T0, m.T1, m.Taken)
		return
	case "ping":
		c.SendControl(appendProbe(nil, "pong", m.T0, unixMS(c.now())))
		return
	case "bye":
		c.end(media.Reason{Code: media.PhoneLeft})
		return
	}
	select {
	case c.messages <- data:
	default:
		c.dropControl(len(data))
	}
}

// dropControl leaves a message of so many bytes alone. A phone that goes on and on is sent away, so
// that it does not keep this computer busy.
func (c *Conn) dropControl(size int) {
	c.count.controlDropped.Add(1)
	if !c.channels.patience.AllowN(c.now(), 1+size>>10) {
		c.end(media.Reason{Code: media.TooManyMessages})
	}
}

// dropControl is the same for a viewer.
func (v *Viewer) dropControl(size int) {
	v.count.controlDropped.Add(1)
	if !v.channels.patience.AllowN(v.host.now(), 1+size>>10) {
		v.end(media.Reason{Code: media.TooManyMessages})
	}
}

// probeClock sends a ping.
func (c *Conn) probeClock() {
	if c.channels.open[1].Load() {
		c.SendControl(appendProbe(nil, "ping", c.clock.ping()))
	}
}

// SendDetections sends a JSON message on the lossy `detections` channel. It never waits: it returns
// false when the channel is not open, or when so much waits already that the message would come too
// late.
func (c *Conn) SendDetections(b []byte) bool { return c.channels.sendDetections(b, &c.count) }

// SendControl sends a JSON message on the reliable `control` channel. It never waits: it returns
// false when the channel is not open or the phone does not take what was sent before (256 KiB).
func (c *Conn) SendControl(b []byte) bool { return c.channels.sendControl(b) }

func (ch *channels) sendDetections(b []byte, count *counters) bool {
	ch.mu.Lock()
	d := ch.detections
	ch.mu.Unlock()
	ok := d != nil && ch.open[0].Load() && d.BufferedAmount() <= detectionsBacklog &&
		d.SendText(string(b)) == nil
	if ok {
		count.detectionsSent.Add(1)
	} else {
		count.detectionsSkipped.Add(1)
	}
	return ok
}

func (ch *channels) sendControl(b []byte) bool {
	ch.mu.Lock()
	d := ch.control
	ch.mu.Unlock()
	return d != nil && ch.open[1].Load() &&
		d.BufferedAmount()+uint64(len(b)) <= controlBacklog && d.SendText(string(b)) == nil
}

// byeTimeout is how long a goodbye may take to arrive.
const byeTimeout = 250 * time.Millisecond

// sendBye sends `bye` with the reason, and waits until the phone has it.
func (c *Conn) sendBye(reason media.Reason) {
	c.channels.bye(reason, c.done)
}

// bye sends `bye` with the reason and waits until the other side has it, for a moment; or until
// done is closed.
func (ch *channels) bye(reason media.Reason, done <-chan struct{}) {
	if !ch.sendControl(byeMessage(reason)) {
		return
	}
	ch.mu.Lock()
	control := ch.control
	ch.mu.Unlock()
	late := time.After(byeTimeout)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for control.BufferedAmount() > 0 {
		select {
		case <-tick.C:
		case <-done:
			return
		case <-late:
			return
		}
	}
}
