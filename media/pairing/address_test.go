package pairing

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// at makes a card that is up, from its name and its addresses.
func at(name string, prefixes ...string) netInterface {
	c := netInterface{name: name, up: true}
	for _, p := range prefixes {
		c.prefixes = append(c.prefixes, netip.MustParsePrefix(p))
	}
	return c
}

func (c netInterface) with(change func(*netInterface)) netInterface { change(&c); return c }

func real(c *netInterface)      { c.device = true }
func wifi(c *netInterface)      { c.device, c.wireless = true, true }
func soft(c *netInterface)      { c.virtual = true }
func gateway(c *netInterface)   { c.defaultRoute = true }
func tunnel(c *netInterface)    { c.pointToPoint, c.virtual = true, true }
func lo(c *netInterface)        { c.loopback = true }
func down(c *netInterface)      { c.up = false }
func vboxMAC(c *netInterface)   { c.mac = net.HardwareAddr{0x0a, 0x00, 0x27, 0, 0, 5} }
func vmwareMAC(c *netInterface) { c.mac = net.HardwareAddr{0x00, 0x50, 0x56, 0xc0, 0x00, 0x08} }

var rankTests = map[string]struct {
	cards []netInterface
	want  []string
}{
	"laptop on Wi-Fi with Docker": {
		[]netInterface{
			at("lo", "127.0.0.1/8", "::1/128").with(lo),
			at("docker0", "172.17.0.1/16").with(soft),
			at("br-5e1c9f3a2b7d", "172.18.0.1/16").with(soft),
			at("veth3f1a2b4", "fe80::1/64").with(soft),
			at("wlp0s20f3", "192.168.178.42/24", "fd12:3456:789a:0:1:2:3:4/64",
				"2001:db8::5/64", "fe80::2/64").with(wifi).with(gateway),
		},
		[]string{
			"192.168.178.42 Wi-Fi", "fd12:3456:789a:0:1:2:3:4 Wi-Fi", "172.17.0.1 Docker",
			"172.18.0.1 Docker",
		},
	},
	"a real LAN in 172.16/12 is not taken for Docker": {
		[]netInterface{
			at("docker0", "192.168.0.1/20").with(soft),
			at("enp3s0", "172.20.10.4/28").with(real).with(gateway),
		},
		[]string{"172.20.10.4 Ethernet", "192.168.0.1 Docker"},
	},
	"company laptop with a full-tunnel VPN": {
		[]netInterface{
			at("tun0", "10.8.0.6/24").with(tunnel).with(gateway),
			at("wlan0", "192.168.1.23/24").with(wifi),
		},
		[]string{"192.168.1.23 Wi-Fi", "10.8.0.6 VPN"},
	},
	"WireGuard and Tailscale beside Ethernet": {
		[]netInterface{
			at("tailscale0", "100.101.102.103/32", "fd7a:115c:a1e0::5/128").with(tunnel),
			at("wg0", "10.66.66.2/32").with(tunnel),
			at("eno1", "10.0.0.12/24").with(real).with(gateway),
		},
		[]string{
			"10.0.0.12 Ethernet", "10.66.66.2 VPN", "100.101.102.103 VPN",
			"fd7a:115c:a1e0::5 VPN",
		},
	},
	"Ethernet and Wi-Fi: the default route decides": {
		[]netInterface{
			at("wlan0", "192.168.2.5/24").with(wifi),
			at("eth0", "192.168.1.5/24").with(real).with(gateway),
		},
		[]string{"192.168.1.5 Ethernet", "192.168.2.5 Wi-Fi"},
	},
	"Ethernet for a device, Wi-Fi for the world": {
		[]netInterface{
			at("eth0", "169.254.7.7/16").with(real),
			at("wlan0", "192.168.2.5/24").with(wifi).with(gateway),
		},
		[]string{"192.168.2.5 Wi-Fi", "169.254.7.7 Ethernet"},
	},
	"Windows with WSL, Hyper-V and VirtualBox": {
		[]netInterface{
			at("vEthernet (WSL (Hyper-V firewall))", "172.28.96.1/20"),
			at("vEthernet (Default Switch)", "172.19.64.1/20"),
			at("Ethernet 3", "192.168.56.1/24").with(vboxMAC),
			at("VMware Network Adapter VMnet8", "192.168.149.1/24").with(vmwareMAC),
			at("Ethernet", "169.254.83.107/16").with(down),
			at("Local Area Connection* 1", "169.254.10.10/16"),
			at("Wi-Fi", "192.168.0.17/24").with(gateway),
			at("Loopback Pseudo-Interface 1", "127.0.0.1/8").with(lo),
		},
		[]string{
			"192.168.0.17 Wi-Fi", "172.28.96.1 WSL", "172.19.64.1 Hyper-V",
			"192.168.56.1 VirtualBox",
			"192.168.149.1 VMware", "169.254.10.10 hotspot",
		},
	},
	"German Windows": {
		[]netInterface{
			at("Ethernet 2", "192.168.56.1/24").with(vboxMAC),
			at("WLAN", "192.168.178.30/24").with(gateway),
		},
		[]string{"192.168.178.30 Wi-Fi", "192.168.56.1 VirtualBox"},
	},
	"Windows as a mobile hotspot": {
		[]netInterface{
			at("LAN-Verbindung* 12", "192.168.137.1/24"),
			at("Mobilfunk", "100.70.1.2/30").with(gateway),
		},
		[]string{"192.168.137.1 hotspot", "100.70.1.2 VPN"},
	},
	"MacBook with iCloud relay, AirDrop and a virtual machine": {
		[]netInterface{
			at("lo0", "127.0.0.1/8", "::1/128", "fe80::1/64").with(lo),
			at("en0", "192.168.1.64/24",
				"fdaa:bbcc:ddee:0:1c2d:3e4f:5a6b:7c8d/64").with(gateway),
			at("awdl0", "fe80::5/64"),
			at("utun4", "100.84.1.2/32").with(tunnel),
			at("bridge100", "192.168.64.1/24"),
		},
		[]string{
			"192.168.1.64 Ethernet", "fdaa:bbcc:ddee:0:1c2d:3e4f:5a6b:7c8d Ethernet",
			"192.168.64.1 shared network",
			"100.84.1.2 VPN",
		},
	},
	"phone's hotspot by cable": {
		[]netInterface{at("usb0", "192.168.42.129/24").with(real).with(gateway)},
		[]string{"192.168.42.129 USB"},
	},
	"server whose LAN is a bridge": {
		[]netInterface{
			at("br0", "192.168.5.2/24").with(real).with(gateway),
			at("virbr0", "192.168.122.1/24").with(soft),
		},
		[]string{"192.168.5.2 Ethernet", "192.168.122.1 virtual machines"},
	},
	"OpenWrt's bridge is not Docker's": {
		[]netInterface{
			at("br-lan", "192.168.1.1/24").with(real),
			at("br-0a1b2c3d4e5f", "172.18.0.1/16").with(soft),
		},
		[]string{"192.168.1.1 Ethernet", "172.18.0.1 Docker"},
	},
	"campus with public addresses": {
		[]netInterface{
			at("eth0", "141.24.33.7/22").with(real).with(gateway),
			at("docker0", "172.17.0.1/16").with(soft),
		},
		[]string{"141.24.33.7 Ethernet", "172.17.0.1 Docker"},
	},
	"container": {
		[]netInterface{
			at("lo", "127.0.0.1/8").with(lo),
			at("eth0", "172.17.0.2/16").with(soft).with(gateway),
		},
		[]string{"172.17.0.2 Ethernet"},
	},
	"modem beside Wi-Fi": {
		[]netInterface{
			at("wwan0", "10.45.3.2/30").with(real).with(gateway),
			at("wlan0", "192.168.8.3/24").with(wifi),
		},
		[]string{"192.168.8.3 Wi-Fi", "10.45.3.2 mobile"},
	},
	"an unknown card counts more than a VPN": {
		[]netInterface{at("Netzwerk 5", "192.168.9.9/24"), at("Mullvad", "10.64.0.2/32")},
		[]string{"192.168.9.9 network", "10.64.0.2 VPN"},
	},
	"nothing but loopback": {
		[]netInterface{
			at("lo", "127.0.0.1/8", "::1/128").with(lo),
			at("eth0", "192.168.1.1/24").with(real).with(down),
		},
		[]string{"127.0.0.1 this machine"},
	},
	"no card at all": {nil, nil},
}

// The lists are those of real machines, with the names and networks that their systems and programs
// give by default. want has "address kind" in the order expected.
func TestRank(t *testing.T) {
	for name, test := range rankTests {
		t.Run(name, func(t *testing.T) {
			for i := range test.cards {
				test.cards[i].index = i + 1
			}
			var got []string
			for _, a := range rank(test.cards) {
				got = append(got, a.IP.String()+" "+string(a.Kind))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "),
					strings.Join(test.want, "\n  "))
			}
			if test.cards != nil && len(got) == 0 {
				t.Error("every machine has an address")
			}
		})
	}
}

// The order of the system's list says nothing, so it must not change ours.
func TestRankIsStable(t *testing.T) {
	cards := []netInterface{
		at("eth0", "10.0.0.1/24").with(real), at("eth1", "10.0.1.1/24").with(real),
		at("eth2", "10.0.2.1/24").with(real),
	}
	for i := range cards {
		cards[i].index = i
	}
	want := rank(cards)
	slices.Reverse(cards)
	if got := rank(cards); !slices.Equal(got, want) {
		t.Errorf("reversed: %v, want %v", got, want)
	}
}

func TestAddressesOfThisMachine(t *testing.T) {
	addresses, err := Addresses()
	if err != nil {
		t.Fatal(err)
	}
	if len(addresses) == 0 {
		t.Fatal("not even the loopback address was found")
	}
	for i, a := range addresses {
		if !a.IP.IsValid() || a.IP.Zone() != "" || a.Kind == "" || a.Interface == "" {
			t.Errorf("incomplete: %+v", a)
		}
		if i > 0 && a.Score > addresses[i-1].Score {
			t.Errorf("%v stands after %v", a, addresses[i-1])
		}
		if a.IP.IsLoopback() && len(addresses) > 1 {
			t.Errorf("loopback is offered beside others: %v", addresses)
		}
	}
	if ips := IPs(); len(ips) != len(addresses) || ips[0] != addresses[0].IP {
		t.Errorf("IPs gives %v, Addresses %v", ips, addresses)
	}
}

func TestMarkOutgoing(t *testing.T) {
	cards := []netInterface{at("a", "10.0.0.1/24"), at("b", "10.0.1.1/24")}
	markOutgoing(cards, netip.MustParseAddr("10.0.1.1"))
	if cards[0].defaultRoute || !cards[1].defaultRoute {
		t.Errorf("marked %v", cards)
	}
	markOutgoing(cards[:1], netip.Addr{})
	if cards[0].defaultRoute {
		t.Error("no address marks no card")
	}
}

func TestWatchTellsEachChangeOnce(t *testing.T) {
	home := []Address{{IP: netip.MustParseAddr("192.168.1.2"), Kind: "Wi-Fi"}}
	cafe := []Address{{IP: netip.MustParseAddr("10.1.1.2"), Kind: "Wi-Fi"}}
	looks := [][]Address{home, home, nil, home, cafe, cafe, home}
	ctx, cancel := context.WithCancel(t.Context())
	var told [][]Address
	watch(ctx, time.Millisecond, func() ([]Address, error) {
		if len(looks) == 0 {
			cancel()
			return nil, errors.New("the system does not say")
		}
		next := looks[0]
		looks = looks[1:]
		if next == nil {
			return nil, errors.New("the system does not say")
		}
		return next, nil
	}, func(a []Address) { told = append(told, a) })
	if len(told) != 3 || !slices.Equal(told[0], home) || !slices.Equal(told[1], cafe) ||
		!slices.Equal(told[2], home) {
		t.Errorf("told %v", told)
	}
}
