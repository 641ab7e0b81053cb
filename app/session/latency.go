package session

import (
	"slices"
	"sync"
	"time"
)

// Latency is what one stage took over the last second.
type Latency struct{ P50, P95 time.Duration }

// latencySamples is the most that one second is expected to bring; beyond it later samples are left
// out.
const latencySamples = 240

// latencyWindow gathers durations until it is asked for them. Any goroutine may use it. The zero
// value is ready.
type latencyWindow struct {
	mu      sync.Mutex
	samples []time.Duration
}

func (w *latencyWindow) add(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.samples) < latencySamples {
		w.samples = append(w.samples, d)
	}
}

// drain returns the quantiles of what was gathered since the last call and how much that was, and
// starts anew.
func (w *latencyWindow) drain() (Latency, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.samples)
	if n == 0 {
		return Latency{}, 0
	}
	slices.Sort(w.samples)
	l := Latency{P50: w.samples[n/2], P95: w.samples[min(n-1, n*95/100)]}
	w.samples = w.samples[:0]
	return l, n
}
