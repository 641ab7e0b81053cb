package whip

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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

// post begins a session: POST /whip (RFC 9725 section 4.2).
func (s *Server) post(w http.ResponseWriter, r *http.Request) {
	if !s.authorized(w, r) {
		return
	}
	offer, ok := s.readBody(w, r, typeSDP, maxBody)
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
	case s.joins <- struct{}{}:
		defer func() { <-s.joins }()
	default:
		fail(w, http.StatusServiceUnavailable, ErrFull)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), joinTime)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	from := visitor(r, offer)
	joined, err := s.cfg.Host.Join(ctx, offer, from)
	if err != nil {
		s.failJoin(w, r, from, err)
		return
	}
	if r.Context().Err() != nil {
		joined.Close(media.Reason{Code: media.PhoneGaveUp})
		return
	}
	e, err := s.addSession(joined)
	if err != nil {
		joined.Close(media.Reason{Code: media.ProgramClosed})
		fail(w, http.StatusServiceUnavailable, err)
		return
	}
	h := w.Header()
	// relative to this request, so right by whatever name we were called
	h.Set("Location", "/whip/"+url.PathEscape(e.ID()))
	h.Set("ETag", quoted(e.ETag())) // section 4.3.1: here and in the answer to an ICE restart
	s.addLinks(h)
	send(w, http.StatusCreated, typeSDP, e.Answer())
}

// failJoin answers an offer that the host did not take.
func (s *Server) failJoin(w http.ResponseWriter, r *http.Request, from Visitor, err error) {
	if r.Context().Err() != nil {
		return // nobody is left to be told
	}
	s.log.Info("did not let a visitor in", "remote", from.Remote, "name", from.Name, "error", err)
	switch {
	case errors.Is(err, ErrBadOffer):
		fail(w, http.StatusBadRequest, ErrBadOffer)
	case errors.Is(err, ErrNoVideo): // sections 4.4.1 to 4.4.3
		fail(w, http.StatusNotAcceptable, ErrNoVideo)
	case errors.Is(err, ErrManyVideos):
		fail(w, http.StatusNotAcceptable, ErrManyVideos)
	case errors.Is(err, ErrNotBundled):
		fail(w, http.StatusNotAcceptable, ErrNotBundled)
	case errors.Is(err, ErrRefused):
		fail(w, http.StatusForbidden, ErrRefused)
	case errors.Is(err, ErrFull):
		fail(w, http.StatusServiceUnavailable, ErrFull) // section 4.5
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

// options answers OPTIONS /whip, which is CORS or a client that asks for the ICE servers ahead of
// its offer (RFC 9725 sections 4.2, 4.6).
func (s *Server) options(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Accept-Post", typeSDP)
	allow(h, "POST, OPTIONS, GET, HEAD", "POST, OPTIONS")
	// Section 4.6 allows the ICE servers here, but not in a preflight of CORS.
	if r.Header.Get("Access-Control-Request-Method") == "" && s.holdsToken(r) {
		s.addLinks(h)
	}
	w.WriteHeader(http.StatusOK)
}

// noContent answers GET and HEAD of the endpoint: success without content (RFC 9725 section 4.1).
func (s *Server) noContent(w http.ResponseWriter,
	_ *http.Request,
) {
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
			errors.New("the body is larger than "+strconv.FormatInt(most, 10)+" bytes"))
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
	if status == http.StatusServiceUnavailable {
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
