package ui

import (
	"slices"
	"strings"
)

// codeAlphabet is that of the codes that people type: Crockford's.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeGroups sets a code in groups of four, which are read and typed faster: "K7QX-9M2T-4HRA". What
// is no such code stays as it is.
func codeGroups(code string) string {
	if len(code) <= 4 || strings.Trim(code, codeAlphabet) != "" {
		return code
	}
	var groups []string
	for group := range slices.Chunk([]byte(code), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, "-")
}
