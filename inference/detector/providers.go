package detector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"handlens/inference/ort"
)

// Providers returns the names that [Options].Provider takes with a chance of success on this
// computer, "auto" first. No driver is asked.
func Providers() []string {
	all := []string{"auto", "cpu"}
	for _, name := range ort.ProviderNames() {
		if name != "cpu" && ort.Offered(name) == nil {
			all = append(all, name)
		}
	}
	return all
}

// ProviderReport says whether a provider is available on this computer.
type ProviderReport struct {
	// Name is what [Options].Provider takes, Words what people write, for example "webgpu" and
	// "WebGPU".
	Name, Words string
	Available   bool
	// Why says in one sentence why it is not available, or "".
	Why string
}

// examineTimeout is how long a driver may take to answer whether it is there.
const examineTimeout = 10 * time.Second

// Examine reports for each provider, best first, whether it is available on this computer. Drivers
// are asked, which may take seconds. A provider that is available may still be slower than the
// processor: only [Detector.Tune] knows.
func Examine() []ProviderReport {
	var all []ProviderReport
	for _, name := range ort.ProviderNames() {
		r := ProviderReport{Name: name, Words: ort.ProviderWords(name)}
		_, err := inTime(context.Background(), examineTimeout, func() (struct{}, error) {
			return struct{}{}, ort.Probe(name)
		}, nil)
		if r.Available = err == nil; err != nil {
			r.Why = bareReason(err, r.Words)
		}
		all = append(all, r)
	}
	return all
}

// bareReason drops from an error what its reader knows already.
func bareReason(err error, words string) string {
	text := strings.TrimPrefix(err.Error(), ErrProvider.Error()+": ")
	return strings.TrimPrefix(text, words+": ")
}

// lateError says that a driver did not answer.
type lateError struct{ limit time.Duration }

func (e lateError) Error() string { return fmt.Sprintf("it did not answer within %v", e.limit) }

var errStopped = errors.New("the trial was stopped")

// inTime gives up on a call that hangs, or when ctx ends. Its goroutine then stays until the call
// returns, since nothing can end a call into a driver; what it returns in the end goes to late,
// which may be nil.
func inTime[T any](ctx context.Context, limit time.Duration, do func() (T, error),
	late func(T, error),
) (T, error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		v, err := do()
		done <- result{v, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	var err error
	select {
	case r := <-done:
		return r.v, r.err
	case <-timer.C:
		err = lateError{limit}
	case <-ctx.Done():
		err = errStopped
	}
	if late != nil {
		go func() {
			r := <-done
			late(r.v, r.err)
		}()
	}
	var none T
	return none, err
}
