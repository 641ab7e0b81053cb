package peer

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
)

// Config says where a Host listens.
type Config struct {
	// Port is the UDP port that all phones' media comes to; 0 takes a free one.
	Port int
	// TCP receives ICE-TCP (RFC 6544) connections. It may be nil. The Host owns and closes it.
	TCP net.Listener
	// ICEServers are STUN or TURN addresses ("stun:host:port"). Nil, the usual case, keeps everything on the local network.
	ICEServers []string
	// Addresses are announced to phones; nil means all of this machine's. They need not be on one network.
	Addresses []netip.Addr
	// Logger may be nil.
	Logger *slog.Logger
}

// Host owns the sockets that all connections share.
type Host struct{}

// Listen opens the sockets.
func Listen(cfg Config) (*Host, error) { return &Host{}, nil }

// Port returns the UDP port.
func (h *Host) Port() int { return 0 }

// Answer makes a connection from a phone's offer.
func (h *Host) Answer(ctx context.Context, offer string, handler Handler) (*Conn, error) {
	return nil, ErrClosed
}

// Close ends all connections and closes the sockets.
func (h *Host) Close() error { return nil }
