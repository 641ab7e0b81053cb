package whip

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// minCompressed is the size in bytes below which compression saves no packet.
const minCompressed = 1400

// compressed answers with the file in gzip, when that helps and the browser takes it. There is no
// secret in the pages, so nothing can be guessed from their compressed size. Each file is
// compressed once, at its first use.
func (s *Server) compressed(w http.ResponseWriter, r *http.Request, name, mediaType string,
	data []byte,
) bool {
	if len(data) < minCompressed || strings.HasPrefix(mediaType, "image/png") ||
		!takesGzip(r.Header) || r.Header.Get("Range") != "" {
		return false
	}
	small, ok := s.compressedPages.Load(name)
	if !ok {
		small, _ = s.compressedPages.LoadOrStore(name, compress(data))
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(small.([]byte))))
	if r.Method != http.MethodHead {
		_, _ = w.Write(small.([]byte)) // whoever hung up has no use for it
	}
	return true
}

// takesGzip reads Accept-Encoding (RFC 9110 section 12.5.3) as far as browsers use it: a list in
// which gzip may carry a weight.
func takesGzip(h http.Header) bool {
	for item := range strings.SplitSeq(h.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(item), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			v, err := strconv.ParseFloat(q, 64)
			return !found || err == nil && v > 0
		}
	}
	return false
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant of the package
	}
	_, _ = z.Write(data) // a Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
