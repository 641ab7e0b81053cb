package session

import (
	"slices"
	"sync"
	"time"
)

// Latency is what one stage took over the last second.
type Latency struct {
	P50, P95 time.Duration
	// Samples is how many there were; 0 leaves the times unknown.
	Samples int
}

// latencySamples is the most that one second is expected to bring; beyond it later samples are left
// out.
const latencySamples = 240

// latencyWindow collects durations until it is asked for them. Any goroutine may use it. The zero
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

// drain returns the quantiles of what was added since the last call, and starts again.
func (w *latencyWindow) drain() Latency {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.samples)
	if n == 0 {
		return Latency{}
	}
	slices.Sort(w.samples)
	l := Latency{P50: w.samples[n/2], P95: w.samples[min(n-1, n*95/100)], Samples: n}
	w.samples = w.samples[:0]
	return l
}
