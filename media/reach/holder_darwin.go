package reach

import (
	"context"
	"fmt"
)

// portHolder asks lsof.
func portHolder(ctx context.Context, port int) (Holder, bool) {
	text, err := ask(ctx, "/usr/sbin/lsof", "-nP", fmt.Sprintf("-iTCP:%d", port), "-sTCP:LISTEN",
		"-Fpc")
	if err != nil {
		return Holder{}, false
	}
	return parseLSOF(text)
}
