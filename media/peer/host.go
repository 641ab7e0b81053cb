package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"

	"handlens/media"
)

// Config says where a Host listens.
type Config struct {
	// Port is the UDP port that all phones' media comes to; 0 takes a free one.
	Port int
	// TCP receives ICE-TCP (RFC 6544) connections; its Addr must be a *net.TCPAddr. It may be nil.
	// Once Listen has succeeded, the Host closes it.
	TCP net.Listener
	// ICEServers are asked for more ways to this computer. Nil, the usual case, keeps everything on
	// the local network.
	ICEServers []media.ICEServer
	// Addresses are announced to phones; nil means all of this machine's, looked up for each
	// answer. One that is not this machine's own is announced for UDP only (a port that a router
	// forwards).
	Addresses []netip.Addr
	// Logger may be nil.
	Logger *slog.Logger
}

// Host owns the sockets that all connections share, and the connections. Its methods may be called
// from any goroutine.
type Host struct {
	cfg  Config
	log  *slog.Logger
	logs logs
	now  func() time.Time
	udp  *addressMux
	// Both are nil without TCP.
	tcp         ice.TCPMux
	tcpListener *boundedListener
	pool        packetPool

	// relayProblem is what is wrong with the TURN servers, as the log has it; "" for nothing.
	relayProblem atomic.Pointer[string]

	connectTimeout, reconnectTimeout time.Duration

	mu      sync.Mutex
	conns   map[*Conn]struct{}
	viewers map[*Viewer]struct{}
	closed  bool
}

// Listen opens the sockets.
func Listen(cfg Config) (*Host, error) {
	socket, err := net.ListenUDP("udp", &net.UDPAddr{Port: cfg.Port})
	if err != nil {
		return nil, fmt.Errorf("listening for media on UDP port %d: %w", cfg.Port, err)
	}
	// Smaller buffers still work, at the price of repairs.
	if err := errors.Join(socket.SetReadBuffer(udpBuffer),
		socket.SetWriteBuffer(udpBuffer)); err != nil && cfg.Logger != nil {
		cfg.Logger.Warn("the UDP buffers could not be enlarged", "error", err)
	}
	return listenOn(cfg, socket), nil
}

// listenOn makes a host on a socket, which it owns from here on.
func listenOn(cfg Config, socket net.PacketConn) *Host {
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	h := &Host{
		cfg: cfg, log: log, logs: logs{log}, now: time.Now,
		conns: map[*Conn]struct{}{}, viewers: map[*Viewer]struct{}{},
		connectTimeout: connectTimeout, reconnectTimeout: reconnectTimeout,
	}
	h.udp = &addressMux{
		UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{
			UDPConn: socket,
			Logger:  h.logs.NewLogger("udp"),
		}),
		port:      socket.LocalAddr().(*net.UDPAddr).Port,
		addresses: h.announcedAddresses,
	}
	if cfg.TCP != nil {
		h.tcpListener = newBoundedListener(cfg.TCP)
		h.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
			Listener: h.tcpListener, Logger: h.logs.NewLogger("tcp"),
			ReadBufferSize: tcpReadBuffer, WriteBufferSize: tcpWriteBuffer,
			FirstStunBindTimeout:         firstCheckTimeout,
			AliveDurationForConnFromStun: firstCheckTimeout,
		})
	}
	return h
}

// Port returns the UDP port.
func (h *Host) Port() int { return h.udp.port }

// Answer makes a connection from a phone's offer (at most 64 KiB of SDP) and gives it to the
// handler, whose first call is State(Connecting). The answer has all our candidates. The context
// bounds the making only, and may say how the phone called, see CalledAt. Errors wrap ErrBadOffer,
// ErrNoVideo, ErrManyVideos, ErrNotBundled or ErrClosed, or are ctx's.
func (h *Host) Answer(ctx context.Context, sdp string, handler Handler) (*Conn, error) {
	o, err := readOffer(sdp)
	if err != nil {
		return nil, err
	}
	c, err := newConn(h, o, handler)
	if err != nil {
		return nil, err
	}
	if err := c.negotiate(ctx); err != nil {
		c.abort()
		return nil, err
	}
	h.mu.Lock()
	closed := h.closed
	if !closed {
		h.conns[c] = struct{}{}
		c.start()
	}
	h.mu.Unlock()
	if closed {
		c.abort()
		return nil, ErrClosed
	}
	return c, nil
}

// forget is called by a connection that has ended.
func (h *Host) forget(c *Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// forgetViewer is called by a viewer that has ended.
func (h *Host) forgetViewer(v *Viewer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.viewers, v)
}

// Close ends all connections, waits for them and closes the sockets.
func (h *Host) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	all := make([]*Conn, 0, len(h.conns))
	for c := range h.conns {
		all = append(all, c)
	}
	viewers := slices.Collect(maps.Keys(h.viewers))
	h.mu.Unlock()
	for _, v := range viewers {
		v.end(media.Reason{Code: media.ProgramClosed})
	}
	for _, c := range all {
		c.end(media.Reason{Code: media.ProgramClosed})
	}
	for _, c := range all {
		<-c.Done()
	}
	for _, v := range viewers {
		<-v.Done()
	}
	err := h.udp.Close()
	if h.tcp != nil {
		err = errors.Join(err, h.tcp.Close())
	}
	if err != nil {
		return fmt.Errorf("closing the media sockets: %w", err)
	}
	return nil
}
