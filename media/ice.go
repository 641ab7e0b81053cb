package media

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ICEServer is a STUN or TURN server, which helps phones to reach this computer from outside the
// local network. [ParseICEServer] makes only such as every part can use as they are.
type ICEServer struct {
	// URL is the server's URI as RFC 7064 or RFC 7065 has it, without user and password.
	URL string
	// Username and Credential, the password, are printable ASCII. A TURN server has both, a STUN
	// server neither.
	Username, Credential string
}

// String returns the URL alone, so that no log and no message tells the password.
func (s ICEServer) String() string { return s.URL }

// maxSecret bounds a user name and a password in bytes. STUN allows user names of 508 (RFC 8489
// section 14.3), and browsers refuse servers with longer ones.
const maxSecret = 508

// What is wrong with the text for an ICE server. None of them repeats any of it, since whatever
// part is misread may be the password.
var (
	errICEScheme = errors.New(`an ICE server begins with "stun:", "stuns:", "turn:" or "turns:"`)
	errICEHost   = errors.New("the host of an ICE server is a name, an IPv4 address, " +
		"or an IPv6 address in brackets")
	errICEPort  = errors.New("the port of an ICE server is a number from 1 to 65535")
	errICEQuery = errors.New(`nothing but "?transport=udp" or "?transport=tcp" may follow a TURN ` +
		"server, and nothing a STUN server")
	errICESecret = errors.New("a TURN server needs a user name and a password: " +
		"turn:USER:PASSWORD@HOST:PORT")
	errICENoSecret = errors.New("a STUN server takes no user name and no password: stun:HOST:PORT")
	errICEEscape   = errors.New(
		"a % in the user name or password of a TURN server is written %25, " +
			"and a colon in the user name %3A")
	errICEText = errors.New("the user name and the password of a TURN server are printable ASCII " +
		"of at most 508 characters each")
)

// ParseICEServer reads "stun:HOST:PORT" or "turn:USER:PASSWORD@HOST:PORT?transport=udp"; stuns and
// turns go over TLS. Port and transport may be left out. User and password are percent-encoded
// where they have to be. Errors are whole sentences and repeat nothing of the text.
func ParseICEServer(text string) (ICEServer, error) {
	scheme, rest, _ := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	stun := false
	switch scheme {
	case "stun", "stuns":
		stun = true
	case "turn", "turns":
	default:
		return ICEServer{}, errICEScheme
	}
	var s ICEServer
	at := strings.LastIndexByte(rest, '@')
	switch {
	case at >= 0 && stun:
		return ICEServer{}, errICENoSecret
	case at >= 0:
		if err := s.readUserInfo(rest[:at]); err != nil {
			return ICEServer{}, err
		}
	case !stun:
		return ICEServer{}, errICESecret
	}
	where, query, asked := strings.Cut(rest[at+1:], "?")
	if err := checkHostPort(where); err != nil {
		return ICEServer{}, err
	}
	if asked && (stun || !slices.Contains(iceTransports, query)) {
		return ICEServer{}, errICEQuery
	}
	s.URL = scheme + ":" + rest[at+1:]
	return s, nil
}

// iceTransports are what may follow the question mark (RFC 7065 section 3.1).
var iceTransports = []string{"transport=udp", "transport=tcp"}

// readUserInfo reads "USER:PASSWORD".
func (s *ICEServer) readUserInfo(text string) error {
	user, password, _ := strings.Cut(text, ":")
	for _, part := range []struct {
		into *string
		text string
	}{{&s.Username, user}, {&s.Credential, password}} {
		plain, err := url.PathUnescape(part.text)
		switch {
		case err != nil:
			return errICEEscape
		case plain == "":
			return errICESecret
		case len(plain) > maxSecret || strings.ContainsFunc(plain, isUnprintable):
			return errICEText
		}
		*part.into = plain
	}
	return nil
}

func isUnprintable(r rune) bool { return r < ' ' || r > '~' }

// checkHostPort checks "HOST" or "HOST:PORT".
func checkHostPort(text string) error {
	host, port, given := text, "", false
	if strings.HasPrefix(text, "[") {
		inside, after, closed := strings.Cut(text[1:], "]")
		ip, err := netip.ParseAddr(inside)
		if !closed || err != nil || !ip.Is6() || ip.Zone() != "" || after != "" && after[0] != ':' {
			return errICEHost
		}
		given = after != ""
		port = strings.TrimPrefix(after, ":")
	} else {
		host, port, given = strings.Cut(text, ":")
		if !isHostName(host) {
			return errICEHost
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); given && (err != nil || n == 0) {
		return errICEPort
	}
	return nil
}

// isHostName says whether that can be the name or the IPv4 address of a server: up to 253 letters,
// digits, dots, hyphens and, though no standard has them, underscores.
func isHostName(s string) bool {
	return s != "" && len(s) <= 253 && !strings.ContainsFunc(s, func(r rune) bool {
		digit, letter := r >= '0' && r <= '9', r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !digit && !letter && r != '.' && r != '-' && r != '_'
	})
}
