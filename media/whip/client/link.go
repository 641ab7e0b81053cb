package client

import (
	"net/url"
	"strings"

	"handlens/media"
)

// iceServers reads Link headers with ICE servers (section 4.6), as in
//
//	<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; credential="word"
//
// What cannot be used is left out.
func iceServers(headers []string) (servers []media.ICEServer) {
	for _, header := range headers {
		for _, link := range split(header, ',') {
			if s, ok := iceServer(link); ok && len(servers) < maxServers {
				servers = append(servers, s)
			}
		}
	}
	return servers
}

func iceServer(link string) (s media.ICEServer, ok bool) {
	parts := split(link, ';')
	target := strings.TrimSpace(parts[0])
	if len(target) < 2 || target[0] != '<' || target[len(target)-1] != '>' {
		return s, false
	}
	parameters := make(map[string]string)
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		parameters[strings.ToLower(strings.TrimSpace(name))] = unquote(strings.TrimSpace(value))
	}
	if !strings.EqualFold(parameters["rel"], "ice-server") {
		return s, false
	}
	// It is read as one of the user's own, with user and password where those have them.
	scheme, where, _ := strings.Cut(target[1:len(target)-1], ":")
	if user := parameters["username"]; user != "" {
		user = strings.ReplaceAll(url.PathEscape(user), ":", "%3A")
		where = user + ":" + url.PathEscape(parameters["credential"]) + "@" + where
	}
	s, err := media.ParseICEServer(scheme + ":" + where)
	return s, err == nil
}

// split cuts a header at separators that are not quoted, nor within <>.
func split(text string, at rune) (parts []string) {
	quoted, escaped, inside, from := false, false, false, 0
	for i, r := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '<':
			inside = true
		case r == '>':
			inside = false
		case r == at && !inside:
			parts, from = append(parts, text[from:i]), i+1
		}
	}
	return append(parts, text[from:])
}

// unquote reads a token or a quoted string.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	escaped := false
	for _, r := range s[1 : len(s)-1] {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}
