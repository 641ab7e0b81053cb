package reach

import (
	"context"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows/registry"
)

// Where Windows keeps its firewall's settings, which anybody may read.
const defenderKey = `SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`

// maxRules bounds how many rules are read.
const maxRules = 20000

// firewalls looks at Windows' own firewall.
func firewalls(_ context.Context, f Facts) []Firewall {
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	var profiles []defenderProfile
	for key, name := range map[string]string{
		"DomainProfile": "Domain", "StandardProfile": "Private", "PublicProfile": "Public",
	} {
		k, err := registry.OpenKey(registry.LOCAL_MACHINE, defenderKey+`\`+key,
			registry.QUERY_VALUE)
		if err != nil {
			continue
		}
		on, _, err := k.GetIntegerValue("EnableFirewall")
		k.Close()
		if err == nil {
			profiles = append(profiles, defenderProfile{name: name, on: on != 0})
		}
	}
	if len(profiles) == 0 {
		return nil
	}
	return []Firewall{parseDefender(profiles, defenderTexts(), program, f.Port)}
}

// defenderTexts returns the rules as the registry keeps them.
func defenderTexts() (texts []string) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, defenderKey+`\FirewallRules`,
		registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	defer k.Close()
	names, err := k.ReadValueNames(maxRules)
	if err != nil && len(names) == 0 {
		return nil
	}
	for _, name := range names {
		text, _, err := k.GetStringValue(name)
		if err != nil {
			continue
		}
		if whole, err := registry.ExpandString(text); err == nil {
			text = whole
		}
		texts = append(texts, text)
	}
	return texts
}

// hide keeps a tool from opening a window of its own.
func hide(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true} }
