package command

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"handlens/app/cli"
	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
)

// networkReport is what --json says of how a phone gets here.
type networkReport struct {
	Addresses   []addressReport    `json:"addresses"`
	Port        portReport         `json:"port"`
	Firewalls   []firewallReport   `json:"firewalls"`
	VPN         string             `json:"vpn,omitempty"` // the card by which traffic leaves
	Certificate *certificateReport `json:"certificate,omitempty"`
	// Suspects are what is likely to keep phones away that do not come at all, the likeliest first.
	Suspects []suspectReport `json:"suspects"`
}

type addressReport struct {
	Address   netip.Addr   `json:"address"`
	Network   netip.Prefix `json:"network"`
	Interface string       `json:"interface"`
	Kind      pairing.Kind `json:"kind"`
	Score     int          `json:"score"`
	Chosen    bool         `json:"chosen"` // it is the one in the QR code
	URL       string       `json:"url"`    // with the code, while Handlens runs
}

type portReport struct {
	Wanted int  `json:"wanted"`
	Used   int  `json:"used"` // by Handlens that runs, or that would be started
	Free   bool `json:"free"`
	// Running says that Handlens has it.
	Running bool   `json:"running"`
	Holder  string `json:"holder,omitempty"` // the program that has it
	PID     int    `json:"pid,omitempty"`
}

type firewallReport struct {
	Name     string   `json:"name"`
	State    string   `json:"state"`
	UDPOnly  bool     `json:"udp_only,omitempty"`
	Commands []string `json:"commands,omitempty"`
}

type suspectReport struct {
	Suspect  string `json:"suspect"`
	Firewall string `json:"firewall,omitempty"`
	Card     string `json:"card,omitempty"`
	Text     string `json:"text"` // what it is, and what to do
}

// network tells of the addresses, best first.
func (d *doctor) network() {
	all := d.facts.Addresses
	if len(all) == 0 || all[0].IP.IsLoopback() {
		d.find("network", isFault, "This computer is not on any network; join the phone's Wi-Fi.")
	}
	chosen := 0
	if d.address.IsValid() {
		if chosen = slices.IndexFunc(all, func(a pairing.Address) bool {
			return a.IP == d.address.Unmap()
		}); chosen < 0 {
			d.find("network", isFault, "--address %s is no address of this computer.", d.address)
		}
	}
	d.report.Addresses = make([]addressReport, 0, len(all))
	for i, a := range all {
		d.report.Addresses = append(d.report.Addresses, addressReport{
			Address: a.IP, Network: a.Network, Interface: a.Interface, Kind: a.Kind, Score: a.Score,
			Chosen: i == chosen,
		})
		if a.IP.IsLoopback() {
			continue
		}
		begin, end := "Also there:", "; --address chooses it"
		if i == chosen {
			begin, end = "The QR code will contain", ""
		}
		d.find("network", isFine, "%s %s (%s, %s), score %d: %s%s.", begin, a.IP,
			cli.KindWords(a.Kind), a.Interface, a.Score, cli.ReachWords(a.Kind), end)
	}
	if d.facts.VPN != "" {
		d.report.VPN = d.facts.VPN
		d.find("network", isNote, "%s", cli.SuspectWords(
			reach.Suspect{Code: reach.SuspectVPN, Card: d.facts.VPN}, d.port))
	}
}

// listening opens the port as the app does, TCP and UDP, and closes it again.
func (d *doctor) listening(ctx context.Context) {
	p := &d.report.Port
	p.Wanted, p.Used = d.port, d.port
	defer d.codes()
	if p.Free = portFree(d.port); p.Free {
		d.find("port", isFine, "%d is free for TCP and UDP; a firewall must let both in.", d.port)
		return
	}
	who := "another program"
	if h, ok := reach.PortHolder(ctx, d.port); ok {
		p.Holder, p.PID = h.Name, h.PID
		who = fmt.Sprintf("%s (process %d)", h.Name, h.PID)
	}
	// It is asked only where its name does not say it: it would take us for a phone.
	if p.Running = isHandlens(p.Holder) || speaksHandlens(ctx, d.port); p.Running {
		if p.PID == 0 {
			who = "as its certificate says"
		}
		d.find("port", isFine, "Handlens is running and has port %d: %s.", d.port, who)
		return
	}
	l, err := pairing.Listen(d.port)
	if err != nil {
		d.find("port", isFault, "%d is taken by %s, and no port after it is free (%v); choose one "+
			"with --port.", d.port, who, err)
		return
	}
	defer l.Close()
	p.Used = l.Port
	d.find("port", isNote, "%d is taken by %s; Handlens will listen on %d, which a firewall must "+
		"let in by TCP and UDP.", d.port, who, l.Port)
}

// portFree says whether the app could have the port.
func portFree(port int) bool {
	address := ":" + strconv.Itoa(port)
	tcp, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", address)
	if err != nil {
		return false
	}
	udp.Close()
	return true
}

// isHandlens says whether a program is this one, by its file.
func isHandlens(name string) bool {
	return strings.TrimSuffix(strings.ToLower(name), ".exe") == "handlens"
}

// codes makes what the QR code of each address says: with the code of the Handlens that runs, else
// without, so that the page asks for it.
func (d *doctor) codes() {
	token := ""
	if d.report.Port.Running {
		token = runningToken(d.dataDir, d.report.Port.Used)
	}
	for i := range d.report.Addresses {
		a := &d.report.Addresses[i]
		a.URL = pairing.URL(a.Address, d.report.Port.Used, token)
		if token == "" {
			a.URL = strings.TrimSuffix(a.URL, "#")
		}
		if qr, err := pairing.QRText(a.URL, d.colours); err == nil && d.qr {
			d.qrs = append(d.qrs, fmt.Sprintf("\n%s (%s, %s): %s\n%s", a.Address,
				cli.KindWords(a.Kind), a.Interface, a.URL, qr))
		}
	}
	if d.qr && !d.report.Port.Running {
		d.find("port", isNote, "Handlens is not running, so the QR codes lead nowhere yet; "+
			"handlens doctor --phone waits for a phone.")
	}
}

// maxToken bounds the file that has the token.
const maxToken = 64

// runningToken reads the token of the Handlens that runs on a port, which is in its data folder:
// the port and the token. It is "" when that is another user's.
func runningToken(dataDir string, port int) string {
	path := filepath.Join(dataDir, "token")
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() ||
		info.Size() > maxToken {
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	words := strings.Fields(string(b))
	if len(words) != 2 || words[0] != strconv.Itoa(port) {
		return ""
	}
	return words[1]
}

// firewalls tells of this computer's firewalls, and who is suspected when no phone comes.
func (d *doctor) firewalls() {
	f := d.facts
	if used := d.report.Port.Used; used != f.Port {
		f = reach.Look(context.Background(), used) // the commands are about the port that is used
		d.facts = f
	}
	d.report.Firewalls = make([]firewallReport, 0, len(f.Firewalls))
	for _, w := range f.Firewalls {
		d.report.Firewalls = append(d.report.Firewalls, firewallReport{
			Name: w.Name, State: w.State.String(), UDPOnly: w.UDPOnly, Commands: w.Commands,
		})
		state := isNote
		switch {
		case w.State == reach.FirewallOff || w.State == reach.FirewallAllows:
			state = isFine
		case w.State == reach.FirewallBlocks && !w.UDPOnly:
			state = isFault
		}
		d.find("firewall", state, "%s", cli.FirewallWords(w, f.Port))
	}
	if len(f.Firewalls) == 0 {
		d.find("firewall", isFine, "None is known of on this computer.")
	}
	called := netip.Addr{}
	for _, a := range d.report.Addresses {
		if a.Chosen {
			called = a.Address
		}
	}
	d.report.Suspects = []suspectReport{}
	for _, s := range f.Suspects(visit.NoProblem, netip.Addr{}, called) {
		d.report.Suspects = append(d.report.Suspects, suspectReport{
			Suspect: s.Code.String(), Firewall: s.Firewall.Name, Card: s.Card,
			Text: cli.SuspectWords(s, f.Port),
		})
	}
}
