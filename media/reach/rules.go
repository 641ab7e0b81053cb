package reach

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// packet is the first one of a phone that comes to us by IPv4.
type packet struct {
	protocol string // "tcp" or "udp"
	port     int
	card     string       // by which it comes; "" when nobody knows
	from     netip.Prefix // the network that it comes from; invalid when nobody knows
}

// match says whether a packet fits a condition. What we do not understand may fit.
type match uint8

const (
	no match = iota
	maybe
	yes
)

func when(fits bool) match {
	if fits {
		return yes
	}
	return no
}

// both is the match of two conditions together.
func both(a, b match) match { return min(a, b) }

// not is the match of the opposite.
func (m match) not() match { return yes - m }

// outcome is the set of what may become of a packet.
type outcome uint8

const (
	accepted outcome = 1 << iota
	dropped
	fallsThrough // nobody has decided
)

// rule is one line of a chain, as it concerns one packet.
type rule struct {
	when match
	then outcome // 0 for a rule that decides nothing, such as one that counts
	// chain is where the packet goes on; "" for nowhere else. It comes back when nobody there has
	// decided, unless the rule says leave.
	chain string
	leave bool
}

// chain is a list of rules, of which the first that fits decides.
type chain struct {
	rules []rule
	// input says that all that is for this computer begins here; what nobody has decided becomes
	// what policy says.
	input  bool
	policy outcome
}

// ruleset holds the chains by name.
type ruleset map[string]*chain

// anything is what may become of a packet that we lost sight of.
const anything = accepted | dropped | fallsThrough

// walk returns what may become of a packet in that chain. Whoever falls through comes to its end,
// or is sent back. What was found of each chain is kept in seen.
func (r ruleset) walk(name string, seen map[string]outcome) (all outcome) {
	c := r[name]
	if c == nil {
		return anything
	}
	if before, ok := seen[name]; ok {
		return before
	}
	seen[name] = anything // for a chain that leads back to itself
	defer func() { seen[name] = all }()
	for _, one := range c.rules {
		if one.when == no {
			continue
		}
		then := one.then
		goesOn := then == 0
		if one.chain != "" {
			then = r.walk(one.chain, seen)
			if goesOn = then&fallsThrough != 0 && !one.leave; goesOn {
				then &^= fallsThrough
			}
		}
		all |= then
		if one.when == yes && !goesOn {
			return all
		}
	}
	return all | fallsThrough
}

// verdict returns what becomes of a packet. All chains that see it have to accept it.
func (r ruleset) verdict() FirewallState {
	state, seen := FirewallAllows, map[string]outcome{}
	for name, c := range r {
		if !c.input {
			continue
		}
		all := r.walk(name, seen)
		if all&fallsThrough != 0 {
			all = all&^fallsThrough | c.policy
		}
		switch {
		case all == dropped:
			return FirewallBlocks
		case all&dropped != 0:
			state = FirewallOn
		}
	}
	return state
}

// kernelText is what the tools say of the kernel's rules.
type kernelText struct {
	nft   string   // as nft prints them; "" when it does not
	saves []string // as iptables-save does, of each kind that there is
}

// rulesets reads all of them. What nft cannot tell of the rules that iptables made in its tables,
// iptables-save does.
func (k kernelText) rulesets(p packet) (all []ruleset, err error) {
	if k.nft != "" {
		rules, err := parseNFT(k.nft, p, len(k.saves) > 0)
		if err != nil {
			return nil, err
		}
		all = append(all, rules)
	}
	for _, text := range k.saves {
		rules, err := parseIPTables(text, p)
		if err != nil {
			return nil, err
		}
		all = append(all, rules)
	}
	return all, nil
}

// verdict is that of all of them: each has to accept the packet.
func (k kernelText) verdict(p packet) (FirewallState, error) {
	all, err := k.rulesets(p)
	state := FirewallAllows
	for _, rules := range all {
		switch rules.verdict() {
		case FirewallBlocks:
			return FirewallBlocks, nil
		case FirewallOn:
			state = FirewallOn
		}
	}
	return state, err
}

// judge asks the rules about our port, by TCP and by UDP, and about one that hardly anybody opens:
// rules that let that one in are no firewall, and then the state is FirewallOff.
func (k kernelText) judge(port int, card string, from netip.Prefix) (Firewall, error) {
	f := Firewall{Name: "nftables"}
	if k.nft == "" {
		f.Name = "iptables"
	} else if rules, err := parseNFT(k.nft, packet{}, len(k.saves) > 0); err == nil &&
		!slices.ContainsFunc(slices.Collect(maps.Values(rules)), func(c *chain) bool {
			return c.input
		}) {
		f.Name = "iptables"
	}
	var states [3]FirewallState
	for i, p := range []packet{
		{"tcp", port, card, from}, {"udp", port, card, from}, {"tcp", 1, card, from},
	} {
		var err error
		if states[i], err = k.verdict(p); err != nil {
			return f, err
		}
	}
	tcp, udp, other := states[0], states[1], states[2]
	switch {
	case tcp == FirewallAllows && udp == FirewallAllows && other == FirewallAllows:
		f.State = FirewallOff
	case tcp == FirewallBlocks:
		f.State = FirewallBlocks
	case udp == FirewallBlocks:
		f.State, f.UDPOnly = FirewallBlocks, tcp == FirewallAllows
	case tcp == FirewallAllows && udp == FirewallAllows:
		f.State = FirewallAllows
	default:
		f.State, f.UDPOnly = FirewallOn, tcp == FirewallAllows
	}
	return f, nil
}

// comesBy says whether the packet comes by a card of that name, which may end in a star or, in
// iptables, a plus.
func (p packet) comesBy(name string) match {
	if p.card == "" {
		return maybe
	}
	if begin := strings.TrimRight(name, "*+"); begin != name {
		return when(strings.HasPrefix(p.card, begin))
	}
	return when(p.card == name)
}

// comesFrom says whether it comes from an address in that network.
func (p packet) comesFrom(text string) match {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return maybe
		}
		network = netip.PrefixFrom(a, a.BitLen())
	}
	switch {
	case network.Bits() == 0:
		return when(network.Addr().Is4())
	case !p.from.IsValid():
		return maybe
	case !p.from.Overlaps(network):
		return no
	case network.Bits() <= p.from.Bits():
		return yes
	}
	return maybe // some of our network
}

// isFirst says whether a packet that belongs to nothing yet has one of those states.
func isFirst(states []string) match {
	return when(slices.ContainsFunc(states, func(s string) bool {
		return strings.EqualFold(s, "new") || strings.EqualFold(s, "untracked")
	}))
}
