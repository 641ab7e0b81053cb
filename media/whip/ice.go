package whip

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ICEServer is a STUN or TURN server that clients are told of.
type ICEServer struct {
	URL                  string // as in RFC 7064 or RFC 7065, for example "turn:turn.example.net?transport=udp"
	Username, Credential string // TURN only
}

// check refuses what cannot stand in a Link header.
func (s ICEServer) check() error {
	scheme, rest, _ := strings.Cut(s.URL, ":")
	switch scheme {
	case "stun", "stuns":
		if s.secret() {
			return fmt.Errorf("ICE server %s: a STUN server takes no user name and no password", s.URL)
		}
	case "turn", "turns":
	default:
		return errors.New(`an ICE server begins with "stun:", "stuns:", "turn:" or "turns:"`)
	}
	if rest == "" {
		return fmt.Errorf("ICE server %s: there is no address after the colon", s.URL)
	}
	for _, text := range []string{s.URL, s.Username, s.Credential} {
		if printable(text, len(text)) != text {
			return fmt.Errorf("ICE server %s: only printable ASCII characters are allowed", scheme)
		}
	}
	if strings.ContainsAny(s.URL, `<>" `) {
		return fmt.Errorf("ICE server %s: the address has characters that no address has", scheme)
	}
	return nil
}

func (s ICEServer) secret() bool { return s.Username != "" || s.Credential != "" }

// link is the value of the Link header (RFC 9725 section 4.6, RFC 8288 section 3).
func (s ICEServer) link() string {
	link := "<" + s.URL + `>; rel="ice-server"`
	if s.secret() {
		quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
		link += `; username="` + quote(s.Username) + `"; credential="` + quote(s.Credential) + `"; credential-type="password"`
	}
	return link
}

// addLinks tells the client of the ICE servers, one header each; those with a password only when withSecrets.
func (s *Server) addLinks(h http.Header, withSecrets bool) {
	for _, server := range s.cfg.ICEServers {
		if withSecrets || !server.secret() {
			h.Add("Link", server.link())
		}
	}
}
