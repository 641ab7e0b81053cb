package desktop

import (
	"context"
	"time"
)

// toolkitTime is how long the toolkit may take to return once the window closes.
const toolkitTime = 30 * time.Second

// unlessReturned calls end when what closes, or is asked to by ctx, has not returned after that
// time. The caller says that it has by the function that comes back. Fyne (2.8.1) can wait for ever
// as it ends: it hands its last event to a queue that nobody reads any more, if its main loop ends
// in the moment between. Nothing that was recorded is to be lost by that.
func unlessReturned(
	ctx context.Context, closing <-chan struct{}, after time.Duration, end func(),
) (returned func()) {
	done := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-closing:
		case <-done:
			return
		}
		select {
		case <-time.After(after):
			end()
		case <-done:
		}
	}()
	return func() { close(done) }
}
