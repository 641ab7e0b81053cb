package reach

import (
	"fmt"
	"slices"
	"strings"
)

// zone is one of firewalld's, as `firewall-cmd --list-all-zones` tells of it.
type zone struct {
	name, target string
	cards, ports []string
	isDefault    bool
	rich         bool // it has rules of a richer language, which we do not read
}

// parseZones reads what `firewall-cmd --list-all-zones` says.
func parseZones(text string) (zones []zone) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if name, marks, _ := strings.Cut(line, " "); name != "" && !strings.HasPrefix(line, "\t") {
			zones = append(zones, zone{name: name, isDefault: strings.Contains(marks, "default")})
			continue
		}
		if len(zones) == 0 {
			continue
		}
		z := &zones[len(zones)-1]
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(line, "\t"): // of the list of rules
			z.rich = true
		case key == "target":
			z.target = strings.TrimSpace(value)
		case key == "interfaces":
			z.cards = strings.Fields(value)
		case key == "ports":
			z.ports = strings.Fields(value)
		}
	}
	return zones
}

// zoneOf returns the zone of a card: the one that lists it, else the default one.
func zoneOf(zones []zone, card, defaultZone string) (zone, bool) {
	for _, is := range []func(zone) bool{
		func(z zone) bool { return slices.Contains(z.cards, card) },
		func(z zone) bool { return z.isDefault || z.name == defaultZone },
	} {
		if i := slices.IndexFunc(zones, is); i >= 0 {
			return zones[i], true
		}
	}
	return zone{}, false
}

// state says whether the zone lets our port in.
func (z zone) state(port int) (s FirewallState, udpOnly bool) {
	if z.target == "ACCEPT" {
		return FirewallAllows, false
	}
	lets := func(protocol string) bool {
		p := packet{port: port}
		return slices.ContainsFunc(z.ports, func(one string) bool {
			ports, of, _ := strings.Cut(one, "/")
			return of == protocol && p.goesTo(strings.Replace(ports, "-", ":", 1))
		})
	}
	tcp, udp := lets("tcp"), lets("udp")
	switch {
	case tcp && udp:
		return FirewallAllows, false
	case z.rich: // which may let it in as well
		return FirewallOn, tcp
	}
	return FirewallBlocks, tcp
}

// firewalldCommands let the port in now, and from the next start on.
func firewalldCommands(zone string, port int) []string {
	in := ""
	if zone != "" {
		in = "--zone=" + zone + " "
	}
	add := fmt.Sprintf("%s--add-port=%d/tcp --add-port=%d/udp", in, port, port)
	return []string{"sudo firewall-cmd " + add, "sudo firewall-cmd --permanent " + add}
}
