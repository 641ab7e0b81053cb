package reach

import (
	"context"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/media/pairing"
)

// What ufw was installed with, turned on, and a rule for our port.
const (
	ufwConfig   = "# comment\nENABLED=yes\nLOGLEVEL=low\n"
	ufwDefaults = "IPV6=yes\nDEFAULT_INPUT_POLICY=\"DROP\"\n"
	ufwOurPort  = "allow any 8443 0.0.0.0/0 any 0.0.0.0/0 in"
)

// tuples makes a file of ufw's rules.
func tuples(of ...string) *string {
	text := "*filter\n### RULES ###\n"
	for _, tuple := range of {
		text += "\n### tuple ### " + tuple + "\n-A ufw-user-input -j ACCEPT\n"
	}
	return &text
}

// ufwTests are about port 8443 and the card wlan0.
var ufwTests = []struct {
	what, config, defaults string
	rules                  *string
	want                   FirewallState
	udpOnly                bool
}{
	{"off", "ENABLED=no\n", ufwDefaults, nil, FirewallOff, false},
	{"rules that only root reads", ufwConfig, ufwDefaults, nil, FirewallOn, false},
	{"no rule", ufwConfig, ufwDefaults, tuples(), FirewallBlocks, false},
	{
		"no rule, but open", ufwConfig, `DEFAULT_INPUT_POLICY="ACCEPT"`, tuples(), FirewallAllows,
		false,
	},
	{"our port", ufwConfig, ufwDefaults, tuples(ufwOurPort), FirewallAllows, false},
	{
		"by TCP", ufwConfig, ufwDefaults, tuples("allow tcp 8443 0.0.0.0/0 any 0.0.0.0/0 in"),
		FirewallBlocks, true,
	},
	{
		"a range and a list", ufwConfig, ufwDefaults, tuples(
			"allow tcp 22,8000:9000 0.0.0.0/0 any 0.0.0.0/0 in",
			"limit udp 8443 0.0.0.0/0 any 0.0.0.0/0 in",
		),
		FirewallAllows, false,
	},
	{
		"the first one counts", ufwConfig, ufwDefaults,
		tuples("deny any 8443 0.0.0.0/0 any 0.0.0.0/0 in", ufwOurPort), FirewallBlocks, false,
	},
	{
		"another card", ufwConfig, ufwDefaults,
		tuples("allow any 8443 0.0.0.0/0 any 0.0.0.0/0 in_eth0"), FirewallBlocks, false,
	},
	{
		"our card", ufwConfig, ufwDefaults,
		tuples("allow any 8443 0.0.0.0/0 any 0.0.0.0/0 in_wlan0"), FirewallAllows, false,
	},
	{
		"some only", ufwConfig, ufwDefaults,
		tuples("allow any 8443 0.0.0.0/0 any 192.168.0.0/16 in comment=7468652070686f6e6573"),
		FirewallOn, false,
	},
	{
		"a program's", ufwConfig, ufwDefaults,
		tuples("allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 WWW - in", ufwOurPort), FirewallAllows, false,
	},
}

// TestUFW reads its files as they were installed, and its notes of rules as it wrote them.
func TestUFW(t *testing.T) {
	for _, c := range ufwTests {
		got := parseUFW(c.config, c.defaults, c.rules, 8443, "wlan0")
		if got.State != c.want || got.UDPOnly != c.udpOnly {
			t.Errorf("%s: state %d, UDP only: %v; want %d, %v", c.what, got.State, got.UDPOnly,
				c.want, c.udpOnly)
		}
		want := []string{"sudo ufw allow 8443"}
		if c.want == FirewallOff {
			want = nil
		}
		if !slices.Equal(got.Commands, want) {
			t.Errorf("%s: the commands are %q", c.what, got.Commands)
		}
	}
}

// TestZones reads what firewall-cmd says of the zones that it was installed with. eth9 is in
// "home".
func TestZones(t *testing.T) {
	text := read(t, "zones.txt")
	public := "public\n  target: default\n  interfaces: \n  ports: "
	for _, c := range []struct {
		what, text, card, name string
		want                   FirewallState
		udpOnly                bool
	}{
		{"a card with a zone", text, "eth9", "home", FirewallBlocks, false},
		{"a card without", text, "wlan0", "public", FirewallBlocks, false},
		{"ports", public + "8443/tcp 8443/udp\n", "wlan0", "public", FirewallAllows, false},
		{"ranges", public + "1025-65535/udp 1025-65535/tcp\n", "", "public", FirewallAllows, false},
		{"TCP", public + "8443/tcp\n", "wlan0", "public", FirewallBlocks, true},
		{
			"rich rules", public + "\n  rich rules: \n\trule family=\"ipv4\" port port=\"8443\" " +
				"protocol=\"tcp\" accept\n", "wlan0", "public", FirewallOn, false,
		},
		{
			"the default one of newer ones", "trusted (default, active)\n  target: ACCEPT\n" +
				"  interfaces: \n", "wlan0", "trusted", FirewallAllows, false,
		},
	} {
		defaultZone := "public"
		if strings.HasPrefix(c.text, "trusted") {
			defaultZone = ""
		}
		z, ok := zoneOf(parseZones(c.text), c.card, defaultZone)
		state, udpOnly := z.state(8443)
		if !ok || z.name != c.name || state != c.want || udpOnly != c.udpOnly {
			t.Errorf("%s: %+v, state %d, UDP only: %v; want %s, %d, %v", c.what, z, state, udpOnly,
				c.name, c.want, c.udpOnly)
		}
	}
	if n := len(parseZones(text)); n != 9 {
		t.Errorf("%d zones, want 9", n)
	}
	if got := firewalldCommands("home", 8443); !slices.Equal(got, []string{
		"sudo firewall-cmd --zone=home --add-port=8443/tcp --add-port=8443/udp",
		"sudo firewall-cmd --permanent --zone=home --add-port=8443/tcp --add-port=8443/udp",
	}) {
		t.Errorf("the commands are %q", got)
	}
}

// TestSocketFilter reads answers of macOS' tool in the words of several versions, as others have
// noted them: there is no Mac here.
func TestSocketFilter(t *testing.T) {
	const on = "Firewall is enabled. (State = 1)\n"
	for _, c := range []struct {
		state, all, program string
		want                FirewallState
	}{
		{"Firewall is disabled. (State = 0)\n", "Block all DISABLED!\n", "", FirewallOff},
		{on, "Firewall has block all state set to disabled.\n", "", FirewallOn},
		{
			on, "Block all DISABLED! \n", "The application /a is not part of the firewall\n",
			FirewallOn,
		},
		{on, "Firewall has block all state set to enabled.\n", "", FirewallBlocks},
		{on, "Firewall is blocking all non-essential incoming connections.\n", "", FirewallBlocks},
		{
			on, "Firewall is set to block all non-essential incoming connections\n", "",
			FirewallBlocks,
		},
		{"Firewall is enabled. (State = 2)\n", "", "", FirewallBlocks},
		{on, "", "Incoming connection to the application is blocked\n", FirewallBlocks},
		{on, "", "Incoming connection to the application is permitted\n", FirewallAllows},
		{"something else", "", "", FirewallUnknown},
	} {
		if got := parseSocketFilter(c.state, c.all, c.program); got.State != c.want ||
			got.Commands != nil {
			t.Errorf("%q, %q, %q: %+v, want %d", c.state, c.all, c.program, got, c.want)
		}
	}
}

// TestDefender reads rules as Windows keeps them in its registry.
func TestDefender(t *testing.T) {
	const (
		program = `C:\Tools\handlens.exe`
		begin   = "v2.31|Action=Allow|Active=TRUE|Dir=In|"
		app     = `App=C:\Tools\Handlens.exe|Name=Handlens|`
		tcp     = begin + "Protocol=6|" + app
		udp     = begin + "Protocol=17|" + app
		add     = `netsh advfirewall firewall add rule name="Handlens" dir=in action=allow ` +
			`program="C:\Tools\handlens.exe" enable=yes profile=any`
		remove = `netsh advfirewall firewall delete rule name=all program="C:\Tools\handlens.exe"`
	)
	block := strings.NewReplacer("=Allow", "=Block", "Dir=In|", "Dir=In|Profile=Public|")
	all := []defenderProfile{{"Domain", true}, {"Private", true}, {"Public", true}}
	for _, c := range []struct {
		what     string
		profiles []defenderProfile
		rules    []string
		want     FirewallState
		udpOnly  bool
		commands []string
	}{
		{"off", []defenderProfile{{"Private", false}}, nil, FirewallOff, false, nil},
		{"no rule", all, nil, FirewallOn, false, []string{add}},
		{"both", all, []string{tcp, udp}, FirewallAllows, false, nil},
		{"any protocol", all, []string{begin + app}, FirewallAllows, false, nil},
		{"TCP", all, []string{tcp}, FirewallOn, true, []string{add}},
		{
			"refused when Windows asked", all,
			[]string{block.Replace(tcp), block.Replace(udp)},
			FirewallBlocks, false,
			[]string{remove, add},
		},
		{
			"at home only", all,
			[]string{strings.Replace(begin+app, "Dir=In", "Dir=In|Profile=Private", 1)},
			FirewallOn, false,
			[]string{add},
		},
		{
			"another program, the other way, and not active", all, []string{
				begin + `App=C:\other.exe|`, strings.Replace(tcp, "=In", "=Out", 1),
				strings.Replace(tcp, "TRUE", "FALSE", 1), begin + "Name=x|",
			}, FirewallOn, false, []string{add},
		},
		{
			"the port", all,
			[]string{begin + "Protocol=6|LPort=8443|", begin + "Protocol=17|LPort=8000-9000|"},
			FirewallAllows, false, nil,
		},
	} {
		got := parseDefender(c.profiles, c.rules, program, 8443)
		if got.State != c.want || got.UDPOnly != c.udpOnly ||
			!slices.Equal(got.Commands, c.commands) {
			t.Errorf("%s: %+v, want %d, UDP only: %v, %q", c.what, got, c.want, c.udpOnly,
				c.commands)
		}
	}
}

// TestLook looks at this computer, whatever it has.
func TestLook(t *testing.T) {
	began := time.Now()
	f := Look(t.Context(), 8443)
	if took := time.Since(began); took > lookTime+time.Second {
		t.Errorf("it took %v", took)
	}
	if f.Port != 8443 || len(f.Addresses) == 0 {
		t.Errorf("%+v", f)
	}
	for _, w := range f.Firewalls {
		if w.Name == "" {
			t.Errorf("a firewall without a name: %+v", w)
		}
	}
}

// TestPlace wants the networks of the cards once each, and the VPN by which traffic leaves.
func TestPlace(t *testing.T) {
	address := func(prefix, card string, kind pairing.Kind) pairing.Address {
		p := netip.MustParsePrefix(prefix)
		return pairing.Address{IP: p.Addr(), Interface: card, Kind: kind, Network: p.Masked()}
	}
	all := []pairing.Address{
		address("192.168.1.2/24", "wlan0", pairing.WiFi),
		address("192.168.1.3/24", "eth0", pairing.Ethernet),
		address("10.8.0.6/24", "tun0", pairing.VPN),
		address("127.0.0.1/8", "lo", pairing.ThisMachine),
	}
	f := placeFacts(all, netip.MustParseAddr("10.8.0.6"))
	if f.VPN != "tun0" || len(f.Networks) != 2 {
		t.Errorf("VPN %q, networks %v", f.VPN, f.Networks)
	}
	if f := placeFacts(all, netip.MustParseAddr("192.168.1.2")); f.VPN != "" {
		t.Errorf("with traffic by Wi-Fi the VPN is %q", f.VPN)
	}
}

// TestToolsAreBounded ends a tool that does not end by itself, and reads no more than it may.
func TestToolsAreBounded(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it wants a shell")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := ask(ctx, "sh", "-c", "sleep 20 & sleep 20"); err == nil ||
		time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if _, err := ask(t.Context(), "sh", "-c", "yes | head -c 5000000"); err == nil {
		t.Error("5 MB were read")
	}
	if got, err := ask(t.Context(), "sh", "-c", "echo $LC_ALL"); err != nil || got != "C\n" {
		t.Errorf("%q, %v", got, err)
	}
}
