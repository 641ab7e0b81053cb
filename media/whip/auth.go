package whip

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"handlens/media/pairing"
)

// heldAnswers is how many answers to wrong tokens are held back at once. Each costs no more than
// the goroutine of its request; beyond the bound they are given at once, as 429.
const heldAnswers = 32

type tokenHash [sha256.Size]byte

// hashToken makes tokens of any length comparable in constant time without telling their length. A
// token is the same in any of the forms in which people type it.
func hashToken(token string) tokenHash {
	return sha256.Sum256([]byte(pairing.NormalToken(token)))
}

// is compares in constant time.
func (h tokenHash) is(other tokenHash) bool {
	return subtle.ConstantTimeCompare(h[:], other[:]) == 1
}

// secret is the token in force.
type secret struct {
	text string
	hash tokenHash
}

// gate is what one of the two tokens opens: the phones' or the viewers'. Each gate counts wrong
// tokens by itself: the right one gives a clean slate, and who has the one token must not have that
// when guessing at the other.
type gate struct {
	server  *Server
	token   atomic.Pointer[secret] // nil while the gate is shut
	guesses guesses
}

// set replaces the token; "" shuts the gate.
func (g *gate) set(token string) {
	if token == "" {
		g.token.Store(nil)
		return
	}
	g.token.Store(&secret{text: token, hash: hashToken(token)})
}

// open says whether there is a token at all.
func (g *gate) open() bool { return g.token.Load() != nil }

// takes says whether that is the token in force.
func (g *gate) takes(token tokenHash) bool {
	inForce := g.token.Load()
	return inForce != nil && inForce.hash.is(token)
}

// SetToken replaces the phones' token. Sessions go on, and may come with the token that they joined
// with; an offer that was on its way with the one before is turned away.
func (s *Server) SetToken(token string) { s.phones.set(token) }

// SetViewerToken does so with the viewers' token. With "", nobody can watch any more; sessions go
// on until they are closed.
func (s *Server) SetViewerToken(token string) { s.viewers.set(token) }

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

// given is the token that a request carries; false when there is none.
func given(r *http.Request) (tokenHash, bool) {
	token, ok := bearer(r.Header.Get("Authorization"))
	return hashToken(token), ok && pairing.NormalToken(token) != ""
}

// judge says whether the request carries the token in force, and counts a wrong one against its
// address.
func (g *gate) judge(r *http.Request) verdict {
	token, ok := given(r)
	if !ok {
		return verdict{} // who brings none guesses nothing
	}
	return g.guesses.judge(remote(r).Addr(), token, g.takes(token), g.server.now())
}

// authorized lets requests with the right token pass, and answers the others.
func (g *gate) authorized(w http.ResponseWriter, r *http.Request) bool {
	return g.server.admit(w, r, g.judge(r))
}

// judgeEither is judge for what both tokens open. One that is neither is a guess at both.
func (s *Server) judgeEither(r *http.Request) verdict {
	token, _ := given(r)
	switch {
	case !s.viewers.open() || s.phones.takes(token):
		return s.phones.judge(r)
	case s.viewers.takes(token):
		return s.viewers.judge(r)
	}
	a, b := s.phones.judge(r), s.viewers.judge(r)
	return verdict{locked: max(a.locked, b.locked), delay: max(a.delay, b.delay)}
}

// admit lets requests with the right token pass, and answers the others: 401 with an empty body
// (RFC 9725 section 4.7.1, RFC 6750 section 3), held back for longer with each wrong token of the
// same address, or 429 while the address is locked out.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, v verdict) bool {
	switch {
	case v.right:
		return true
	case v.locked > 0:
		tooMany(w, v.locked)
		return false
	case !s.hold(r.Context(), v.delay):
		tooMany(w, v.delay)
		return false
	}
	challenge := `Bearer realm="Handlens"`
	if _, ok := given(r); ok {
		challenge += `, error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

// hold waits before an answer, for no longer than there is somebody to answer. It is false when too
// many answers are held back already.
func (s *Server) hold(ctx context.Context, delay time.Duration) bool {
	if delay == 0 {
		return true
	}
	select {
	case s.held <- struct{}{}:
		defer func() { <-s.held }()
	default:
		return false
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return true
}

// tooMany answers 429 with an empty body.
func tooMany(w http.ResponseWriter, wait time.Duration) {
	seconds := int((wait + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	w.WriteHeader(http.StatusTooManyRequests)
}
