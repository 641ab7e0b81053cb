package reach

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"strconv"
	"strings"
)

// nftObject is one object of `nft --json list ruleset`. Only what we look at is there.
type nftObject struct {
	Chain *struct {
		Family, Table, Name, Type, Hook, Policy string
	}
	Set *struct {
		Family, Table, Name string
		Elem                []json.RawMessage
	}
	Rule *struct {
		Family, Table, Chain string
		Expr                 []map[string]json.RawMessage
	}
}

// parseNFT reads what `nft --json list ruleset` says, as it concerns one packet. On request it
// leaves out the tables that hold rules of iptables which nft does not understand.
func parseNFT(text string, p packet, withoutXT bool) (ruleset, error) {
	var all struct{ Nftables []nftObject }
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("the rules of nft: %w", err)
	}
	rules, foreign := ruleset{}, map[string]bool{}
	n := nftReader{packet: p, sets: map[string][]json.RawMessage{}}
	for _, o := range all.Nftables {
		switch {
		case o.Chain != nil && ipFamily(o.Chain.Family):
			c := &chain{
				input:  o.Chain.Hook == "input" && o.Chain.Type == "filter",
				policy: accepted,
			}
			if o.Chain.Policy == "drop" {
				c.policy = dropped
			}
			rules[nftName(o.Chain.Family, o.Chain.Table, o.Chain.Name)] = c
		case o.Set != nil:
			n.sets[nftName(o.Set.Family, o.Set.Table, o.Set.Name)] = o.Set.Elem
		case o.Rule != nil:
			r := o.Rule
			n.table = r.Family + " " + r.Table
			if c := rules[nftName(r.Family, r.Table, r.Chain)]; c != nil {
				c.rules = append(c.rules, n.rule(r.Expr)...)
			}
			for _, statement := range r.Expr {
				if _, xt := statement["xt"]; xt && withoutXT {
					foreign[n.table] = true
				}
			}
		}
	}
	for table := range foreign {
		maps.DeleteFunc(rules, func(name string, _ *chain) bool {
			return strings.HasPrefix(name, table+" ")
		})
	}
	return rules, nil
}

// nftReader reads the rules of a table, as they concern one packet.
type nftReader struct {
	packet
	table string                       // its family and its name
	sets  map[string][]json.RawMessage // of all tables, by their names
}

func ipFamily(family string) bool { return family == "ip" || family == "inet" }

func nftName(family, table, name string) string { return family + " " + table + " " + name }

// rule reads the statements of one rule. A map of verdicts makes several.
func (n nftReader) rule(statements []map[string]json.RawMessage) (all []rule) {
	fits := yes
	for _, statement := range statements {
		for kind, body := range statement {
			switch kind {
			case "match":
				fits = both(fits, n.match(body))
			case "vmap":
				all = append(all, n.verdicts(body, fits)...)
			case "limit", "xt", "quota", "ct count", "meter":
				fits = min(fits, maybe)
			default:
				if r, ok := nftVerdict(kind, body, n.table); ok {
					r.when = fits
					all = append(all, r)
				}
			}
		}
	}
	return all
}

// nftVerdict reads a statement that decides; false for one that does not.
func nftVerdict(kind string, body json.RawMessage, table string) (rule, bool) {
	switch kind {
	case "accept":
		return rule{then: accepted}, true
	case "drop", "reject":
		return rule{then: dropped}, true
	case "return":
		return rule{then: fallsThrough}, true
	case "queue", "synproxy":
		return rule{then: accepted | dropped}, true
	case "jump", "goto":
		var to struct{ Target string }
		if json.Unmarshal(body, &to) == nil {
			return rule{chain: table + " " + to.Target, leave: kind == "goto"}, true
		}
	}
	return rule{}, false
}

// verdicts reads a map of verdicts, such as `ct state vmap { invalid : drop }`.
func (n nftReader) verdicts(body json.RawMessage, fits match) (all []rule) {
	var vmap struct {
		Key  json.RawMessage
		Data struct {
			Set [][2]json.RawMessage
		}
	}
	if json.Unmarshal(body, &vmap) != nil { // a named one, whose elements stand elsewhere
		return []rule{{when: min(fits, maybe), then: accepted | dropped}}
	}
	for _, element := range vmap.Data.Set {
		var verdict map[string]json.RawMessage
		if json.Unmarshal(element[1], &verdict) != nil {
			continue
		}
		for kind, to := range verdict {
			if r, ok := nftVerdict(kind, to, n.table); ok {
				r.when = both(fits, n.compare(vmap.Key, element[0]))
				all = append(all, r)
			}
		}
	}
	return all
}

// match reads a condition.
func (n nftReader) match(body json.RawMessage) match {
	var m struct {
		Op          string
		Left, Right json.RawMessage
	}
	if json.Unmarshal(body, &m) != nil {
		return maybe
	}
	switch fits := n.compare(m.Left, m.Right); m.Op {
	case "==", "in", "":
		return fits
	case "!=":
		return fits.not()
	}
	return maybe
}

// nftLeft is what a condition is about.
type nftLeft struct {
	Meta    *struct{ Key string }
	CT      *struct{ Key string }
	Payload *struct{ Protocol, Field string }
	FIB     *struct {
		Result string
		Flags  json.RawMessage
	}
}

// compare says whether what left stands for is right, or one of right's.
func (n nftReader) compare(left, right json.RawMessage) match {
	var l nftLeft
	if json.Unmarshal(left, &l) != nil {
		return maybe
	}
	is, ok := n.subject(l)
	if !ok {
		return maybe
	}
	return n.anyOf(right, is)
}

// subject returns what says whether the packet has a value there; false for what we do not know.
func (n nftReader) subject(l nftLeft) (is func(nftValue) match, ok bool) {
	text := func(want string) func(nftValue) match {
		return func(v nftValue) match { return when(v.text == want) }
	}
	switch {
	case l.CT != nil && l.CT.Key == "state":
		return func(v nftValue) match { return isFirst([]string{v.text}) }, true
	case l.CT != nil && l.CT.Key == "status":
		return func(nftValue) match { return no }, true // nothing is translated yet
	case l.FIB != nil && l.FIB.Result == "type":
		if strings.Trim(string(l.FIB.Flags), `[" ]`) == "daddr" {
			return text("local"), true
		}
	case l.Meta != nil:
		switch l.Meta.Key {
		case "iifname", "iif":
			return func(v nftValue) match { return n.comesBy(v.text) }, true
		case "l4proto":
			return text(n.protocol), true
		case "nfproto":
			return text("ipv4"), true
		case "protocol":
			return text("ip"), true
		}
	case l.Payload != nil:
		return n.payload(l.Payload.Protocol, l.Payload.Field)
	}
	return nil, false
}

// payload is subject for a field of a header.
func (n nftReader) payload(protocol, field string) (is func(nftValue) match, ok bool) {
	switch {
	case protocol == "ip" && field == "protocol":
		return func(v nftValue) match { return when(v.text == n.protocol) }, true
	case protocol == "ip" && field == "saddr":
		return func(v nftValue) match { return n.comesFrom(v.text) }, true
	case protocol == "tcp" || protocol == "udp" || protocol == "th":
		if protocol != "th" && protocol != n.protocol {
			return func(nftValue) match { return no }, true
		}
		if field == "dport" {
			return func(v nftValue) match { return when(v.first <= n.port && n.port <= v.last) },
				true
		}
	case protocol == "ip6" || protocol == "icmp" || protocol == "icmpv6":
		return func(nftValue) match { return no }, true
	}
	return nil, false
}

// nftValue is one value that a condition compares with.
type nftValue struct {
	text        string // a word, an address or a network
	first, last int    // a number, or a range of them
}

// anyOf says whether one of the values fits: a plain one, a list, or a set.
func (n nftReader) anyOf(raw json.RawMessage, is func(nftValue) match) match {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		var set struct{ Set []json.RawMessage }
		if json.Unmarshal(raw, &set) != nil || set.Set == nil {
			v, ok := parseNFTValue(raw)
			if !ok {
				return maybe
			}
			name, named := strings.CutPrefix(v.text, "@")
			if !named {
				return is(v)
			}
			if set.Set, ok = n.sets[n.table+" "+name]; !ok {
				return maybe
			}
		}
		list = set.Set
	}
	best := no
	for _, one := range list {
		best = max(best, n.anyOf(one, is))
	}
	return best
}

// parseNFTValue reads one value, or the name of a set after an @; false for what we do not know.
func parseNFTValue(raw json.RawMessage) (nftValue, bool) {
	var word string
	var number int
	if json.Unmarshal(raw, &number) == nil {
		return nftValue{strconv.Itoa(number), number, number}, true
	}
	if json.Unmarshal(raw, &word) == nil {
		return nftValue{word, -1, -1}, true
	}
	var o struct {
		Prefix *struct {
			Addr string
			Len  int
		}
		Range []json.RawMessage
		Elem  *struct{ Val json.RawMessage }
	}
	if json.Unmarshal(raw, &o) != nil {
		return nftValue{}, false
	}
	switch {
	case o.Elem != nil:
		return parseNFTValue(o.Elem.Val)
	case o.Prefix != nil:
		a, err := netip.ParseAddr(o.Prefix.Addr)
		return nftValue{netip.PrefixFrom(a, o.Prefix.Len).String(), -1, -1}, err == nil
	case len(o.Range) == 2:
		var first, last int
		err1, err2 := json.Unmarshal(o.Range[0], &first), json.Unmarshal(o.Range[1], &last)
		return nftValue{"", first, last}, err1 == nil && err2 == nil
	}
	return nftValue{}, false
}
