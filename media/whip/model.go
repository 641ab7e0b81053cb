package whip

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// ModelFile is a model that a page can run by itself.
type ModelFile struct {
	Name string
	// SHA256 is that of the file, in hexadecimal, and Size its length in bytes.
	SHA256 string
	Size   int64
	// Metadata is what the file says about itself, and Sidecar the text beside it, "" for none:
	// the engine of a browser tells neither.
	Metadata map[string]string
	Sidecar  string
	// Open opens the file; the caller closes it.
	Open func() (io.ReadSeekCloser, error)
}

// errNoModel is answered while there is none.
var errNoModel = errors.New("no model is ready on the computer")

// errNotJoined is answered to who has a token but is not here: the person at the computer may not
// have said yes.
var errNotJoined = errors.New("the model is for those who send or watch: join first")

// model tells of the model that is in use, to who has a session: GET /model?session=ID, with the
// token of that.
func (s *Server) model(w http.ResponseWriter, r *http.Request) {
	m, ok := s.modelFor(w, r)
	if !ok {
		return
	}
	data, err := json.Marshal(map[string]any{
		"name": m.Name, "url": "/model/" + m.SHA256, "sha256": m.SHA256, "size": m.Size,
		"metadata": m.Metadata, "sidecar": m.Sidecar,
	})
	if err != nil {
		fail(w, http.StatusInternalServerError, errors.New("the model cannot be described"))
		return
	}
	serve(w, r, "application/json", data)
}

// modelFile gives the model itself: GET /model/{sha256}?session=ID.
func (s *Server) modelFile(w http.ResponseWriter, r *http.Request) {
	m, ok := s.modelFor(w, r)
	if !ok {
		return
	}
	if r.PathValue("sha256") != m.SHA256 {
		fail(w, http.StatusNotFound, errors.New("the computer uses another model by now"))
		return
	}
	f, err := m.Open()
	if err != nil {
		s.log.Warn("could not read the model for a page", "model", m.Name, "error", err)
		fail(w, http.StatusInternalServerError, errors.New("the computer cannot read the model"))
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, f)
}

// modelFor returns the model in use for one who may have it, or answers.
func (s *Server) modelFor(w http.ResponseWriter, r *http.Request) (ModelFile, bool) {
	if !s.here(r) {
		if s.admit(w, r, s.judgeEither(r)) {
			fail(w, http.StatusForbidden, errNotJoined)
		}
		return ModelFile{}, false
	}
	if s.cfg.Model != nil {
		if m, ok := s.cfg.Model(); ok {
			return m, true
		}
	}
	fail(w, http.StatusNotFound, errNoModel)
	return ModelFile{}, false
}

// here tells whether the request names a session of either kind, with the token for it.
func (s *Server) here(r *http.Request) bool {
	token, ok := given(r)
	id := r.URL.Query().Get("session")
	return ok && (s.phones.has(id, token) || s.viewers.has(id, token))
}
