package whip

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// assetTypes are the files that are served, by their extension, with their media types. The
// system's own table is not asked: on Windows any program may have broken it, and with nosniff a
// script of the wrong type does not run.
var assetTypes = map[string]string{
	".js":          "text/javascript; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
	".json":        typeJSON,
	".webmanifest": "application/manifest+json",
	".txt":         "text/plain; charset=utf-8",
}

const typeHTML = "text/html; charset=utf-8"

// index serves the phone's page. It holds no secret, so it needs no token.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.cfg.Watcher.Fetched(visitor(r, ""))
	}
	// Asks Chrome on Android to tell the phone's model with the requests that follow, for its name
	// on the tile.
	w.Header().Set("Accept-CH", "Sec-CH-UA-Model")
	s.file(w, r, "index.html", typeHTML)
}

func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	mediaType, ok := assetTypes[path.Ext(name)]
	if !ok || !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		http.NotFound(w, r)
		return
	}
	s.file(w, r, name, mediaType)
}

func (s *Server) file(w http.ResponseWriter, r *http.Request, name, mediaType string) {
	data, err := fs.ReadFile(s.cfg.Pages, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if !s.compressed(w, r, name, mediaType, data) {
		serve(w, r, mediaType, data)
	}
}

// serve answers with data; HEAD and ranges are seen to.
func serve(w http.ResponseWriter, r *http.Request, mediaType string, data []byte) {
	w.Header().Set("Content-Type", mediaType)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}
