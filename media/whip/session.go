package whip

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"handlens/media"
)

// session is a host's session with what HTTP needs beside it.
type session struct {
	Session
	token tokenHash // the one that it joined with
	// patching keeps the fragments of one session in order, and an answer together with its own
	// entity tag.
	patching sync.Mutex

	once      sync.Once
	forgotten chan struct{} // closed to let go of the session without waiting for Done
}

func (e *session) forget() { e.once.Do(func() { close(e.forgotten) }) }

// add enters a session that joined with that token into the table until it is done.
func (p *endpoint) add(begun Session, token tokenHash) (*session, error) {
	e := &session{Session: begun, token: token, forgotten: make(chan struct{})}
	id := e.ID()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, ErrClosed
	case id == "" || p.sessions[id] != nil:
		return nil, errors.New("the session has no name of its own")
	}
	p.sessions[id] = e
	p.wg.Go(func() {
		select {
		case <-e.Done():
		case <-e.forgotten:
		}
		p.mu.Lock()
		delete(p.sessions, id)
		p.mu.Unlock()
	})
	return e, nil
}

// close ends every session, waits for the goroutines, and takes no more offers.
func (p *endpoint) close() {
	p.mu.Lock()
	p.closed = true
	open := slices.Collect(maps.Values(p.sessions))
	p.mu.Unlock()
	for _, e := range open {
		e.Close(media.Reason{Code: media.ProgramClosed})
		e.forget()
	}
	p.wg.Wait()
}

// find looks up the session of a request's URL for one who may do something with it, or
// answers: 401, 404, 429. The token that the session joined with is good for it as long as it
// lasts, whatever becomes of that token and of whoever guesses at the same address.
func (p *endpoint) find(w http.ResponseWriter, r *http.Request) (*session, bool) {
	p.mu.Lock()
	e := p.sessions[r.PathValue("id")]
	p.mu.Unlock()
	token, _ := given(r)
	// Who has no token learns nothing, also not which sessions there are.
	if (e == nil || !e.token.is(token)) && !p.authorized(w, r) {
		return nil, false
	}
	if e != nil {
		select {
		case <-e.Done():
		default:
			return e, true
		}
	}
	fail(w, http.StatusNotFound, errors.New("there is no such session, or it has ended"))
	return nil, false
}

// has tells whether there is such a session, and that is the token that it joined with, or the one
// in force by now.
func (p *endpoint) has(id string, token tokenHash) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.sessions[id]
	return e != nil && (e.token.is(token) || p.takes(token))
}

// patch trickles candidates or restarts ICE: PATCH (RFC 9725 section 4.3).
func (p *endpoint) patch(w http.ResponseWriter, r *http.Request) {
	e, ok := p.find(w, r)
	if !ok {
		return
	}
	// Section 4.3.2: without If-Match nobody can tell for which ICE session the fragment is.
	match := strings.Join(r.Header.Values("If-Match"), ",")
	if strings.TrimSpace(match) == "" {
		fail(w, http.StatusPreconditionRequired,
			errors.New("the request must name the ICE session by If-Match"))
		return
	}
	frag, ok := p.server.readBody(w, r, typeFragment, maxBody)
	if !ok {
		return
	}
	e.patching.Lock()
	defer e.patching.Unlock()
	current := quoted(e.ETag())
	if matchesAny(match) {
		match = "*"
	} else if !matches(match, current) {
		fail(w, http.StatusPreconditionFailed, ErrStaleETag)
		return
	} else {
		match = current
	}
	ctx, cancel := context.WithTimeout(withCaller(r), patchTime)
	defer cancel()
	answer, err := e.Patch(ctx, match, frag)
	switch {
	case errors.Is(err, ErrStaleETag):
		fail(w, http.StatusPreconditionFailed, ErrStaleETag)
	case errors.Is(err, ErrBadFragment):
		fail(w, http.StatusBadRequest, ErrBadFragment)
	case err != nil:
		// Section 4.3.3: the session goes on as it was; the client may try again or leave.
		p.server.log.Warn("could not use an ICE fragment", "session", e.ID(), "error", err)
		fail(w, http.StatusInternalServerError,
			errors.New("the computer could not use the fragment; its log says why"))
	case answer == "":
		w.WriteHeader(http.StatusNoContent) // section 4.3.2: no body, and no ETag
	default:
		w.Header().Set("ETag", quoted(e.ETag())) // section 4.3.3: the new ICE session's
		send(w, http.StatusOK, typeFragment, answer)
	}
}

// delete ends a session: DELETE (RFC 9725 section 4.2). If-Match is ignored, as section
// 4.3.1 demands.
func (p *endpoint) delete(w http.ResponseWriter, r *http.Request) {
	e, ok := p.find(w, r)
	if !ok {
		return
	}
	e.Close(media.Reason{Code: media.PhoneLeft})
	e.forget()
	w.WriteHeader(http.StatusOK)
}

func (p *endpoint) sessionOptions(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Accept-Post", typeSDP) // section 4.2: in the answer to any OPTIONS request
	w.Header().Set("Accept-Patch", typeFragment)
	allow(w.Header(), "PATCH, DELETE, OPTIONS, GET, HEAD", "PATCH, DELETE, OPTIONS")
	w.WriteHeader(http.StatusOK)
}

// sessionNoContent answers GET and HEAD of a session: success without content (RFC 9725 section
// 4.1).
func (p *endpoint) sessionNoContent(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.find(w, r); ok {
		w.WriteHeader(http.StatusNoContent)
	}
}

// quoted returns an entity tag with its quotes (RFC 9110 section 8.8.3).
func quoted(tag string) string {
	if len(tag) >= 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
		return tag
	}
	return `"` + tag + `"`
}

// matchesAny says whether an If-Match names no session in particular, which asks for an ICE restart
// (RFC 9725 section 4.3.3). RFC 9110 has a bare asterisk; the example in RFC 9725 has it in quotes,
// and clients have followed it.
func matchesAny(header string) bool {
	header = strings.TrimSpace(header)
	return header == "*" || header == `"*"`
}

// matches says whether the list of entity tags in an If-Match has tag in it, by strong comparison
// (RFC 9110 section 13.1.1): a weak tag never matches.
func matches(header, tag string) bool {
	for header != "" {
		header = strings.TrimLeft(header, " \t,")
		weak := strings.HasPrefix(header, "W/")
		header = strings.TrimPrefix(header, "W/")
		if !strings.HasPrefix(header, `"`) {
			return false
		}
		end := strings.IndexByte(header[1:], '"')
		if end < 0 {
			return false
		}
		end += len(`""`)
		if header[:end] == tag && !weak {
			return true
		}
		header = header[end:]
	}
	return false
}
