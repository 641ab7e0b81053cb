package reach

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"handlens/media/pairing"
)

const (
	// lookTime bounds a whole look: the tools that are asked are programs of others.
	lookTime = 2 * time.Second
	// toolGrace is how long a tool may hold its output open after it was ended.
	toolGrace = 100 * time.Millisecond
	// maxOutput bounds what is read of a tool. A ruleset beyond that is one that we cannot judge.
	maxOutput = 4 << 20
)

// Look gathers the facts about a port. It runs tools of the system, for [lookTime] at most, so it
// does not belong on a goroutine that must not wait.
func Look(ctx context.Context, port int) Facts {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	addresses, err := pairing.Addresses()
	if err != nil {
		addresses = nil // as on no network, which is all that can be said then
	}
	f := placeFacts(addresses, pairing.Outgoing())
	f.Port = port
	f.Firewalls = firewalls(ctx, f)
	return f
}

// placeFacts are those about the networks alone.
func placeFacts(addresses []pairing.Address, outgoing netip.Addr) Facts {
	f := Facts{Addresses: addresses}
	for _, a := range addresses {
		if a.IP == outgoing && a.Kind == pairing.VPN {
			f.VPN = a.Interface
		}
		if n := a.Network; n.IsValid() && !a.IP.IsLoopback() && !slices.Contains(f.Networks, n) {
			f.Networks = append(f.Networks, n)
		}
	}
	return f
}

// errTooLong is told of a tool that says more than we read.
var errTooLong = errors.New("the output is too long")

// ask runs a tool without its user's language and returns what it says on standard output. It reads
// no more than [maxOutput].
func ask(ctx context.Context, tool string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "LANGUAGE=")
	cmd.WaitDelay = toolGrace
	var out limited
	cmd.Stdout = &out
	hide(cmd)
	err := cmd.Run()
	if out.over {
		return "", errTooLong
	}
	return string(out.text), err
}

// limited keeps what is written to it, up to [maxOutput].
type limited struct {
	text []byte
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if len(l.text)+len(p) > maxOutput {
		l.over = true
		return 0, errTooLong
	}
	l.text = append(l.text, p...)
	return len(p), nil
}

// tool finds a program, also where only an administrator's shell looks for it; "" when it is not
// there.
func tool(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 && !info.IsDir() {
			return path
		}
	}
	return ""
}

// card is the one by which a phone most likely comes, and its network.
func (f Facts) card() (name string, network netip.Prefix) {
	if len(f.Addresses) == 0 {
		return "", netip.Prefix{}
	}
	return f.Addresses[0].Interface, f.Addresses[0].Network
}
