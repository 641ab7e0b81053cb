package cli

import (
	"context"
	"errors"
	"syscall"
	"testing"
)

func TestExitStatusAfterASignal(t *testing.T) {
	for _, c := range []struct {
		cause        error
		status, want int
	}{
		{nil, Done, Done},
		{nil, Failed, Failed},
		{Interruption{syscall.SIGINT}, Failed, 130},
		{Interruption{syscall.SIGTERM}, Failed, 143},
		{Interruption{syscall.SIGINT}, Done, Done}, // what was to be done is done
		{Interruption{syscall.SIGINT}, Usage, Usage},
		{errors.New("another"), Failed, Failed},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		if c.cause != nil {
			cancel(c.cause)
		}
		if got := ExitStatus(ctx, c.status); got != c.want {
			t.Errorf("ended by %v with %d it is %d, want %d", c.cause, c.status, got, c.want)
		}
		cancel(nil)
	}
	if !errors.Is(Interruption{syscall.SIGINT}, context.Canceled) {
		t.Error("an interruption is no cancelled context")
	}
}
