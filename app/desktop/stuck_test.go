package desktop

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAStuckToolkitIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		closes  bool
		stopped bool
		returns bool
		want    bool
	}{
		"it closes and returns":         {closes: true, returns: true},
		"it closes and does not return": {closes: true, want: true},
		"it is stopped and returns":     {stopped: true, returns: true},
		"it is stopped, and hangs":      {stopped: true, want: true},
		"it stays open for long":        {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				closing := make(chan struct{})
				ended := false
				returned := unlessReturned(ctx, closing, toolkitTime, func() { ended = true })
				if c.stopped {
					cancel()
				}
				if c.closes {
					close(closing)
				}
				time.Sleep(toolkitTime / 2)
				if c.returns {
					returned()
				}
				time.Sleep(toolkitTime)
				synctest.Wait()
				if ended != c.want {
					t.Errorf("it was ended: %v", ended)
				}
				if !c.returns {
					returned()
				}
			})
		})
	}
}
