package whip

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// engineTypes are the files of the engine, by their extension.
var engineTypes = map[string]string{
	".mjs": "text/javascript; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".wasm": "application/wasm",
}

// engine serves the engine for pages that detect by themselves: public software, so no token. Its
// modules are large, so they lie there in gzip, and browsers keep them and ask only whether they
// have changed.
func (s *Server) engine(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	mediaType, ok := engineTypes[path.Ext(name)]
	if s.cfg.Engine == nil || !ok || !fs.ValidPath(name) {
		http.NotFound(w, r)
		return
	}
	data, err := fs.ReadFile(s.cfg.Engine, name)
	if err != nil {
		if data, err = fs.ReadFile(s.cfg.Engine, name+".gz"); err != nil {
			http.NotFound(w, r)
			return
		}
		if !takesGzip(r.Header) {
			http.Error(w, "this file is to be had in gzip only", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Vary", "Accept-Encoding")
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", s.engineTag(name, data))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// engineTag is the entity tag of a file, which is reckoned once: files do not change while the
// program runs.
func (s *Server) engineTag(name string, data []byte) string {
	tag, ok := s.engineTags.Load(name)
	if !ok {
		sum := sha256.Sum256(data)
		tag, _ = s.engineTags.LoadOrStore(name, fmt.Sprintf(`"%x"`, sum[:16]))
	}
	return tag.(string)
}
