package pairing

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseRoutes(t *testing.T) {
	const table = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlp0s20f3	00000000	01B2A8C0	0003	0	0	600	00000000	0	0	0
tun0	00000000	00000000	0001	0	0	0	00000080	0	0	0
tun0	00000080	00000000	0001	0	0	0	00000080	0	0	0
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
short	00000000
`
	got := slices.Sorted(maps.Keys(parseRoutes(strings.NewReader(table))))
	if !slices.Equal(got, []string{"wlp0s20f3"}) {
		t.Errorf("default routes through %v; the VPN's halves of the world are none", got)
	}
}

// describeFrom is fed with trees as the kernel lays them out under /sys/class/net.
func TestDescribe(t *testing.T) {
	sys := t.TempDir()
	for _, dir := range []string{
		"eth0/device", "wlan0/device", "wlan0/wireless", "wlan1/device", "wlan1/phy80211",
		"docker0/bridge", "docker0/brif/veth1", "veth1",
		"br0/bridge", "br0/brif/eth0",
		"bond0/bonding",
		"br0.7/lower_br0",
		"loop/lower_loop",
	} {
		if err := os.MkdirAll(filepath.Join(sys, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(sys, "bond0/bonding/slaves"), []byte("eth0 eth1\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]netInterface{
		"eth0":    {device: true},
		"wlan0":   {device: true, wireless: true},
		"wlan1":   {device: true, wireless: true},
		"docker0": {virtual: true},
		"veth1":   {virtual: true},
		"br0":     {device: true},
		"bond0":   {device: true},
		"br0.7":   {device: true},
		"loop":    {virtual: true},
		"absent":  {},
	} {
		got := netInterface{name: name}
		describeFrom(sys, &got)
		if got.device != want.device || got.wireless != want.wireless ||
			got.virtual != want.virtual {
			t.Errorf("%s: device %v, wireless %v, virtual %v; want %v, %v, %v", name,
				got.device, got.wireless, got.virtual, want.device, want.wireless, want.virtual)
		}
	}
}
