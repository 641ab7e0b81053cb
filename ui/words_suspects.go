package ui

import (
	"strconv"
	"strings"

	"handlens/media/reach"
	"handlens/ui/kit"
)

// suspectWords says what is likely to keep phones away, and what to do about it.
func suspectWords(s reach.Suspect, port int) advice {
	switch s.Code {
	case reach.SuspectFirewall:
		return firewallWords(s.Firewall, port)
	case reach.SuspectOtherNetwork:
		if s.Phone.IsValid() && s.Ours.IsValid() {
			return advice{
				kit.L("The phone ({{.Phone}}) and this computer ({{.Ours}}) are on two networks.",
					map[string]any{"Phone": s.Phone.String(), "Ours": s.Ours.String()}),
				kit.L("Join both to the same Wi-Fi."),
			}
		}
		return advice{
			kit.L("The phone may be on another network."),
			kit.L("Join it to this computer's Wi-Fi, and turn mobile data off."),
		}
	case reach.SuspectIsolation:
		return advice{
			kit.L("The Wi-Fi may keep its members apart, as guest networks do."),
			kit.L("Use the main Wi-Fi, or let this computer join the phone's hotspot."),
		}
	case reach.SuspectVPN:
		return advice{
			kit.L("The VPN {{.Card}} may carry the traffic elsewhere.", cardData(s)),
			kit.L("Turn it off, or allow the local network in its settings."),
		}
	case reach.SuspectAddress:
		return advice{
			kit.L("Phones seldom reach the address in the code, {{.Address}} ({{.Card}}).",
				cardData(s)),
			kit.L("Choose another way to this computer."),
		}
	case reach.SuspectNoNetwork:
		return advice{
			kit.L("This computer is on no network."),
			kit.L("Join a Wi-Fi, or plug in a network cable."),
		}
	}
	return advice{}
}

// cardData are the values of a suspect that has a card.
func cardData(s reach.Suspect) map[string]any {
	address := ""
	if s.Ours.IsValid() {
		address = s.Ours.String()
	}
	return map[string]any{"Card": kit.Printable(s.Card, kit.MaxName), "Address": address}
}

// firewallWords is suspectWords for a firewall.
func firewallWords(f reach.Firewall, port int) advice {
	data := map[string]any{
		"Firewall": kit.Printable(f.Name, kit.MaxName), "Port": strconv.Itoa(port),
	}
	var a advice
	switch f.State {
	case reach.FirewallBlocks:
		a.what = kit.L("The firewall {{.Firewall}} keeps port {{.Port}} shut.", data)
	case reach.FirewallUnknown, reach.FirewallOn:
		a.what = kit.L("The firewall {{.Firewall}} may keep port {{.Port}} shut.", data)
	case reach.FirewallOff, reach.FirewallAllows:
		a.what = kit.L("The firewall {{.Firewall}} lets port {{.Port}} in.", data)
		return a
	}
	switch {
	case len(f.Commands) == 0:
		a.next = kit.L("Allow Handlens in its settings, port {{.Port}} for TCP and UDP.", data)
	case strings.Contains(f.Name, "Windows"):
		a.next = kit.L("Open the port in a terminal that runs as administrator:")
	default:
		a.next = kit.L("Open the port in a terminal:")
	}
	return a
}
