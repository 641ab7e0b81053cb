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

// Shown writes every character that cannot be shown as an escape that can be read, such as \x1b or
// \u202e, so that a name stays one that can be told from others. The result is one line.
func Shown(s string) string {
	return string(AppendShown(nil, []byte(s)))
}

// AppendShown is [Shown] for bytes, appended to others. What joins the parts of an emoji stays.
func AppendShown(to, text []byte) []byte {
	const joiner = '\u200d'
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && n == 1, r < ' ', r == 0x7f:
			to = appendEscape(to, text[0])
		case unicode.IsPrint(r), unicode.Is(unicode.Zs, r), r == joiner:
			to = append(to, text[:n]...)
		case r > 0xffff:
			to = fmt.Appendf(to, `\U%08x`, r)
		default:
			to = fmt.Appendf(to, `\u%04x`, r)
		}
		text = text[n:]
	}
	return to
}

func appendEscape(to []byte, b byte) []byte {
	switch b {
	case '\n':
		return append(to, `\n`...)
	case '\r':
		return append(to, `\r`...)
	case '\t':
		return append(to, `\t`...)
	}
	return fmt.Appendf(to, `\x%02x`, b)
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
