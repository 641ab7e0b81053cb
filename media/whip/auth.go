package whip

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// maxAuthFailures is how many wrong tokens an address may bring within guessTime before it is
	// told to slow down.
	maxAuthFailures   = 20
	authFailureWindow = time.Minute

	// maxFailedAuth bounds the table of addresses; beyond it the whole table is begun again.
	maxFailedAuth = 1024
)

type tokenHash [sha256.Size]byte

// hashToken makes tokens of any length comparable in constant time without telling their length.
func hashToken(token string) tokenHash { return sha256.Sum256([]byte(token)) }

// bearer finds the token in an Authorization header (RFC 6750 section 2.1; the scheme is compared
// without case, RFC 9110 section 11.1).
func bearer(header string) (token string, ok bool) {
	const scheme = "bearer "
	if len(header) <= len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return "", false
	}
	token = strings.Trim(header[len(scheme):], " ")
	return token, token != ""
}

// holdsToken says whether the request carries the right token, and does nothing else.
func (s *Server) holdsToken(r *http.Request) bool {
	token, ok := bearer(r.Header.Get("Authorization"))
	given := hashToken(token)
	return subtle.ConstantTimeCompare(given[:], s.token.Load()[:]) == 1 && ok
}

// authorized lets requests with the right token pass, and answers the others: 401 with an empty
// body (RFC 9725 section 4.7.1, RFC 6750 section 3), or 429 to an address that has brought too many
// wrong ones. The right token always passes, also from such an address: it is most often a phone
// with yesterday's page open that has just scanned today's code, and 96 bits are not found by
// trying.
func (s *Server) authorized(w http.ResponseWriter, r *http.Request) bool {
	if s.holdsToken(r) {
		return true
	}
	if wait := s.failedAuth.add(remote(r).Addr(), s.now()); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		w.WriteHeader(http.StatusTooManyRequests)
		return false
	}
	challenge := `Bearer realm="Handlens"`
	if _, ok := bearer(r.Header.Get("Authorization")); ok {
		challenge += `, error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

// failedAuth counts the wrong tokens of each address. The zero value is ready.
type failedAuth struct {
	mu    sync.Mutex
	table map[netip.Addr]authFailures
}

type authFailures struct {
	count int
	until time.Time // when the count begins again
}

// add counts one wrong token and returns how long the address must wait when it has brought too
// many.
func (g *failedAuth) add(from netip.Addr, now time.Time) time.Duration {
	from = rateLimitKey(from)
	g.mu.Lock()
	defer g.mu.Unlock()
	e, ok := g.table[from]
	if !ok && (g.table == nil || len(g.table) >= maxFailedAuth) {
		g.table = make(map[netip.Addr]authFailures)
	}
	if !now.Before(e.until) {
		e = authFailures{until: now.Add(authFailureWindow)}
	}
	e.count++
	g.table[from] = e
	if e.count <= maxAuthFailures {
		return 0
	}
	return e.until.Sub(now)
}

// rateLimitKey is what counts as one address: an IPv4 address, or a /64 of IPv6, within which a
// machine may choose freely.
func rateLimitKey(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
