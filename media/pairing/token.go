package pairing

import (
	"crypto/rand"
	"encoding/base64"
	"net"
	"net/netip"
	"strconv"
)

// tokenBytes is the size of a token before its encoding: 96 bits cannot be guessed over a network,
// and 12 bytes are exactly 16 characters of base64 without padding.
const tokenBytes = 12

// NewToken makes a fresh secret that lets its bearer join: 16 characters of the URL-safe base64
// alphabet (RFC 4648 section 5), 96 bits from the system's random source.
func NewToken() string {
	var b [tokenBytes]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// URL builds what the QR code says: https://ADDRESS:PORT/#TOKEN. The token stands in the fragment,
// so that a browser keeps it to itself: it is in no request line, no log and no Referer. With an
// IPv4 address the text has at most 47 characters, with an IPv6 address in full length up to 73.
func URL(a netip.Addr, port int, token string) string {
	// A zone means nothing to another machine and is not allowed in a URL that browsers take.
	return NamedURL(a.Unmap().WithZone("").String(), port, token)
}

// NamedURL is URL for a host name, which a certificate of the user's own may vouch for.
func NamedURL(host string, port int, token string) string {
	return "https://" + net.JoinHostPort(host, strconv.Itoa(port)) + "/#" + token
}
