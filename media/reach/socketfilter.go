package reach

import "strings"

// parseSocketFilter reads what macOS's socketfilterfw says to --getglobalstate, to --getblockall
// and to --getappblocked with our path. Its settings speak of programs, not of ports, and a Mac
// that a company manages lets no command change them, so there is none to offer.
func parseSocketFilter(state, blockAll, program string) Firewall {
	f := Firewall{Name: "macOS", State: FirewallUnknown}
	state, blockAll, program = strings.ToLower(state), strings.ToLower(blockAll),
		strings.ToLower(program)
	switch {
	case strings.Contains(state, "state = 0"), strings.Contains(state, "disabled"):
		f.State = FirewallOff
		return f
	case strings.Contains(state, "state = 2"),
		strings.Contains(blockAll, "set to enabled"),
		strings.Contains(blockAll, "block all enabled"),
		strings.Contains(blockAll, "blocking all"),
		strings.Contains(blockAll, "set to block all"):
		f.State = FirewallBlocks
		return f
	case strings.Contains(state, "state = 1"), strings.Contains(state, "enabled"):
		f.State = FirewallOn
	}
	switch {
	case strings.Contains(program, "is blocked"):
		f.State = FirewallBlocks
	case strings.Contains(program, "permitted"):
		f.State = FirewallAllows
	}
	return f
}
