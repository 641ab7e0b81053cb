package pairing

import (
	"net/netip"
	"slices"
	"strings"
)

// nameRule tells a kind of card by its name. Names are compared in lower case.
type nameRule struct {
	prefix   string // the name begins like this
	anywhere bool   // or has it anywhere
	rest     string // what may follow the prefix, as a set of characters; empty: anything
	kind     Kind
	score    int
}

const (
	digits = "0123456789"
	hex    = "0123456789abcdef"
)

// nameRules are tried in order, those that are surely not the LAN first: on Windows a name may hold
// both words, as "vEthernet (WSL)" does. Names as they are met on Linux, macOS, the BSDs and
// Windows.
var nameRules = []nameRule{
	// Containers and virtual machines.
	{prefix: "(wsl", anywhere: true, kind: WSL, score: scoreVirtual},
	{prefix: "vethernet", kind: HyperV, score: scoreVirtual},
	{prefix: "docker", kind: Docker, score: scoreVirtual},
	// Docker's own networks; OpenWrt's br-lan is the LAN
	{prefix: "br-", kind: Docker, score: scoreVirtual, rest: hex},
	{prefix: "veth", kind: Docker, score: scoreVirtual},
	{prefix: "podman", kind: Podman, score: scoreVirtual},
	{prefix: "cni", kind: Kubernetes, score: scoreVirtual},
	{prefix: "flannel", kind: Kubernetes, score: scoreVirtual},
	{prefix: "cali", kind: Kubernetes, score: scoreVirtual},
	{prefix: "cilium", kind: Kubernetes, score: scoreVirtual},
	{prefix: "kube", kind: Kubernetes, score: scoreVirtual},
	{prefix: "virbr", kind: VirtualMachines, score: scoreVirtual},
	{prefix: "vnet", kind: VirtualMachines, score: scoreVirtual, rest: digits},
	{prefix: "lxcbr", kind: VirtualMachines, score: scoreVirtual},
	{prefix: "lxdbr", kind: VirtualMachines, score: scoreVirtual},
	{prefix: "incusbr", kind: VirtualMachines, score: scoreVirtual},
	{prefix: "mpqemubr", kind: VirtualMachines, score: scoreVirtual},
	{prefix: "waydroid", kind: VirtualMachines, score: scoreVirtual},
	{prefix: "vmnet", kind: VMware, score: scoreVirtual},
	{prefix: "vmenet", kind: VirtualMachines, score: scoreVirtual, rest: digits},
	{prefix: "vboxnet", kind: VirtualBox, score: scoreVirtual},
	{prefix: "vmware", anywhere: true, kind: VMware, score: scoreVirtual},
	{prefix: "virtualbox", anywhere: true, kind: VirtualBox, score: scoreVirtual},
	{prefix: "hyper-v", anywhere: true, kind: HyperV, score: scoreVirtual},
	{prefix: "dummy", kind: Virtual, score: scoreVirtual, rest: digits},
	// Microsoft KM-TEST Loopback Adapter, Npcap
	{prefix: "loopback", anywhere: true, kind: Virtual, score: scoreVirtual},

	// Tunnels.
	{prefix: "tailscale", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "zerotier", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "wireguard", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "openvpn", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "nordlynx", kind: VPN, score: scoreVPN},
	{prefix: "proton", kind: VPN, score: scoreVPN},
	{prefix: "mullvad", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "cloudflarewarp", kind: VPN, score: scoreVPN},
	{prefix: "hamachi", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "vpn", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "tap-windows", anywhere: true, kind: VPN, score: scoreVPN},
	{prefix: "tun", kind: VPN, score: scoreVPN},
	{prefix: "tap", kind: VPN, score: scoreVPN, rest: digits},
	{prefix: "utun", kind: VPN, score: scoreVPN},
	{prefix: "wg", kind: VPN, score: scoreVPN},
	{prefix: "zt", kind: VPN, score: scoreVPN},
	{prefix: "feth", kind: VPN, score: scoreVPN, rest: digits}, // ZeroTier on macOS
	{prefix: "ppp", kind: VPN, score: scoreVPN},
	{prefix: "ipsec", kind: VPN, score: scoreVPN},
	{prefix: "gpd", kind: VPN, score: scoreVPN, rest: digits}, // GlobalProtect
	{prefix: "cscotun", kind: VPN, score: scoreVPN},
	{prefix: "gif", kind: Tunnel, score: scoreVPN, rest: digits},
	{prefix: "stf", kind: Tunnel, score: scoreVPN, rest: digits},
	{prefix: "sit", kind: Tunnel, score: scoreVPN, rest: digits},
	{prefix: "gre", kind: Tunnel, score: scoreVPN, rest: digits},

	// A modem's network is the provider's, not the phone's.
	{prefix: "ww", kind: Mobile, score: scoreVPN},
	{prefix: "rmnet", kind: Mobile, score: scoreVPN},
	{prefix: "cellular", kind: Mobile, score: scoreVPN},
	{prefix: "mobil", kind: Mobile, score: scoreVPN},

	// Side channels of Apple's that carry no ordinary traffic.
	{prefix: "awdl", kind: AirDrop, score: scoreVirtual, rest: digits},
	{prefix: "llw", kind: AirDrop, score: scoreVirtual, rest: digits},
	{prefix: "anpi", kind: Virtual, score: scoreVirtual, rest: digits},

	// This machine as the access point.
	// macOS: Internet sharing and its virtual machines alike
	{prefix: "bridge100", kind: SharedNetwork, score: scoreHotspot - 250},
	{prefix: "ap", kind: Hotspot, score: scoreHotspot, rest: digits},
	// Windows: mobile hotspot, Wi-Fi Direct
	{prefix: "local area connection*", kind: Hotspot, score: scoreHotspot},
	{prefix: "lan-verbindung*", kind: Hotspot, score: scoreHotspot},

	// What we look for.
	// wlan0, wlp2s0, and "WLAN" on a German or Chinese Windows
	{prefix: "wl", kind: WiFi, score: scoreWiFi},
	{prefix: "wi-fi", kind: WiFi, score: scoreWiFi},
	{prefix: "wifi", kind: WiFi, score: scoreWiFi},
	{prefix: "wireless", anywhere: true, kind: WiFi, score: scoreWiFi},
	{prefix: "drahtlos", kind: WiFi, score: scoreWiFi},
	{prefix: "ath", kind: WiFi, score: scoreWiFi, rest: digits},
	// enp3s0, eno1, ens18, enx0050b6…; macOS: en0, though that is Wi-Fi on a laptop
	{prefix: "en", kind: Ethernet, score: scoreEthernet},
	{prefix: "eth", kind: Ethernet, score: scoreEthernet}, // eth0, "Ethernet 2"
	{prefix: "em", kind: Ethernet, score: scoreEthernet, rest: digits},
	{prefix: "igb", kind: Ethernet, score: scoreEthernet, rest: digits},
	{prefix: "re", kind: Ethernet, score: scoreEthernet, rest: digits},
	{prefix: "local area connection", kind: Ethernet, score: scoreEthernet},
	{prefix: "lan-verbindung", kind: Ethernet, score: scoreEthernet},
	// a phone that shares its network over the cable
	{prefix: "usb", kind: USB, score: scoreEthernet, rest: digits},
	{prefix: "rndis", kind: USB, score: scoreEthernet},
	{prefix: "bond", kind: Ethernet, score: scoreEthernet},
	{prefix: "team", kind: Ethernet, score: scoreEthernet, rest: digits},
	{prefix: "vlan", kind: Ethernet, score: scoreEthernet},
	{prefix: "bnep", kind: Bluetooth, score: scoreUnknown, rest: digits},
	{prefix: "bluetooth", anywhere: true, kind: Bluetooth, score: scoreUnknown},
	{prefix: "bridge", kind: Bridge, score: scoreBridge, rest: digits},
	{prefix: "br", kind: Bridge, score: scoreBridge, rest: digits},
}

// hostMACs are the beginnings of hardware addresses that virtual machine software gives to the
// cards that it puts into the machine it runs on, whatever the system calls them ("Ethernet 3").
// What its guests have is not among them: there it is the real network.
var hostMACs = []struct {
	prefix string
	kind   Kind
}{
	{"\x0a\x00\x27", VirtualBox},
	{"\x00\x50\x56\xc0\x00", VMware},
	{"\x02\x42", Docker},
}

// windowsHotspot is the network that Windows gives out as a mobile hotspot, under a name that it
// translates.
var windowsHotspot = netip.MustParsePrefix("192.168.137.0/24")

// classify says what a card is, in a word for people, and the score of its kind. What the system
// knows comes before what the name suggests, except that no hardware behind a VPN's name makes it
// less of a VPN.
func classify(c netInterface) (kind Kind, score int) {
	if c.loopback {
		return ThisMachine, scoreLoopback
	}
	kind, score = classifyName(c.name)
	if prefix, maker, ok := hostMAC(c); ok && (len(prefix) > 2 || kind == "") {
		return maker, scoreVirtual
	}
	surelyNot := kind != "" && score <= scoreVPN
	switch {
	case surelyNot && (!c.device || !c.wireless):
		return kind, score
	case c.wireless:
		return WiFi, scoreWiFi
	case c.device && (kind == "" || score < scoreEthernet):
		return Ethernet, scoreEthernet // for example a bridge that has the real card in it
	}
	return withoutHardware(c, kind, score)
}

// withoutHardware is the rest of classify: what the name says, where the system knows of no
// hardware behind the card.
func withoutHardware(c netInterface, kind Kind, score int) (Kind, int) {
	switch {
	case c.pointToPoint && !c.device && score < scoreEthernet:
		return VPN, scoreVPN
	case hotspot(c):
		return Hotspot, scoreHotspot
	case kind == "" && c.virtual:
		return Virtual, scoreVirtual
	case kind == "":
		return Network, scoreUnknown
	case c.virtual && score >= scoreEthernet:
		// eth0 inside a container: the name says LAN, the system says no hardware
		return kind, scoreUnknown
	}
	return kind, score
}

// hostMAC finds the virtual machine software that made a card without hardware. Docker's beginning
// is two bytes that others use as well (Linux containers run on it inside), so that one counts only
// where nothing better is known.
func hostMAC(c netInterface) (prefix string, kind Kind, ok bool) {
	for _, m := range hostMACs {
		if strings.HasPrefix(string(c.mac), m.prefix) && !c.device {
			return m.prefix, m.kind, true
		}
	}
	return "", "", false
}

// hotspot tells whether a card without hardware behind it carries Windows' hotspot.
func hotspot(c netInterface) bool {
	return !c.device && !c.defaultRoute &&
		slices.ContainsFunc(c.prefixes, func(p netip.Prefix) bool {
			return windowsHotspot.Contains(p.Addr().Unmap())
		})
}

func classifyName(name string) (kind Kind, score int) {
	name = strings.ToLower(name)
	for _, r := range nameRules {
		rest, ok := strings.CutPrefix(name, r.prefix)
		switch {
		case !ok && !(r.anywhere && strings.Contains(name, r.prefix)):
		case r.rest != "" && strings.Trim(rest, r.rest) != "":
		default:
			return r.kind, r.score
		}
	}
	return "", 0
}
