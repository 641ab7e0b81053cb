package main

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
		{nil, exitDone, exitDone},
		{nil, exitFailed, exitFailed},
		{interruption{syscall.SIGINT}, exitFailed, 130},
		{interruption{syscall.SIGTERM}, exitFailed, 143},
		{interruption{syscall.SIGINT}, exitDone, exitDone}, // what was to be done is done
		{interruption{syscall.SIGINT}, exitUsage, exitUsage},
		{errors.New("another"), exitFailed, exitFailed},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		if c.cause != nil {
			cancel(c.cause)
		}
		if got := exitStatus(ctx, c.status); got != c.want {
			t.Errorf("ended by %v with %d it is %d, want %d", c.cause, c.status, got, c.want)
		}
		cancel(nil)
	}
	if !errors.Is(interruption{syscall.SIGINT}, context.Canceled) {
		t.Error("an interruption is no cancelled context")
	}
}
