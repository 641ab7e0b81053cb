package whip

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// freeGuesses is how many wrong tokens an address may bring without any harm: a phone with
	// yesterday's page, or a slip of the finger. The answers to those after it are held back, each
	// twice as long as the one before, up to maxDelay.
	freeGuesses = 2
	firstDelay  = 250 * time.Millisecond
	maxDelay    = 4 * time.Second

	// maxGuesses wrong tokens lock an address out, for firstLock at first and twice as long each
	// time that it happens again, up to maxLock.
	maxGuesses = 10
	firstLock  = 30 * time.Second
	maxLock    = 15 * time.Minute

	// forgiven is how long after its last wrong token an address has a clean slate.
	forgiven = time.Hour

	// maxGuessers bounds the table of addresses.
	maxGuessers = 1024
)

// verdict is what comes of a token. The zero value is that of a request without one.
type verdict struct {
	right  bool
	locked time.Duration // how long the address must wait; 0 when it need not
	delay  time.Duration // how long the answer to a wrong one is held back
}

// guesses counts the wrong tokens of each address. The zero value is ready.
type guesses struct {
	mu    sync.Mutex
	table map[netip.Addr]guesser
}

// guesser is one address that has brought wrong tokens.
type guesser struct {
	count int       // since the last lock-out
	locks int       // how often it was locked out
	until time.Time // when it is let in again; in the past for one that is not locked out
	last  time.Time // when it was last counted
	token tokenHash // the last wrong one
}

// judge says what comes of a token of that address, and counts it if it is a wrong one. While the
// address is locked out, right or wrong is all the same: otherwise it could go on guessing. The
// right one gives it a clean slate. The same wrong one again is no further guess: it is a page that
// was loaded yesterday and tries what it has.
func (g *guesses) judge(from netip.Addr, token tokenHash, right bool, now time.Time) verdict {
	from = guesserKey(from)
	g.mu.Lock()
	defer g.mu.Unlock()
	e, known := g.table[from]
	switch {
	case now.Before(e.until):
		return verdict{locked: e.until.Sub(now)}
	case right:
		delete(g.table, from)
		return verdict{right: true}
	case !known:
		g.makeRoom(now)
	case e.old(now):
		e = guesser{}
	}
	if e.count == 0 || !e.token.is(token) {
		e.count++
		e.token = token
	}
	e.last = now
	v := verdict{delay: e.delay()}
	if e.count >= maxGuesses {
		v.locked = min(maxLock, firstLock<<min(e.locks, 16))
		e.count, e.locks, e.until = 0, e.locks+1, now.Add(v.locked)
	}
	g.table[from] = e
	return v
}

// makeRoom sees to it that one more address fits into the table: those that are forgiven go, or
// else the one that matters least: not locked out, and counted least recently.
func (g *guesses) makeRoom(now time.Time) {
	if g.table == nil {
		g.table = make(map[netip.Addr]guesser)
	}
	if len(g.table) < maxGuessers {
		return
	}
	var oldest netip.Addr
	for a, e := range g.table {
		if e.old(now) {
			delete(g.table, a)
		} else if !oldest.IsValid() || e.matters().Before(g.table[oldest].matters()) {
			oldest = a
		}
	}
	if len(g.table) >= maxGuessers {
		delete(g.table, oldest)
	}
}

// matters says until when an address is of interest, if nothing more comes from it.
func (e guesser) matters() time.Time {
	if e.until.After(e.last) {
		return e.until
	}
	return e.last
}

// old says that what was counted does not matter any more.
func (e guesser) old(now time.Time) bool { return now.Sub(e.matters()) > forgiven }

// delay is how long the answer to the last wrong token is held back.
func (e guesser) delay() time.Duration {
	if e.count <= freeGuesses {
		return 0
	}
	return min(maxDelay, firstDelay<<min(e.count-freeGuesses-1, 16))
}

// guesserKey is what counts as one address: an IPv4 address, or a /64 of IPv6, within which a
// machine may choose freely.
func guesserKey(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
