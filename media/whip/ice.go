package whip

import (
	"net/http"
	"strings"

	"handlens/media"
)

// quote makes a text fit to stand between quotes in a header (RFC 9110 section 5.6.4).
var quote = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace

// link is the value of the Link header for an ICE server (RFC 9725 section 4.6, RFC 8288 section
// 3).
func link(s media.ICEServer) string {
	link := "<" + s.URL + `>; rel="ice-server"`
	if s.Username != "" {
		link += `; username="` + quote(s.Username) + `"; credential="` + quote(s.Credential) +
			`"; credential-type="password"`
	}
	return link
}

// addLinks tells a client of the ICE servers, one header each. They are for nobody without the
// token: a password is a secret, and where somebody's servers are is nobody else's business.
func (s *Server) addLinks(h http.Header) {
	for _, server := range s.cfg.ICEServers {
		h.Add("Link", link(server))
	}
}
