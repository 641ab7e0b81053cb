package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Interruption is why a context has ended: somebody pressed Ctrl-C (SIGINT) or asked the program to
// end (SIGTERM).
type Interruption struct{ Signal syscall.Signal }

func (i Interruption) Error() string {
	if i.Signal == syscall.SIGINT {
		return "interrupted"
	}
	return i.Signal.String()
}

// Is makes it a [context.Canceled], as which it is known where nobody asks why.
func (i Interruption) Is(target error) bool { return target == context.Canceled }

// status is what shells make of a program that such a signal has ended.
func (i Interruption) status() int { return 128 + int(i.Signal) }

// UntilSignal returns a context that the first SIGINT or SIGTERM ends. That one only asks. From
// then on the signals do again what they do by default, so the next one ends the program at once,
// whatever it is waiting for.
func UntilSignal() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	notifyConsole(signals)
	go func() {
		first := interruptionBy(<-signals)
		signal.Stop(signals)
		cancel(first)
		select {
		case second := <-signals: // it came before the default was back
			os.Exit(interruptionBy(second).status())
		default:
		}
	}()
	return ctx
}

func interruptionBy(s os.Signal) Interruption {
	number, ok := s.(syscall.Signal)
	if !ok {
		number = syscall.SIGINT
	}
	return Interruption{number}
}

// ExitStatus is the program's, given that of what it did. A command that a signal has cut short
// has failed, and says so with the signal's own status. What was done in spite of the signal is
// done, and the app itself, which runs until it is stopped, ends well when it is.
func ExitStatus(ctx context.Context, status int) int {
	if i, ok := errors.AsType[Interruption](context.Cause(ctx)); ok && status == Failed {
		return i.status()
	}
	return status
}

// Interrupted says that the user stopped the work.
func Interrupted(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return nil
}
