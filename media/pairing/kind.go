package pairing

// Kind is what sort of network a card leads to. It is a code that scripts see as well; whoever
// shows it puts it into words.
type Kind string

// The kinds.
const (
	// The phone's own network.
	WiFi     Kind = "Wi-Fi"
	Ethernet Kind = "Ethernet"
	// USB is a phone that shares its network over the cable.
	USB       Kind = "USB"
	Bluetooth Kind = "Bluetooth"
	// Hotspot is a network that this machine gives, and SharedNetwork one that it gives on a Mac,
	// to others or to virtual machines.
	Hotspot       Kind = "hotspot"
	SharedNetwork Kind = "shared network"

	// Network is a card of which nothing is known, Bridge one without hardware behind it.
	Network Kind = "network"
	Bridge  Kind = "bridge"

	// Other networks than the phone's, as a rule.
	VPN    Kind = "VPN"
	Tunnel Kind = "tunnel"
	Mobile Kind = "mobile"

	// What no phone reaches: they lead to programs and machines inside this one.
	Docker          Kind = "Docker"
	Podman          Kind = "Podman"
	Kubernetes      Kind = "Kubernetes"
	WSL             Kind = "WSL"
	HyperV          Kind = "Hyper-V"
	VMware          Kind = "VMware"
	VirtualBox      Kind = "VirtualBox"
	VirtualMachines Kind = "virtual machines"
	Virtual         Kind = "virtual"
	AirDrop         Kind = "AirDrop"
	// ThisMachine is the loopback.
	ThisMachine Kind = "this machine"
)

// Kinds returns all kinds, for tests that want each of them worded.
func Kinds() []Kind {
	return []Kind{
		WiFi, Ethernet, USB, Bluetooth, Hotspot, SharedNetwork, Network, Bridge, VPN, Tunnel,
		Mobile, Docker, Podman, Kubernetes, WSL, HyperV, VMware, VirtualBox, VirtualMachines,
		Virtual, AirDrop, ThisMachine,
	}
}

// Reachable says whether a phone that is on no VPN could be on such a network.
func (k Kind) Reachable() bool {
	switch k {
	case WiFi, Ethernet, USB, Bluetooth, Hotspot, SharedNetwork, Network, Bridge:
		return true
	}
	return false
}
