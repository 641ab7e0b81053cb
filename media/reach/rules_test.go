package reach

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// read returns a file of testdata.
func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRulesOfTheKernel judges rulesets as nft and iptables-save printed them: of ufw and firewalld
// as they were installed, with and without our port, and of a table written by hand. Those of IPv6
// are left out.
func TestRulesOfTheKernel(t *testing.T) {
	for _, c := range []struct {
		file, card, from string
		port             int
		want             FirewallState
		udpOnly          bool
	}{
		{"ufw-blocks.save", "eth0", "192.168.1.0/24", 8443, FirewallBlocks, false},
		{"ufw-allows.save", "eth0", "192.168.1.0/24", 8443, FirewallAllows, false},
		{"ufw-allows.save", "eth0", "192.168.1.0/24", 80, FirewallBlocks, true},
		{"ufw-blocks.json", "eth0", "192.168.1.0/24", 8443, FirewallOn, false}, // nft knows no more
		{"ufw-allows.save", "", "", 8443, FirewallAllows, false},
		// TCP alone is let in
		{"ufw-allows.save", "lo", "127.0.0.0/8", 8443, FirewallOff, false},

		// In its zone "home" our port is open, in "public" TCP from 1025 on.
		{"firewalld-zones.json", "eth9", "10.91.0.0/24", 8443, FirewallAllows, false},
		{"firewalld-zones.json", "eth9", "10.91.0.0/24", 8444, FirewallBlocks, false},
		{"firewalld-zones.json", "wlan0", "10.1.0.0/24", 8444, FirewallBlocks, true},
		{"firewalld-zones.json", "wlan0", "10.1.0.0/24", 1000, FirewallBlocks, false},

		{"own.json", "wlan0", "192.168.1.0/24", 8443, FirewallAllows, false},
		{"own.json", "wlan0", "10.0.0.0/24", 8443, FirewallBlocks, true},
		{"own.json", "wlan0", "192.0.0.0/8", 8443, FirewallOn, true}, // a part of it only
		{"own.json", "wlan0", "", 8443, FirewallOn, true},
		{"own.json", "wlan0", "192.168.1.0/24", 8500, FirewallBlocks, true},
		{"own.json", "eth0", "192.168.1.0/24", 8500, FirewallBlocks, false},
		{"own.json", "eth0", "10.0.0.0/24", 9443, FirewallAllows, false},

		{"none.json", "eth0", "10.0.0.0/24", 8443, FirewallOff, false},
	} {
		from := netip.Prefix{}
		if c.from != "" {
			from = netip.MustParsePrefix(c.from)
		}
		k := kernelText{nft: `{"nftables": []}`}
		switch name, ok := strings.CutSuffix(c.file, ".save"); {
		case ok && c.card == "":
			k = kernelText{saves: []string{read(t, c.file)}} // a computer without nft
		case ok:
			k = kernelText{nft: read(t, name+".json"), saves: []string{read(t, c.file)}}
		case c.file != "none.json":
			k.nft = read(t, c.file)
		}
		got, err := k.judge(c.port, c.card, from)
		if err != nil || got.State != c.want || got.UDPOnly != c.udpOnly {
			t.Errorf("%s, port %d by %q from %q: state %d, UDP only: %v, %v; want %d, %v", c.file,
				c.port, c.card, c.from, got.State, got.UDPOnly, err, c.want, c.udpOnly)
		}
	}
}

// TestSingleRules has rules as iptables-save prints them decide about the first packet of a phone
// at 10.0.0.0/24 that comes by wlan0.
func TestSingleRules(t *testing.T) {
	for rule, want := range map[string]FirewallState{
		`-p tcp --dport 8443 -j DROP`:                                         FirewallBlocks,
		`-p tcp --dport 8443 -m comment --comment "no \"-j ACCEPT\"" -j DROP`: FirewallBlocks,
		`-p tcp -m multiport --dports 22,8000:8500 -j REJECT`:                 FirewallBlocks,
		`-p tcp -m multiport --dports 22,8000:8442 -j REJECT`:                 FirewallAllows,
		`-p udp --dport 8443 -j DROP`:                                         FirewallAllows,
		`! -p udp -j DROP`:                                                    FirewallBlocks,
		`-i eth0 -j DROP`:                                                     FirewallAllows,
		`-i wl+ -j DROP`:                                                      FirewallBlocks,
		`! -i lo -j DROP`:                                                     FirewallBlocks,
		`-s 10.0.0.0/8 -j DROP`:                                               FirewallBlocks,
		`-s 10.0.0.7 -j DROP`:                                                 FirewallOn,
		`! -s 10.0.0.0/8 -j DROP`:                                             FirewallAllows,
		`-m conntrack --ctstate NEW -j DROP`:                                  FirewallBlocks,
		`-m conntrack --ctstate INVALID -j DROP`:                              FirewallAllows,
		`-p tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP`:                    FirewallAllows,
		`-m something --unheard of -j DROP`:                                   FirewallOn,
		`-m limit --limit 3/min -j DROP`:                                      FirewallOn,
		`-j LOG --log-prefix "DROP -j DROP"`:                                  FirewallAllows,
		`-g mine`:                                                             FirewallBlocks,
		`-j mine`:                                                             FirewallBlocks,
		`-j loop`:                                                             FirewallOn,
		`-p tcp -j RETURN` + "\n-A INPUT -j DROP":                             FirewallAllows,
	} {
		text := "*nat\n:INPUT DROP [0:0]\n-A INPUT -j DROP\nCOMMIT\n" +
			"*filter\n:INPUT ACCEPT [0:0]\n:mine - [0:0]\n:loop - [0:0]\n-A INPUT " + rule + "\n" +
			"-A mine -p icmp -j ACCEPT\n-A mine -j DROP\n-A loop -j loop\nCOMMIT\n"
		rules, err := parseIPTables(text, packet{
			protocol: "tcp", port: 8443, card: "wlan0", from: netip.MustParsePrefix("10.0.0.0/24"),
		})
		if err != nil || rules.verdict() != want {
			t.Errorf("%s: state %d, %v; want %d", rule, rules.verdict(), err, want)
		}
	}
}

// TestManyJumps has each of many chains jump to the next one many times, as a hostile ruleset may.
func TestManyJumps(t *testing.T) {
	var text strings.Builder
	text.WriteString("*filter\n:INPUT ACCEPT [0:0]\n:c30 - [0:0]\n")
	for i := range 30 {
		fmt.Fprintf(&text, ":c%d - [0:0]\n", i)
	}
	text.WriteString("-A INPUT -j c0\n-A c30 -j DROP\n")
	for i := range 30 {
		for range 30 {
			fmt.Fprintf(&text, "-A c%d -m limit -j c%d\n", i, i+1)
		}
	}
	rules, err := parseIPTables(text.String(), packet{protocol: "tcp", port: 8443})
	if err != nil || rules.verdict() != FirewallOn {
		t.Errorf("state %d, %v", rules.verdict(), err)
	}
}

func FuzzRules(f *testing.F) {
	// Short ones: of long ones, most of the time goes into making them shorter.
	f.Add(`{"nftables":[{"chain":{"family":"ip","table":"f","name":"i","type":"filter",` +
		`"hook":"input","policy":"drop"}},{"rule":{"family":"ip","table":"f","chain":"i",` +
		`"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},` +
		`"right":{"set":[22,{"range":[80,90]},"@s"]}}},{"jump":{"target":"i"}}]}}]}`)
	f.Add("*filter\n:INPUT DROP [0:0]\n-A INPUT ! -i lo -p tcp -m tcp --dport 1:9 -j ACCEPT\n")
	f.Add("### tuple ### allow any 8443 0.0.0.0/0 any 0.0.0.0/0 in\nENABLED=yes\n")
	f.Add("public (active)\n  target: default\n  ports: 1-9/tcp\n")
	f.Add("v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=C:\\handlens.exe|")
	f.Add("*filter\n:INPUT\n-A\n-A INPUT ! \n")
	f.Fuzz(func(_ *testing.T, text string) {
		p := packet{protocol: "tcp", port: 8443}
		for _, k := range []kernelText{{nft: text}, {saves: []string{text}}} {
			if _, err := k.verdict(p); err == nil {
				k.judge(8443, "wlan0", netip.Prefix{})
			}
		}
		zoneOf(parseZones(text), "wlan0", "public")
		parseUFW(text, text, &text, 8443, "wlan0")
		parseDefender([]defenderProfile{{"Public", true}}, []string{text}, `C:\handlens.exe`, 8443)
	})
}
