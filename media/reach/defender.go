package reach

import (
	"fmt"
	"strings"
)

// defenderProfile is one of the kinds of network for which Windows' firewall has settings.
type defenderProfile struct {
	name string // as rules call it
	on   bool
}

// parseDefender judges Windows' firewall by its settings for the three kinds of network, and by the
// rules as the registry keeps them, such as
//
//	v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=C:\handlens.exe|Name=Handlens|
//
// where Protocol 6 is TCP, 17 is UDP, and none is any. The registry's words are the same in each
// language of Windows, unlike those of netsh.
func parseDefender(profiles []defenderProfile, rules []string, program string, port int) Firewall {
	f := Firewall{Name: "Windows Defender Firewall", State: FirewallOff}
	add := fmt.Sprintf(`netsh advfirewall firewall add rule name="Handlens" dir=in action=allow `+
		`program="%s" enable=yes profile=any`, program)
	tcp, udp, blocked := FirewallAllows, FirewallAllows, false
	for _, profile := range profiles {
		if !profile.on {
			continue
		}
		f.State = FirewallOn
		for protocol, state := range map[string]*FirewallState{"6": &tcp, "17": &udp} {
			switch allows, blocks := defenderRules(rules, profile.name, protocol, program, port); {
			case blocks:
				*state, blocked = FirewallBlocks, true
			case !allows && *state == FirewallAllows:
				*state = FirewallOn // for this kind of network, which may be the one
			}
		}
	}
	if f.State == FirewallOff {
		return f
	}
	f.State = min(tcp, udp)
	if tcp == FirewallBlocks || udp == FirewallBlocks {
		f.State = FirewallBlocks
	}
	f.UDPOnly = tcp == FirewallAllows && udp != FirewallAllows
	if f.State != FirewallAllows {
		f.Commands = []string{add}
	}
	if blocked { // a rule that blocks outdoes those that allow
		f.Commands = []string{
			fmt.Sprintf(`netsh advfirewall firewall delete rule name=all program="%s"`, program),
			add,
		}
	}
	return f
}

// defenderRules says what the rules do with what comes for us on such a network.
func defenderRules(rules []string, profile, protocol, program string, port int) (
	allows, blocks bool,
) {
	for _, text := range rules {
		r := defenderRule{}
		for field := range strings.SplitSeq(text, "|") {
			if name, value, ok := strings.Cut(field, "="); ok {
				r[name] = append(r[name], value)
			}
		}
		if r.counts() && r.isFor(program, port) && r.has("Protocol", protocol) &&
			r.has("Profile", profile) {
			allows = allows || r.is("Action", "Allow")
			blocks = blocks || r.is("Action", "Block")
		}
	}
	return allows, blocks
}

// defenderRule has the values of each field of a rule.
type defenderRule map[string][]string

// is says whether a field is there with that value.
func (r defenderRule) is(field, value string) bool {
	return len(r[field]) > 0 && contains(r[field], value)
}

// has is is, or whether the field is not there, so that the rule is for any value.
func (r defenderRule) has(field, value string) bool {
	return len(r[field]) == 0 || contains(r[field], value)
}

// counts says whether it is on, and about what comes in.
func (r defenderRule) counts() bool { return r.is("Active", "TRUE") && r.is("Dir", "In") }

// isFor says whether it is about our program, or our port; those of Windows' own that are about
// neither are for its services.
func (r defenderRule) isFor(program string, port int) bool {
	byPort := len(r["LPort"]) > 0
	if byPort && !anyPort(r["LPort"], packet{port: port}) || len(r["Svc"]) > 0 {
		return false
	}
	return r.is("App", program) || byPort && len(r["App"]) == 0
}

func contains(list []string, want string) bool {
	for _, one := range list {
		if strings.EqualFold(one, want) {
			return true
		}
	}
	return false
}

// anyPort says whether it goes to one of those ports, of which each may be a range.
func anyPort(ports []string, p packet) bool {
	for _, one := range ports {
		if p.goesTo(strings.Replace(one, "-", ":", 1)) {
			return true
		}
	}
	return false
}
