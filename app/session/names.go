package session

import (
	"fmt"
	"strings"
	"sync"
)

// maxNamed bounds the phones whose names are remembered beyond their sessions.
const maxNamed = 64

// names has two phones of one kind called differently, and remembers what a phone that can be known
// again was called. Any goroutine may use it; the zero value is ready.
type names struct {
	mu    sync.Mutex
	given map[*Session]string
	of    map[string]string // by Visitor.Phone, without a number
}

// give returns the name by which a session is known: what it is called, with a number when another
// one is called that already.
func (n *names) give(s *Session, called string) string {
	if called == "" {
		return ""
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.given == nil {
		n.given, n.of = map[*Session]string{}, map[string]string{}
	}
	if s.phone != "" {
		if n.of[s.phone] == "" && len(n.of) >= maxNamed {
			clear(n.of)
		}
		n.of[s.phone] = called
	}
	taken := map[string]bool{}
	for other, name := range n.given {
		taken[name] = taken[name] || other != s
	}
	name := called
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("%s (%d)", called, i)
	}
	n.given[s] = name
	return name
}

// remembered returns what a phone was called the last time, "" when that is not known.
func (n *names) remembered(phone string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.of[phone]
}

// forget frees the name of a session that is over.
func (n *names) forget(s *Session) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.given, s)
}

// vague are the words that browsers have for any device of a system; without its own name a phone
// says no more. The other words are those of whip's guess.
var vague = map[string]int{
	"": 0, "unknown device": 0, "Browser": 0, "K": 0, "Mobile": 0, "Tablet": 0, "Unknown": 0,
	"Android": 1, "Windows": 1, "Macintosh": 1, "macOS": 1, "Linux": 1, "FreeBSD": 1,
	"Chrome OS": 1,
	"ChromeOS":  1, "Chromium OS": 1, "iOS": 1, "a browser": 1,
	"Android phone": 2, "Android tablet": 2,
}

// precise says how much a name tells; a model, or a person's own word, tells most.
func precise(name string) int {
	const model = 3
	if how, ok := vague[name]; ok {
		return how
	}
	if _, system, ok := strings.Cut(name, " on "); ok && vague[system] == 1 || name == "Mac" {
		return vague["Android phone"] // "Chrome on Linux"
	}
	return model
}

// called takes note of another word for the phone. The name that tells most wins and stays; of two
// that tell as much, what the page says itself.
func (s *Session) called(name string, byItself bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is, was := precise(name), precise(s.kind)
	if name == s.kind || is < was || is == was && !byItself {
		return
	}
	s.kind = name
	s.name = s.names.give(s, name)
}
