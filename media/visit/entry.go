package visit

import (
	"net/netip"
	"slices"
	"time"
)

// How long a rung may stay dark below the next one, before there is a name for that.
const (
	// brokenAfter is for a browser that tries again by itself.
	brokenAfter = time.Second
	// requestWithin is how long an encrypted connection may be silent.
	requestWithin = 3 * time.Second
	// scriptsWithin is how long the page's scripts may take to load and say so.
	scriptsWithin = 5 * time.Second
	// pathWithin is how long the two ends may look for a path; on a LAN it takes a tenth of a
	// second.
	pathWithin = 4 * time.Second
	// videoWithin and keyFrameWithin are for encoders that take their time over the first frame.
	videoWithin    = 3 * time.Second
	keyFrameWithin = 3 * time.Second
	// boxWithin is how long the detector may look and find nothing.
	boxWithin = 5 * time.Second
)

// entry is a visit with what its problem follows from.
type entry struct {
	Visit
	conns []conn // those that it has come by, oldest first
	agent string // what its browser calls itself
	phone string // what it is known again by
	seen  time.Time
	ended time.Time // when it was over

	refused bool      // our certificate
	broken  time.Time // when a handshake broke off that was not a refusal
	asked   bool      // by HTTP, whatever for
	fetched time.Time // when the page was fetched last
	token   Problem   // what is wrong with it
	camera  Problem   // what the page says of it
	join    Problem   // what keeps its offer from being answered
	// When the first of its offers was answered of which nothing has come yet.
	answered time.Time

	badHandshake bool // DTLS
	overTCP      bool
	undecodable  bool
	results      time.Time // when the detector had looked first
	away         bool
}

// conn is a connection to our port.
type conn struct {
	from    netip.AddrPort
	at, tls time.Time // when it came and when it was encrypted; zero when that was not seen
}

func (e *entry) has(from netip.AddrPort) bool {
	return slices.ContainsFunc(e.conns, func(c conn) bool { return c.from == from })
}

// connect notes a connection.
func (e *entry) connect(from netip.AddrPort, at time.Time) {
	if e.has(from) {
		return
	}
	if len(e.conns) >= mostConns {
		e.conns = e.conns[1:]
	}
	e.conns = append(e.conns, conn{from: from, at: at})
}

// encrypted notes when a connection was.
func (e *entry) encrypted(from netip.AddrPort, at time.Time) {
	for i := range e.conns {
		if e.conns[i].from == from {
			e.conns[i].tls = at
		}
	}
}

// disconnect takes a connection away, which turns out to be another device's.
func (e *entry) disconnect(from netip.AddrPort) conn {
	for i, c := range e.conns {
		if c.from == from {
			e.conns = slices.Delete(e.conns, i, i+1)
			return c
		}
	}
	return conn{from: from}
}

// since is how long ago a rung was lit.
func (e *entry) since(r Rung, now time.Time) time.Duration {
	return now.Sub(e.Began.Add(e.At[r]))
}

// problem says what keeps the next rung dark, or else what is poor about the way.
func (e *entry) problem(now time.Time, model Problem) Problem {
	top, _ := e.Top()
	switch {
	case e.Over:
		return e.Problem
	case e.away:
		return OutOfReach
	case e.camera != NoProblem && e.camera != CameraAsking && top >= Token:
		return e.camera
	case top < ICE:
		return e.beforeMedia(top, now)
	}
	if p := e.ofMedia(top, now, model); p != NoProblem || !e.overTCP {
		return p
	}
	return OverTCP
}

// beforeMedia is problem for one that has no connection for its video yet.
func (e *entry) beforeMedia(top Rung, now time.Time) Problem {
	switch {
	case top < Page:
		return e.beforePage(top, now)
	case e.token != NoProblem:
		return e.token
	case top == Page && late(e.fetched, scriptsWithin, now):
		return PageSilent
	case top == Token && e.camera == NoProblem:
		return AwaitingTap
	case top == Token:
		return e.camera
	}
	return e.ofOffer(now)
}

// beforePage is problem for one that has not fetched the page.
func (e *entry) beforePage(top Rung, now time.Time) Problem {
	switch {
	case top == TCP && e.refused:
		return CertificateRefused
	case top == TCP && late(e.broken, brokenAfter, now):
		return HandshakeBroken
	case top == TLS && !e.asked && e.since(TLS, now) >= requestWithin:
		return NoRequest
	}
	return NoProblem
}

// ofOffer is problem for one whose camera is open.
func (e *entry) ofOffer(now time.Time) Problem {
	switch {
	case e.join != NoProblem:
		return e.join
	case e.badHandshake:
		return HandshakeFailed
	case late(e.answered, pathWithin, now):
		return NoPath
	}
	return NoProblem
}

// late says whether what follows that moment, if it has come, is late.
func late(after time.Time, within time.Duration, now time.Time) bool {
	return !after.IsZero() && now.Sub(after) >= within
}

// ofMedia is problem for one that has a connection for its video.
func (e *entry) ofMedia(top Rung, now time.Time, model Problem) Problem {
	switch {
	case top == ICE && e.since(ICE, now) >= videoWithin:
		return NoVideo
	case top == RTP && e.undecodable:
		return NoDecoder
	case top == RTP && e.since(RTP, now) >= keyFrameWithin:
		return NoKeyFrame
	case top == KeyFrame && model != NoProblem:
		return model
	case top == KeyFrame && late(e.results, boxWithin, now):
		return NothingFound
	}
	return NoProblem
}
