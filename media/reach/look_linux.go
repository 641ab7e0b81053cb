package reach

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// firewalls looks at those of Linux: ufw and firewalld, which write the kernel's rules, and those
// rules themselves, which only an administrator may read.
func firewalls(ctx context.Context, f Facts) []Firewall {
	var rules, daemon Firewall
	var known, running bool
	var wg sync.WaitGroup
	wg.Go(func() { rules, known = kernelRules(ctx, f) })
	wg.Go(func() { daemon, running = firewalld(ctx, f) })
	front, hasUFW := ufw(f)
	wg.Wait()
	var all []Firewall
	if hasUFW {
		all = append(all, front)
	}
	if running {
		all = append(all, daemon)
	}
	for i := range all {
		if all[i].State == FirewallOff {
			continue
		}
		// The rules are its own, and they know best.
		if known && rules.State != FirewallOn {
			all[i].State, all[i].UDPOnly = rules.State, rules.UDPOnly
		}
		if s := all[i].State; s == FirewallOff || s == FirewallAllows {
			all[i].Commands = nil // nothing is to be done
		}
		return all
	}
	switch {
	case known && rules.State != FirewallOff:
		all = append(all, rules)
	case !known && active(ctx, "nftables"):
		all = append(all, Firewall{Name: "nftables"})
	}
	return all
}

// ufw looks into ufw's files. False for a computer without it.
func ufw(f Facts) (Firewall, bool) {
	config, err := os.ReadFile("/etc/ufw/ufw.conf")
	if err != nil {
		return Firewall{}, false
	}
	defaults, err := os.ReadFile("/etc/default/ufw")
	if err != nil {
		defaults = nil // it has them built in
	}
	var rules *string
	if b, err := os.ReadFile("/etc/ufw/user.rules"); err == nil {
		text := string(b)
		rules = &text
	}
	card, _ := f.card()
	return parseUFW(string(config), string(defaults), rules, f.Port, card), true
}

// firewalldSigns are there while it runs, of one way to start it or another. Without them it is not
// asked, which takes half a second when nobody answers.
var firewalldSigns = []string{
	"/run/firewalld", "/run/firewalld.pid", "/sys/fs/cgroup/system.slice/firewalld.service",
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// firewalldNotAllowed is what firewall-cmd ends with when an administrator would have to ask.
const firewalldNotAllowed = 253

// firewalld asks firewalld. False for a computer without it.
func firewalld(ctx context.Context, f Facts) (Firewall, bool) {
	name := tool("firewall-cmd")
	if name == "" {
		return Firewall{}, false
	}
	found := Firewall{
		Name: "firewalld", State: FirewallOn, Commands: firewalldCommands("", f.Port),
	}
	if !slices.ContainsFunc(firewalldSigns, exists) {
		return Firewall{Name: found.Name, State: FirewallOff}, true
	}
	if !mayAskFirewalld(ctx) {
		_, err := ask(ctx, name, "--state")
		return found.unless(ctx, err), true
	}
	var zones, defaultZone string
	var err, err2 error
	var wg sync.WaitGroup
	wg.Go(func() { zones, err = ask(ctx, name, "--list-all-zones") })
	wg.Go(func() { defaultZone, err2 = ask(ctx, name, "--get-default-zone") })
	wg.Wait()
	if err = cmp.Or(err, err2); err != nil {
		return found.unless(ctx, err), true
	}
	card, _ := f.card()
	if z, ok := zoneOf(parseZones(zones), card, strings.TrimSpace(defaultZone)); ok {
		found.State, found.UDPOnly = z.state(f.Port)
		found.Commands = firewalldCommands(z.name, f.Port)
	}
	return found, true
}

// unless returns the firewall as firewall-cmd's error has it.
func (w Firewall) unless(ctx context.Context, err error) Firewall {
	status, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil, ended && status.ExitCode() == firewalldNotAllowed:
		return w // it is there, and does not talk to us
	case ctx.Err() != nil:
		w.State = FirewallUnknown
		return w
	}
	return Firewall{Name: w.Name, State: FirewallOff}
}

// mayAskFirewalld says whether it tells us of its zones without asking a person for a password.
func mayAskFirewalld(ctx context.Context) bool {
	if os.Geteuid() == 0 {
		return true
	}
	name := tool("pkcheck")
	if name == "" {
		return false
	}
	_, err := ask(ctx, name, "--action-id", "org.fedoraproject.FirewallD1.config.info",
		"--process", strconv.Itoa(os.Getpid()))
	return err == nil
}

// kernelRules reads the rules of nftables, in which those of iptables are as well but for an old
// form of them. False when nobody tells.
func kernelRules(ctx context.Context, f Facts) (Firewall, bool) {
	if os.Geteuid() != 0 {
		return Firewall{}, false
	}
	var k kernelText
	for _, name := range []string{"iptables-save", "iptables-legacy-save"} {
		if text := rulesOf(ctx, name); text != "" {
			k.saves = append(k.saves, text)
		}
	}
	if k.nft = rulesOf(ctx, "nft", "--json", "list", "ruleset"); k.nft == "" && k.saves == nil {
		return Firewall{}, false
	}
	card, network := f.card()
	found, err := k.judge(f.Port, card, network)
	return found, err == nil
}

// rulesOf returns what a tool says; "" when it is not there, or does not say.
func rulesOf(ctx context.Context, name string, args ...string) string {
	path := tool(name)
	if path == "" {
		return ""
	}
	text, err := ask(ctx, path, args...)
	if err != nil {
		return ""
	}
	return text
}

// active asks systemd whether a service was started.
func active(ctx context.Context, service string) bool {
	name := tool("systemctl")
	if name == "" {
		return false
	}
	_, err := ask(ctx, name, "is-active", "--quiet", service+".service")
	return err == nil
}

func hide(*exec.Cmd) {}
