package pairing

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// describe adds what Linux tells of a card under /sys/class/net.
func describe(c *netInterface) { describeFrom("/sys/class/net", c) }

func describeFrom(sys string, c *netInterface) {
	dir := filepath.Join(sys, c.name)
	if !exists(dir) {
		return // no sysfs in this sandbox: the name has to do
	}
	c.wireless = exists(filepath.Join(dir, "wireless")) || exists(filepath.Join(dir, "phy80211"))
	c.device = leadsToHardware(sys, c.name, 0)
	c.virtual = !c.device && !c.loopback
}

// maxStack bounds how many layers (VLAN on bridge on bond on card) are followed down to the
// hardware.
const maxStack = 4

// leadsToHardware says whether the card is hardware, or a bridge, bond or VLAN over a card that is.
// A bridge of Docker's or of a virtual machine's has only virtual members.
func leadsToHardware(sys, name string, depth int) bool {
	dir := filepath.Join(sys, name)
	if exists(filepath.Join(dir, "device")) {
		return true
	}
	if depth == maxStack {
		return false
	}
	var below []string
	if members, err := os.ReadDir(filepath.Join(dir, "brif")); err == nil {
		for _, m := range members {
			below = append(below, m.Name())
		}
	}
	if slaves, err := os.ReadFile(filepath.Join(dir, "bonding", "slaves")); err == nil {
		below = append(below, strings.Fields(string(slaves))...)
	}
	// The kernel also links each card to those it stands on as lower_NAME. A macvlan or ipvlan is
	// such a card too, and is on the LAN.
	if lower, err := filepath.Glob(filepath.Join(dir, "lower_*")); err == nil {
		for _, l := range lower {
			below = append(below, strings.TrimPrefix(filepath.Base(l), "lower_"))
		}
	}
	for _, b := range below {
		if leadsToHardware(sys, b, depth+1) {
			return true
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// defaultRoutes names the cards that have a default route in the main IPv4 table. A VPN may take
// all traffic by two routes of half the world each, which leaves the default route where it was:
// just what we want to know.
func defaultRoutes() map[string]bool {
	f, err := os.Open("/proc/net/route")
	if err != nil {
		return nil
	}
	defer f.Close()
	return parseRoutes(f)
}

// parseRoutes reads the table of /proc/net/route: a heading, then a line per route with the
// interface, the destination, the gateway, the flags, three counters and the mask, numbers in
// hexadecimal.
func parseRoutes(r io.Reader) map[string]bool {
	cards := make(map[string]bool)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) >= 8 && f[1] == "00000000" && f[7] == "00000000" {
			cards[f[0]] = true
		}
	}
	return cards
}
