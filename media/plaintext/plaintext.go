// Package plaintext makes text fit for people: it cleans what came from outside, writes sizes, and
// suggests names for mistyped ones. It imports nothing of the program.
package plaintext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable drops every character that cannot be shown (control and formatting characters, bytes
// that are not UTF-8), and spaces at both ends. The result is one line.
func Printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
}

// PrintableASCII drops everything but printable ASCII, and cuts the rest to at most limit
// characters.
func PrintableASCII(s string, limit int) string {
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < limit; i++ {
		if s[i] >= ' ' && s[i] <= '~' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// Bytes writes a number of bytes in decimal units: "842 kB", "4.1 MB".
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
