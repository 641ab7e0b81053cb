package reach

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseIPTables reads the table "filter" of what iptables-save says, as it concerns one packet.
func parseIPTables(text string, p packet) (ruleset, error) {
	rules := ruleset{}
	table := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "*"):
			table = line
		case table != "*filter":
		case strings.HasPrefix(line, ":"):
			words := strings.Fields(line[1:])
			if len(words) < 2 {
				return nil, fmt.Errorf("the rules of iptables: %q", line)
			}
			c := &chain{input: words[0] == "INPUT", policy: accepted}
			if words[1] == "DROP" {
				c.policy = dropped
			}
			rules[words[0]] = c
		case strings.HasPrefix(line, "-A "):
			words := shellWords(line)
			if c := rules[words[1]]; c != nil {
				c.rules = append(c.rules, p.iptablesRule(words[2:], rules))
			}
		}
	}
	return rules, nil
}

// shellWords splits a line into words, of which some may stand in quotation marks.
func shellWords(line string) (words []string) {
	var word strings.Builder
	quoted, any := false, false
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '\\' && quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case b == '"':
			quoted, any = !quoted, true
		case b == ' ' && !quoted:
			if any {
				words = append(words, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteByte(b)
			any = true
		}
	}
	if any {
		words = append(words, word.String())
	}
	return words
}

// iptablesRule reads the words of a rule after its chain.
func (p packet) iptablesRule(words []string, chains ruleset) rule {
	r := rule{when: yes}
	for len(words) > 0 {
		negated := words[0] == "!"
		if negated {
			words = words[1:]
			if len(words) == 0 {
				break
			}
		}
		option := words[0]
		words = words[1:]
		n := slices.IndexFunc(words, func(w string) bool {
			return strings.HasPrefix(w, "-") && len(w) > 1 || w == "!"
		})
		if n < 0 {
			n = len(words)
		}
		values := words[:n]
		words = words[n:]
		value := strings.Join(values, " ")
		if option == "-j" || option == "-g" {
			r.then, r.chain = iptablesTarget(value, chains)
			r.leave = option == "-g"
			return r // what follows belongs to the target
		}
		fits := p.iptablesMatch(option, value)
		if negated {
			fits = fits.not()
		}
		r.when = both(r.when, fits)
	}
	return r
}

// iptablesTarget says what a rule does with a packet that fits.
func iptablesTarget(name string, chains ruleset) (then outcome, chain string) {
	switch name {
	case "ACCEPT":
		return accepted, ""
	case "DROP", "REJECT", "TARPIT":
		return dropped, ""
	case "RETURN":
		return fallsThrough, ""
	case "NFQUEUE", "QUEUE", "SYNPROXY":
		return accepted | dropped, ""
	}
	if chains[name] != nil {
		return 0, name
	}
	return 0, "" // LOG, MARK and the like decide nothing
}

// iptablesMatch says whether the packet fits one option of a rule.
func (p packet) iptablesMatch(option, value string) match {
	list := strings.Split(value, ",")
	switch option {
	case "-m":
		// Their options follow, and decide; of others we do not know whether some do.
		if slices.Contains([]string{
			"tcp", "udp", "multiport", "conntrack", "state", "addrtype", "comment", "icmp",
		}, value) {
			return yes
		}
	case "--comment":
		return yes
	case "-p":
		return when(value == p.protocol || value == "all")
	case "-i":
		return p.comesBy(value)
	case "-s":
		return p.comesFrom(value)
	case "--dport", "--dports", "--ports":
		return when(slices.ContainsFunc(list, p.goesTo))
	case "--ctstate", "--state":
		return isFirst(list)
	case "--dst-type":
		return when(slices.Contains(list, "LOCAL"))
	case "--icmp-type":
		return no
	case "--tcp-flags":
		// The first packet of a connection has SYN, and nothing else.
		return when(p.protocol == "tcp" && strings.HasSuffix(value, " SYN"))
	case "--syn":
		return when(p.protocol == "tcp")
	}
	return maybe
}

// goesTo says whether it goes to that port, or to one of a range such as 8000:8999.
func (p packet) goesTo(ports string) bool {
	from, to, isRange := strings.Cut(ports, ":")
	if !isRange {
		to = from
	}
	first, err := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	return err == nil && err2 == nil && first <= p.port && p.port <= last
}
