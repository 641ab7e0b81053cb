package reach

import (
	"context"
	"os"
	"os/exec"
)

// socketFilter is the tool of macOS's application firewall.
const socketFilter = "/usr/libexec/ApplicationFirewall/socketfilterfw"

// firewalls looks at macOS's application firewall.
func firewalls(ctx context.Context, _ Facts) []Firewall {
	state, err := ask(ctx, socketFilter, "--getglobalstate")
	if err != nil {
		return nil
	}
	// What these do not answer stays unknown.
	all, _ := ask(ctx, socketFilter, "--getblockall")
	program := ""
	if path, err := os.Executable(); err == nil {
		program, _ = ask(ctx, socketFilter, "--getappblocked", path)
	}
	return []Firewall{parseSocketFilter(state, all, program)}
}

func hide(*exec.Cmd) {}
