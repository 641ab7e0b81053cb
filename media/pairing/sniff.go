package pairing

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// kind is what a connection turned out to be.
type kind int

const (
	unknown kind = iota
	silent
	tlsHandshake
	iceTCP
	plainHTTP
)

const (
	recordHandshake = 0x16       // RFC 8446 section 5.1: content type of the first record
	magicCookie     = 0x2112A442 // RFC 8489 section 5
	stunHeader      = 20         // bytes, RFC 8489 section 5
	frameHeader     = 2          // bytes of length before each packet, RFC 4571 section 2
	// a binding request has about a hundred bytes; pion reads no more than this either
	maxFirstFrame = 1500
	longestMethod = len("CONNECT ")
)

// sniff reads as few bytes of r as tell what it is, and returns them.
func sniff(r io.Reader) ([]byte, kind) {
	var buf [frameHeader + 8]byte
	if _, err := io.ReadFull(r, buf[:1]); err != nil {
		return nil, silent
	}
	switch first := buf[0]; {
	case first == recordHandshake:
		return buf[:1], tlsHandshake
	case first >= 'A' && first <= 'Z':
		for n := 2; n <= longestMethod; n++ {
			if _, err := io.ReadFull(r, buf[n-1:n]); err != nil {
				return nil, unknown
			}
			switch c := buf[n-1]; {
			case c == ' ' && n > len("GE "):
				return buf[:n], plainHTTP
			case c < 'A' || c > 'Z':
				return nil, unknown
			}
		}
	case int(first)<<8 <= maxFirstFrame:
		if _, err := io.ReadFull(r, buf[1:]); err == nil && isSTUN(buf[:]) {
			return buf[:], iceTCP
		}
	}
	return nil, unknown
}

// isSTUN says whether b begins with the length of a frame and the first eight bytes of a STUN
// message in it.
func isSTUN(b []byte) bool {
	frame := int(binary.BigEndian.Uint16(b))
	message := b[frameHeader:]
	length := int(binary.BigEndian.Uint16(message[2:]))
	return frame >= stunHeader && frame <= maxFirstFrame &&
		message[0]&0xC0 == 0 && // RFC 8489 section 5: the two highest bits of every STUN message
		length%4 == 0 && length+stunHeader <= frame &&
		binary.BigEndian.Uint32(message[4:]) == magicCookie
}

// maxPlainRequest is how much of a plain HTTP request is read for an answer.
const maxPlainRequest = 8 << 10

// redirect answers plain HTTP: who typed http:// is sent to the same place under https://, anything
// else is told. The caller has set a deadline and closes c. The fragment, and with it the token,
// never came here; browsers carry it over by themselves.
func redirect(c io.ReadWriter, begin []byte) {
	r := bufio.NewReader(io.LimitReader(io.MultiReader(bytes.NewReader(begin), c), maxPlainRequest))
	req, err := http.ReadRequest(r)
	if err != nil {
		answerPlain(c, http.StatusBadRequest, "")
		return
	}
	if req.Method != http.MethodGet && req.Method != http.MethodHead || !plausibleHost(req.Host) {
		answerPlain(c, http.StatusBadRequest, "")
		return
	}
	to := url.URL{Scheme: "https", Host: req.Host, Path: req.URL.Path, RawQuery: req.URL.RawQuery}
	answerPlain(c, http.StatusTemporaryRedirect, to.String())
}

// plausibleHost says whether host may be put into a URL: a name or an address, with or without a
// port.
func plausibleHost(host string) bool {
	const longest = 255
	u, err := url.Parse("https://" + host + "/")
	return err == nil && host != "" && len(host) <= longest && u.Host == host && u.User == nil &&
		strings.Trim(host,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]_") == ""
}

// answerPlain writes a whole answer, with a word for the browser that does not follow it. The
// redirect is a temporary one (307), which no browser keeps: another program may speak plain HTTP
// on this port tomorrow.
func answerPlain(w io.Writer, status int, location string) {
	head, link := "", ""
	if location != "" {
		head = "Location: " + location + "\r\n"
		link = fmt.Sprintf("<p><a href=\"%s\">Go on to the camera</a>, and scan the code again "+
			"if it "+
			"asks for one.</p>\n", html.EscapeString(location))
	}
	text := fmt.Sprintf(plainPage, link)
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n%sContent-Type: text/html; "+
		"charset=utf-8\r\nContent-Length: %d\r\nCache-Control: no-store\r\n"+
		"Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n%s",
		status, http.StatusText(status), head, len(text), text)
}

const plainPage = `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>Handlens</title>
<p>Handlens speaks HTTPS only: put https:// before the address. The browser may warn
once, since the computer vouches for itself.</p>
%s`
