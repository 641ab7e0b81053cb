//go:build !linux && !darwin

package reach

import "context"

// portHolder is not told here.
func portHolder(context.Context, int) (Holder, bool) { return Holder{}, false }
