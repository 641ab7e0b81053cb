package peer

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// newID returns an unguessable name of 128 bits, safe in a URL.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// newETag returns a strong entity tag with its quotes.
func newETag() string { return `"` + newID() + `"` }

// matchETag says whether an If-Match header's value matches the tag by strong comparison (RFC 9110
// sections 8.8.3.2 and 13.1.1). The star comes with quotes too, since the examples of RFC 9725 have
// it so.
func matchETag(header, tag string) bool {
	if matchesAny(header) {
		return true
	}
	for candidate := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(candidate) == tag {
			return true
		}
	}
	return false
}

func matchesAny(header string) bool {
	h := strings.TrimSpace(header)
	return h == "*" || h == `"*"`
}
