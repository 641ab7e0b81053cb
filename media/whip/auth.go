package whip

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
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

// SetToken replaces the token. Sessions go on, and may come with the token that they joined with;
// an offer that was on its way with the one before is turned away.
func (s *Server) SetToken(token string) {
	next := secret{text: token, hash: hashToken(token)}
	s.token.Store(&next)
}

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
func (s *Server) judge(r *http.Request) verdict {
	token, ok := given(r)
	if !ok {
		return verdict{} // who brings none guesses nothing
	}
	return s.guesses.judge(remote(r).Addr(), token, s.token.Load().hash.is(token), s.now())
}

// authorized lets requests with the right token pass, and answers the others: 401 with an empty
// body (RFC 9725 section 4.7.1, RFC 6750 section 3), held back for longer with each wrong token of
// the same address, or 429 while the address is locked out.
func (s *Server) authorized(w http.ResponseWriter, r *http.Request) bool {
	v := s.judge(r)
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
