package peer

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"handlens/media/waittest"
)

// roughSocket is a UDP socket on a bad network. What it does to packets may be changed at any time.
type roughSocket struct {
	*net.UDPConn
	// loss is in percent, both ways; jitter the largest delay and doubled the percentage of packets
	// that come twice, both inwards.
	loss, jitterMS, doubled atomic.Int32
	// muteDTLS is how many of the next packets of the handshake are lost outwards.
	muteDTLS atomic.Int32
	// mediaFirst is how many packets of media are to come before the end of the handshake, which is
	// lost until then.
	mediaFirst atomic.Int32
	// The two directions have their own dice, so that what happens in one does not depend on the
	// other.
	inward, outward *dice
	in              chan datagram
	done            chan struct{}
	once            sync.Once
	wg              sync.WaitGroup
}

// A failing pattern of losses is played again with the seed that the test has logged.
const seedVariable = "HANDLENS_TEST_SEED"

// testSeed returns the seed of the test's randomness and logs it.
func testSeed(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		must(t, err)
	}
	t.Logf("%s=%d", seedVariable, seed)
	return seed
}

// dice decides what happens to packets, in the order in which they come. Any goroutine may use it.
type dice struct {
	mu  sync.Mutex
	rng *rand.Rand
}

func newDice(seed, stream uint64) *dice { return &dice{rng: rand.New(rand.NewPCG(seed, stream))} }

// hit says whether something that happens to so many per cent of the packets happens to this one.
func (d *dice) hit(percent *atomic.Int32) bool { return d.below(100) < percent.Load() }

// below returns a number from 0 to n-1.
func (d *dice) below(n int32) int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rng.Int32N(n)
}

type datagram struct {
	data []byte
	from net.Addr
}

func newRoughSocket(t *testing.T) *roughSocket {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{})
	must(t, err)
	seed := testSeed(t)
	s := &roughSocket{
		UDPConn: conn, inward: newDice(seed, 1), outward: newDice(seed, 2),
		in: make(chan datagram, 4096), done: make(chan struct{}),
	}
	s.wg.Go(s.read)
	return s
}

func (s *roughSocket) read() {
	b := make([]byte, 8192)
	for {
		n, from, err := s.UDPConn.ReadFrom(b)
		if err != nil {
			return
		}
		if s.inward.hit(&s.loss) || s.tooSoon(b[:n]) {
			continue
		}
		copies := 1
		if s.inward.hit(&s.doubled) {
			copies = 2
		}
		for range copies {
			d := datagram{append([]byte(nil), b[:n]...), from}
			deliver := func() {
				select {
				case s.in <- d:
				case <-s.done:
				}
			}
			if j := s.jitterMS.Load(); j > 0 {
				time.AfterFunc(time.Duration(s.inward.below(j*1000))*time.Microsecond, deliver)
			} else {
				deliver()
			}
		}
	}
}

// tooSoon says that this packet is the end of the handshake, and that media is to come first.
func (s *roughSocket) tooSoon(b []byte) bool {
	if len(b) > 1 && b[0]>>6 == 2 && (b[1] < 192 || b[1] > 223) { // RFC 5761: no RTCP
		s.mediaFirst.Add(-1)
	}
	return len(b) > 0 && b[0] == 20 && s.mediaFirst.Load() > 0 // ChangeCipherSpec
}

func (s *roughSocket) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case d := <-s.in:
		return copy(b, d.data), d.from, nil
	case <-s.done:
		return 0, nil, net.ErrClosed
	}
}

func (s *roughSocket) WriteTo(b []byte, to net.Addr) (int, error) {
	handshake := len(b) > 0 && b[0] == 22 // RFC 9147 section 4.1, DTLS 1.2: content type
	if s.outward.hit(&s.loss) || handshake && s.muteDTLS.Add(-1) >= 0 {
		return len(b), nil
	}
	return s.UDPConn.WriteTo(b, to)
}

// ReadFromUDPAddrPort and WriteToUDPAddrPort are what pion prefers.
func (s *roughSocket) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	n, from, err := s.ReadFrom(b)
	if err != nil {
		return n, netip.AddrPort{}, err
	}
	return n, from.(*net.UDPAddr).AddrPort(), nil
}

func (s *roughSocket) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

func (s *roughSocket) Close() error {
	s.once.Do(func() { close(s.done) })
	err := s.UDPConn.Close()
	s.wg.Wait()
	return err
}

func listenRough(t *testing.T) (*Host, *roughSocket) {
	t.Helper()
	s := newRoughSocket(t)
	h := listenOn(Config{Addresses: []netip.Addr{loopback}}, s)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, s
}

// The watcher checks each frame: none is damaged, none comes without its references.
func TestLossAndJitterAreRepaired(t *testing.T) {
	for _, mime := range []string{webrtc.MimeTypeVP8, webrtc.MimeTypeH264} {
		t.Run(mime, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			t.Run("run", func(t *testing.T) {
				h, s := listenRough(t)
				w := &watcher{t: t}
				var longest atomic.Int64
				last := time.Now()
				w.slow = func() {
					if w.frames.Load() > 5 {
						longest.Store(max(longest.Load(), int64(time.Since(last))))
					}
					last = time.Now()
				}
				p := newPhone(t, phoneOptions{mime: mime})
				c := p.join(h, w)
				p.send(func() bool { return w.frames.Load() >= 5 })
				s.jitterMS.Store(50)
				s.loss.Store(10)
				s.doubled.Store(3)
				p.send(func() bool { return w.frames.Load() >= 400 })
				st := c.Stats()
				t.Logf("longest pause %v; %+v", time.Duration(longest.Load()), st)
				if st.Recovered == 0 || st.NACKs < st.Recovered || st.Duplicates == 0 {
					t.Errorf("nothing was repaired: %+v", st)
				}
			})
		})
	}
}

// What is lost of the handshake is soon sent again: with DTLS's own second, then two and four, this
// would take seven seconds.
func TestALostHandshakeIsSentAgainSoon(t *testing.T) {
	h, s := listenRough(t)
	s.muteDTLS.Store(3)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	began := time.Now()
	c := p.join(h, w)
	waittest.Until(t, "connected", func() bool { return c.Stats().State == Connected })
	if took := time.Since(began); took > 5*time.Second || s.muteDTLS.Load() >= 0 {
		t.Errorf("the handshake took %v, and %d packets were not lost", took, s.muteDTLS.Load())
	}
}

// repeatFirst is an interceptor of a phone. It sends the first packets as their repeats only.
type repeatFirst struct {
	interceptor.NoOp
	left atomic.Int32
}

func (r *repeatFirst) NewInterceptor(string) (interceptor.Interceptor, error) { return r, nil }

func (r *repeatFirst) BindLocalStream(info *interceptor.StreamInfo,
	next interceptor.RTPWriter,
) interceptor.RTPWriter {
	return interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte,
		a interceptor.Attributes,
	) (int, error) {
		if h.SSRC != info.SSRC || r.left.Add(-1) < 0 {
			return next.Write(h, payload, a)
		}
		repeat := h.Clone()
		repeat.SSRC, repeat.PayloadType = info.SSRCRetransmission, info.PayloadTypeRetransmission
		return next.Write(&repeat, append([]byte{
			byte(h.SequenceNumber >> 8),
			byte(h.SequenceNumber),
		}, payload...), a)
	})
}

// A phone's first packet may be a repeat, when the one itself was lost. This is a race inside pion,
// so that it takes some joins to see it lost.
func TestAStreamMayBeginWithARepeat(t *testing.T) {
	h, s := listenRough(t)
	for range 12 {
		s.mediaFirst.Store(3)
		first := new(repeatFirst)
		first.left.Store(6)
		w := &watcher{t: t}
		p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8, mangle: first})
		p.join(h, w)
		p.send(func() bool { return w.frames.Load() >= 5 })
	}
}

func TestAfterAnOutageThePictureComesBack(t *testing.T) {
	h, s := listenRough(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 5 })
	s.loss.Store(100)
	p.send(func() bool { return w.seen(Disconnected) })
	s.loss.Store(0)
	before := w.frames.Load()
	p.send(func() bool { return w.frames.Load() > before+10 })
	waittest.Until(t, "connected again", func() bool { return c.Stats().State == Connected })
	// The watcher has seen that no frame came without its references. Whether it was told of a
	// stale one depends on what came sooner, the key frame or the deadline.
}

// A path that dies is replaced by an ICE restart while the phone is said to be gone.
func TestICERestartRevivesALostPhone(t *testing.T) {
	h, s := listenRough(t)
	w := &watcher{t: t}
	p := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8})
	c := p.join(h, w)
	p.send(func() bool { return w.frames.Load() >= 5 })
	s.loss.Store(100)
	p.send(func() bool { return w.seen(Disconnected) })
	s.loss.Store(0)
	before := c.Stats().Remote
	p.restart(c, "*")
	frames := w.frames.Load()
	p.send(func() bool { return w.frames.Load() > frames+10 })
	waittest.Until(t, "connected again by another path", func() bool {
		st := c.Stats()
		return st.State == Connected && st.Remote.IsValid() && st.Remote != before
	})
}
