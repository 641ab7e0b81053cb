// Package slug makes names from the network harmless.
package slug

import (
	"hash/fnv"
	"strconv"
	"strings"
)

// maxSlug bounds what is left of a name.
const maxSlug = 40

// Of makes a name a part of a topic, a path, an identifier or a template: small letters, digits
// and underscores. Names that lose something by it get a number made of the whole name, so that
// different names stay different.
func Of(name string) string {
	var b strings.Builder
	whole := true
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case (r == ' ' || r == '-' || r == '_') && b.Len() > 0:
			b.WriteByte('_')
		default:
			whole = false
		}
		if b.Len() >= maxSlug {
			whole = false
			break
		}
	}
	s := strings.TrimRight(b.String(), "_")
	if whole && s != "" {
		return s
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return strings.TrimLeft(s+"_", "_") + strconv.FormatUint(uint64(h.Sum32()), 36)
}
