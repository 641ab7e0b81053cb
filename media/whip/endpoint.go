package whip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"handlens/media"
)

// Media types of RFC 9725 sections 4.2 and 4.3.1.
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// retryAfter is what a client is told to wait when there is no room: a phone that leaves makes room
// within seconds.
const retryAfter = 5 * time.Second

// endpoint is where sessions of one kind are begun: those of phones (WHIP) or of viewers (WHEP,
// draft-ietf-wish-whep), which differ in who answers the offer and in the token alone.
type endpoint struct {
	gate
	path string // of the endpoint; its sessions are below it
	// begin has the host answer an offer.
	begin func(ctx context.Context, r *http.Request, offer string, from Visitor) (Session, error)
	joins chan struct{} // a place for each offer under way

	mu       sync.Mutex
	sessions map[string]*session
	closed   bool
	wg       sync.WaitGroup
}

// post begins a session: POST (RFC 9725 section 4.2).
func (p *endpoint) post(w http.ResponseWriter, r *http.Request) {
	if !p.authorized(w, r) {
		return
	}
	offer, ok := p.server.readBody(w, r, typeSDP, maxBody)
	if !ok {
		return
	}
	if !strings.HasPrefix(offer, "v=0") { // RFC 8866 section 5: the first line of every description
		fail(w, http.StatusBadRequest, ErrBadOffer)
		return
	}
	// RFC 9725 section 5: a limit on what is under way, since each offer costs sockets and memory
	// until it times out.
	select {
	case p.joins <- struct{}{}:
		defer func() { <-p.joins }()
	default:
		fail(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), joinTime)
	defer cancel()
	defer context.AfterFunc(p.server.ctx, cancel)()
	from := visitor(r, offer)
	begun, err := p.begin(ctx, r, offer, from)
	if err != nil {
		p.server.failJoin(w, r, from, err)
		return
	}
	e, ok := p.enter(w, r, begun)
	if !ok {
		return
	}
	h := w.Header()
	// relative to this request, so right by whatever name we were called
	h.Set("Location", p.path+"/"+url.PathEscape(e.ID()))
	h.Set("ETag", quoted(e.ETag())) // section 4.3.1: here and in the answer to an ICE restart
	p.server.addLinks(h)
	send(w, http.StatusCreated, typeSDP, e.Answer())
}

// enter has a session that the host has begun stay, or ends it and answers.
func (p *endpoint) enter(w http.ResponseWriter, r *http.Request, begun Session) (*session, bool) {
	if r.Context().Err() != nil {
		begun.Close(media.Reason{Code: media.PhoneGaveUp})
		return nil, false
	}
	token, _ := given(r)
	if !p.takes(token) { // it was replaced meanwhile, perhaps to keep this one out
		begun.Close(media.Reason{Code: media.SentAway})
		p.authorized(w, r)
		return nil, false
	}
	e, err := p.add(begun, token)
	if err != nil {
		begun.Close(media.Reason{Code: media.ProgramClosed})
		fail(w, http.StatusServiceUnavailable, err)
		return nil, false
	}
	return e, true
}

// failures are what a host may answer an offer with. The first one that fits is told.
var failures = []struct {
	err    error
	status int
}{
	{ErrBadOffer, http.StatusBadRequest},
	{ErrBadQuery, http.StatusBadRequest},
	{ErrNoVideo, http.StatusNotAcceptable}, // sections 4.4.1 to 4.4.3
	{ErrManyVideos, http.StatusNotAcceptable},
	{ErrNotBundled, http.StatusNotAcceptable},
	{ErrOtherCodec, http.StatusNotAcceptable},
	{ErrRefused, http.StatusForbidden},
	{ErrNoPhone, http.StatusNotFound},
	{ErrNothingSent, http.StatusNotFound},
	{ErrFull, http.StatusServiceUnavailable}, // section 4.5
	{ErrManyViewers, http.StatusServiceUnavailable},
}

// failJoin answers an offer that the host did not take.
func (s *Server) failJoin(w http.ResponseWriter, r *http.Request, from Visitor, err error) {
	if r.Context().Err() != nil {
		return // nobody is left to be told
	}
	s.log.Info("did not let a visitor in", "remote", from.Remote, "name", from.Name, "error", err)
	for _, f := range failures {
		if errors.Is(err, f.err) {
			fail(w, f.status, f.err)
			return
		}
	}
	switch {
	case errors.Is(err, ErrClosed), s.ctx.Err() != nil:
		fail(w, http.StatusServiceUnavailable, ErrClosed)
	case errors.Is(err, context.DeadlineExceeded):
		fail(w, http.StatusServiceUnavailable,
			errors.New("nobody at the computer answered in time"))
	default:
		fail(w, http.StatusInternalServerError,
			errors.New("the computer could not answer the offer; its log says why"))
	}
}

// options answers OPTIONS, which is CORS or a client that asks for the ICE servers ahead of its
// offer (RFC 9725 sections 4.2, 4.6).
func (p *endpoint) options(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Accept-Post", typeSDP)
	allow(h, "POST, OPTIONS, GET, HEAD", "POST, OPTIONS")
	// Section 4.6 allows the ICE servers here, but not in a preflight of CORS.
	if r.Header.Get("Access-Control-Request-Method") == "" && p.judge(r).right {
		p.server.addLinks(h)
	}
	w.WriteHeader(http.StatusOK)
}

// noContent answers GET and HEAD of the endpoint: success without content (RFC 9725 section 4.1).
func (p *endpoint) noContent(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusNoContent)
}

// allow says which methods and headers a resource takes, to clients and to the preflights of
// browsers.
func allow(h http.Header, methods, crossOriginMethods string) {
	h.Set("Allow", methods)
	h.Set("Access-Control-Allow-Methods", crossOriginMethods)
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, Link")
	h.Set("Access-Control-Max-Age", "600")
}

// readBody reads a body of the given media type and of so many bytes at most, or answers: 415 for
// another type, 413 when it is too large, 408 when it is too slow, 400 when it is empty or not
// text.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, want string, most int64,
) (string, bool) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != want {
		// RFC 9110 section 15.5.16 has the server say what it would have taken.
		if want == typeFragment {
			w.Header().Set("Accept-Patch", want)
		} else {
			w.Header().Set("Accept-Post", want)
		}
		fail(w, http.StatusUnsupportedMediaType, errors.New("the body must be "+want))
		return "", false
	}
	// The deadline is for the body alone. It must be gone before we wait for anything else, since
	// net/http goes on reading to see whether the client is still there. A writer without deadlines
	// (tests) is as well.
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(s.bodyTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	_ = conn.SetReadDeadline(time.Time{})
	var tooLarge *http.MaxBytesError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &tooLarge):
		fail(w, http.StatusRequestEntityTooLarge,
			fmt.Errorf("the body is larger than %d bytes", tooLarge.Limit))
	case errors.As(err, &timeout) && timeout.Timeout():
		fail(w, http.StatusRequestTimeout, errors.New("the body took too long"))
	case err != nil:
		fail(w, http.StatusBadRequest, errors.New("the body broke off"))
	case len(body) == 0:
		fail(w, http.StatusBadRequest, errors.New("the body is empty"))
	// RFC 8866 section 5: UTF-8 without NUL
	case !utf8.Valid(body) || strings.ContainsRune(string(body), 0):
		fail(w, http.StatusBadRequest, errors.New("the body is not text"))
	default:
		return string(body), true
	}
	return "", false
}

func send(w http.ResponseWriter, status int, mediaType, body string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // the client may be gone; its session ends for want of packets
}

// fail answers with a status and a sentence, as problem details (RFC 9725 section 4.1, RFC 9457).
func fail(w http.ResponseWriter, status int, why error) {
	comes := errors.Is(why, ErrNoPhone) || errors.Is(why, ErrNothingSent)
	if status == http.StatusServiceUnavailable || comes {
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second))) // section 4.5
	}
	body, err := json.Marshal(struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{http.StatusText(status), status, why.Error()})
	if err != nil {
		w.WriteHeader(status)
		return
	}
	send(w, status, "application/problem+json", string(body))
}
