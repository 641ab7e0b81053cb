package pairing

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// portTries is how many port numbers are tried, the wanted one first.
	portTries = 20

	// sniffTimeout is how long a connection may take to say what it is, and then to be accepted.
	sniffTimeout = 5 * time.Second

	// maxPending bounds the connections that have not said what they are. Browsers open some
	// ahead of need and leave them silent; beyond the bound the oldest is closed.
	maxPending = 64

	// acceptBackoff is the pause after an error that passes by itself, such as too many open files.
	acceptBackoff = 50 * time.Millisecond
)

// Listener is the one TCP port that everything comes in on, sorted by the first bytes of each
// connection: TLS, ICE over TCP, and plain HTTP, which is answered here with the way to HTTPS. The
// UDP port of the same number was free when it was opened.
type Listener struct {
	Port int          // the number that was free
	TLS  net.Listener // connections that begin with a TLS handshake; none of it has been read
	// connections that begin with a STUN message framed by RFC 4571; none of it has been read
	ICE net.Listener

	inner     net.Listener
	tls, ice  *subListener
	cancel    context.CancelFunc
	ctx       context.Context
	wg        sync.WaitGroup
	closeOnce sync.Once
	closeErr  error
	arrived   atomic.Pointer[func(Arrival)] // see Watch

	mu      sync.Mutex
	pending []net.Conn // oldest first
}

// Listen opens a port on all addresses, IPv4 and IPv6: want, or the next of the 19 after it that is
// free for TCP and for UDP; Port tells which. With want 0 the system chooses.
func Listen(want int) (*Listener, error) {
	inner, port, err := openPort(want)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &Listener{
		Port: port, inner: inner, ctx: ctx, cancel: cancel,
		tls: newSubListener(inner.Addr()), ice: newSubListener(inner.Addr()),
	}
	l.TLS, l.ICE = l.tls, l.ice
	l.wg.Go(l.accept)
	return l, nil
}

// Close frees the port, closes every connection that was not accepted yet, and waits for the
// listener's goroutines. Accepted connections go on.
func (l *Listener) Close() error {
	l.closeOnce.Do(func() {
		l.cancel()
		l.closeErr = l.inner.Close()
		l.tls.Close()
		l.ice.Close()
		l.mu.Lock()
		for _, c := range l.pending {
			c.Close()
		}
		l.mu.Unlock()
		l.wg.Wait()
	})
	return l.closeErr
}

// maxPort is the largest number of a port.
const maxPort = 65535

func openPort(want int) (net.Listener, int, error) {
	if want < 0 || want > maxPort {
		return nil, 0,
			fmt.Errorf("%w: %d is not a port number, they go from 1 to %d", ErrNoPort, want,
				maxPort)
	}
	var first error
	last := want
	for i := range portTries {
		port := want
		if want != 0 {
			port += i
		}
		if port > maxPort {
			break
		}
		last = port
		l, err := openBoth(port)
		if err == nil {
			return l, l.Addr().(*net.TCPAddr).Port, nil
		}
		if first == nil {
			first = err
		}
	}
	if want == 0 {
		return nil, 0, fmt.Errorf("%w: %w", ErrNoPort, first)
	}
	return nil, 0,
		fmt.Errorf("%w from %d to %d: %w; choose another with --port", ErrNoPort, want, last, first)
}

// openBoth listens on TCP and makes sure that UDP of the same number is free, which WebRTC will
// want in a moment.
func openBoth(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return nil, err
	}
	udp, err := net.ListenPacket("udp", fmt.Sprintf(":%d", l.Addr().(*net.TCPAddr).Port))
	if err == nil {
		err = udp.Close()
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Listener) accept() {
	for {
		c, err := l.inner.Accept()
		if err != nil {
			if l.ctx.Err() != nil {
				return
			}
			// Too many open files, or a connection that was gone before we took it: the next may be
			// well.
			select {
			case <-l.ctx.Done():
				return
			case <-time.After(acceptBackoff):
			}
			continue
		}
		if !l.addPending(c) {
			c.Close()
			return
		}
		l.wg.Go(func() { l.dispatch(c) })
	}
}

// addPending notes c as undecided, at the cost of the oldest when there are too many. It is false
// once the listener is closed.
func (l *Listener) addPending(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return false
	}
	if len(l.pending) >= maxPending {
		l.pending[0].Close() // its goroutine sees the error and ends
		l.pending = append(l.pending[:0], l.pending[1:]...)
	}
	l.pending = append(l.pending, c)
	return true
}

// removePending takes c from the undecided. It is false when c was closed from outside meanwhile.
func (l *Listener) removePending(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, u := range l.pending {
		if u == c {
			l.pending = append(l.pending[:i], l.pending[i+1:]...)
			return l.ctx.Err() == nil
		}
	}
	return false
}

// dispatch reads the beginning of c and hands it on. It runs in a goroutine of its own, for
// sniffTime at most.
func (l *Listener) dispatch(c net.Conn) {
	came := time.Now()
	ctx, cancel := context.WithTimeout(l.ctx, sniffTimeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	c.SetDeadline(deadline)
	begin, kind := sniff(c)
	l.tell(c, kind, came)
	if kind == plainHTTP {
		redirect(c, begin)
	}
	mine := l.removePending(c)
	var to *subListener
	switch kind {
	case tlsHandshake:
		to = l.tls
	case iceTCP:
		to = l.ice
	}
	if !mine || to == nil {
		c.Close()
		return
	}
	c.SetDeadline(time.Time{})
	to.offer(ctx, &prefixConn{Conn: c, prefix: begin})
}

// prefixConn is a connection whose first bytes have been read already; they come out again first.
type prefixConn struct {
	net.Conn
	prefix []byte
}

func (c *prefixConn) Read(p []byte) (int, error) {
	if len(c.prefix) > 0 {
		n := copy(p, c.prefix)
		c.prefix = c.prefix[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// subListener is the listener of one kind of connection.
type subListener struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newSubListener(addr net.Addr) *subListener {
	return &subListener{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// offer waits until c is accepted, and closes it when that does not come to pass.
func (b *subListener) offer(ctx context.Context, c net.Conn) {
	select {
	case b.conns <- c:
	case <-b.closed:
		c.Close()
	case <-ctx.Done():
		c.Close()
	}
}

func (b *subListener) Accept() (net.Conn, error) {
	select {
	case <-b.closed: // a closed one gives none, even when one is waiting
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-b.conns:
		return c, nil
	case <-b.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept of this kind only; the port stays open for the others until the [Listener] is
// closed.
func (b *subListener) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

func (b *subListener) Addr() net.Addr { return b.addr }
