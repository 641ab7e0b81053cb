package reach

import (
	"net/netip"

	"handlens/media/pairing"
)

// FirewallState is what is known of a firewall.
type FirewallState uint8

// The states of a firewall.
const (
	// FirewallUnknown: it is there; whether it is on, only an administrator may ask.
	FirewallUnknown FirewallState = iota
	// FirewallOff: it is there and off.
	FirewallOff
	// FirewallOn: it is on; whether it lets our port in, nobody tells.
	FirewallOn
	// FirewallBlocks: it is on and does not let our port in.
	FirewallBlocks
	// FirewallAllows: it is on and lets our port in.
	FirewallAllows
)

// stateNames are what scripts know the states by.
var stateNames = [...]string{
	FirewallUnknown: "unknown", FirewallOff: "off", FirewallOn: "on", FirewallBlocks: "blocks",
	FirewallAllows: "allows",
}

// String returns the state's name, on which scripts rely.
func (s FirewallState) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// Firewall is one of this computer's firewalls.
type Firewall struct {
	// Name is what it is called: "ufw", "firewalld", "nftables", "Windows Defender Firewall", …
	Name  string
	State FirewallState
	// UDPOnly says that it blocks nothing but UDP: a phone gets here, and its video takes TCP.
	UDPOnly bool
	// Commands, typed in a terminal, let our port in; empty where only settings do, or nothing is
	// to be done.
	Commands []string
}

// Facts are what is known of this computer's place in its networks.
type Facts struct {
	Port      int
	Firewalls []Firewall
	// VPN is the name of the card by which traffic leaves for the world when that is a VPN; else
	// "".
	VPN string
	// Addresses are those of this computer, best first, and Networks are their networks.
	Addresses []pairing.Address
	Networks  []netip.Prefix
}

// SuspectCode is a likely cause.
type SuspectCode uint8

// The likely causes, each with the fields of a Suspect that belong to it.
const (
	// SuspectFirewall: a Firewall of this computer keeps the port shut.
	SuspectFirewall SuspectCode = iota
	// SuspectOtherNetwork: the phone is on another network; Phone and Ours when it is known.
	SuspectOtherNetwork
	// SuspectIsolation: the Wi-Fi keeps its members apart, as guest networks do.
	SuspectIsolation
	// SuspectVPN: a VPN (Card) carries the traffic elsewhere.
	SuspectVPN
	// SuspectAddress: the address in the code (Ours, Card) is one that phones seldom reach.
	SuspectAddress
	// SuspectNoNetwork: this computer is on no network.
	SuspectNoNetwork

	suspectCodes // how many there are
)

// suspectNames are what scripts know the causes by.
var suspectNames = [suspectCodes]string{
	SuspectFirewall: "firewall", SuspectOtherNetwork: "other-network",
	SuspectIsolation: "isolation", SuspectVPN: "vpn", SuspectAddress: "address",
	SuspectNoNetwork: "no-network",
}

// String returns the cause's name, on which scripts rely.
func (c SuspectCode) String() string {
	if c < suspectCodes {
		return suspectNames[c]
	}
	return "unknown"
}

// SuspectCodes returns all codes, for tests that want each of them worded.
func SuspectCodes() []SuspectCode {
	all := make([]SuspectCode, suspectCodes)
	for i := range all {
		all[i] = SuspectCode(i)
	}
	return all
}

// Suspect is one likely cause why a phone does not get here, or its video does not.
type Suspect struct {
	Code     SuspectCode
	Firewall Firewall
	Card     string
	// Phone is the phone's address, Ours the one of this computer that it is about.
	Phone, Ours netip.Addr
}
