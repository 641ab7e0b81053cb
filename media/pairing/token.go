package pairing

import (
	"crypto/rand"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// TokenLength is how many characters a token has.
const TokenLength = 12

// tokenAlphabet are Crockford's 32 characters: I, L and O are left out since they look like 1 and
// 0, and U so that fewer words come about.
const tokenAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewToken makes a fresh secret that lets its bearer join: 60 bits from the system's random source,
// in characters that a person can read from the screen and type. At ten thousand guesses a second
// it would take a million years to find it, and package whip does not let anybody guess so fast.
func NewToken() string {
	var b [TokenLength]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	for i, random := range b {
		b[i] = tokenAlphabet[random%byte(len(tokenAlphabet))] // 32 divides 256: none is likelier
	}
	return string(b[:])
}

// NormalToken undoes what people make of a token when they type it: any case, dashes and spaces
// anywhere, O for 0, I and L for 1. Whether the result is a token it does not say.
func NormalToken(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			r += 'A' - 'a'
		}
		switch r {
		case '-', ' ':
			return -1
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, text)
}

// IsToken says whether text has the form that [NewToken] gives.
func IsToken(text string) bool {
	return len(text) == TokenLength && strings.Trim(text, tokenAlphabet) == ""
}

// GroupedToken is a token as it is shown to people: "K7QX-9M2T-4HRA".
func GroupedToken(token string) string {
	const group = 4
	var b strings.Builder
	for i, r := range token {
		if i > 0 && i%group == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// URL builds what the QR code says: https://ADDRESS:PORT/#TOKEN. The token stands in the fragment,
// so that a browser keeps it to itself: it is in no request line, no log and no Referer. With an
// IPv4 address the text has at most 43 characters, with an IPv6 address in full length up to 69.
func URL(a netip.Addr, port int, token string) string {
	// A zone means nothing to another machine and is not allowed in a URL that browsers take.
	return NamedURL(a.Unmap().WithZone("").String(), port, token)
}

// NamedURL is URL for a host name, which a certificate of the user's own may vouch for.
func NamedURL(host string, port int, token string) string {
	return "https://" + net.JoinHostPort(host, strconv.Itoa(port)) + "/#" + token
}
