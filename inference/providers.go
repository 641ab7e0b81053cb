package inference

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"handlens/inference/ort"
)

// Providers are the names that Options.Provider takes with a chance of success on this machine,
// "auto" first. No driver is asked.
func Providers() []string {
	all := []string{"auto", "cpu"}
	for _, name := range ort.ProviderNames() {
		if name != "cpu" && ort.Offered(name) == nil {
			all = append(all, name)
		}
	}
	return all
}

// ProviderReport says of one provider whether it can be had here.
type ProviderReport struct {
	// Name is what Options.Provider takes, Words what people write, for example "webgpu" and
	// "WebGPU".
	Name, Words string
	Available   bool
	// Why is a sentence when it is not available.
	Why string
}

// examineTime is how long a driver may think of whether it is there.
const examineTime = 10 * time.Second

// Examine asks for each provider, best first, whether it can be had here. Drivers are asked, which
// may take seconds. A provider that is available may still be slower than the processor: only
// [Detector.Prove] knows.
func Examine() []ProviderReport {
	var all []ProviderReport
	for _, name := range ort.ProviderNames() {
		r := ProviderReport{Name: name, Words: ort.ProviderWords(name)}
		_, err := inTime(context.Background(), examineTime, func() (struct{}, error) {
			return struct{}{}, ort.Probe(name)
		}, nil)
		if r.Available = err == nil; err != nil {
			r.Why = bareReason(err, r.Words)
		}
		all = append(all, r)
	}
	return all
}

// bareReason leaves away of an error what its reader knows already.
func bareReason(err error, words string) string {
	text := strings.TrimPrefix(err.Error(), ErrProvider.Error()+": ")
	return strings.TrimPrefix(text, words+": ")
}

// lateError says that a driver did not answer.
type lateError struct{ limit time.Duration }

func (e lateError) Error() string { return fmt.Sprintf("it did not answer within %v", e.limit) }

var errStopped = errors.New("the trial was stopped")

// inTime gives up on a call that hangs, or when ctx ends. Its goroutine is then lost until the call
// returns, since nothing can end a call into a driver; what it gives in the end goes to late, which
// may be nil.
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
