package reach

import (
	"fmt"
	"strings"
)

// parseUFW reads ufw's own files: its configuration, its defaults, and its rules, where those may
// be read; else nil.
func parseUFW(config, defaults string, rules *string, port int, card string) Firewall {
	f := Firewall{Name: "ufw", State: FirewallOff}
	if !strings.EqualFold(assigned(config, "ENABLED"), "yes") {
		return f
	}
	f.State = FirewallOn
	f.Commands = []string{fmt.Sprintf("sudo ufw allow %d", port)}
	policy := assigned(defaults, "DEFAULT_INPUT_POLICY")
	if rules == nil {
		return f
	}
	tcp := ufwAllows(*rules, policy, packet{protocol: "tcp", port: port, card: card})
	udp := ufwAllows(*rules, policy, packet{protocol: "udp", port: port, card: card})
	switch {
	case tcp == yes && udp == yes:
		f.State = FirewallAllows
	case tcp == no:
		f.State = FirewallBlocks
	case udp == no:
		f.State, f.UDPOnly = FirewallBlocks, tcp == yes
	}
	return f
}

// assigned returns what a file of shell variables gives to one, without quotation marks.
func assigned(text, name string) (value string) {
	for line := range strings.Lines(text) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			value = strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return value
}

// ufwAllows reads the rules as ufw notes them for itself, such as
//
//	### tuple ### allow any 8443 0.0.0.0/0 any 0.0.0.0/0 in
//
// (action, protocol, ports, destination, source ports, source, and the direction or, for a profile
// of a program, its names before that). The first that fits counts.
func ufwAllows(rules, policy string, p packet) match {
	for line := range strings.Lines(rules) {
		words, ok := strings.CutPrefix(strings.TrimSpace(line), "### tuple ### ")
		if !ok {
			continue
		}
		w := strings.Fields(words)
		if len(w) < 7 {
			continue
		}
		action, _, _ := strings.Cut(w[0], "_") // allow_log
		direction := w[len(w)-1]
		if strings.HasPrefix(direction, "comment=") {
			direction = w[len(w)-2]
		}
		fits := when(w[1] == "any" || w[1] == p.protocol)
		if w[2] != "any" {
			fits = both(fits, p.goesToAny(w[2]))
		}
		switch way, card, named := strings.Cut(direction, "_"); {
		case way != "in":
			fits = no
		case named:
			fits = both(fits, p.comesBy(card))
		}
		if w[5] != "0.0.0.0/0" || w[3] != "0.0.0.0/0" {
			fits = both(fits, maybe) // only for some
		}
		switch fits {
		case maybe:
			return maybe
		case yes:
			return when(action == "allow" || action == "limit")
		}
	}
	return when(policy == "ACCEPT")
}

// goesToAny says whether it goes to one of the ports of a list.
func (p packet) goesToAny(list string) match {
	for one := range strings.SplitSeq(list, ",") {
		if p.goesTo(one) {
			return yes
		}
	}
	return no
}
