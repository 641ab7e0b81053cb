package remote

import (
	"sync"
	"time"
)

// MaxUnderWay bounds how many requests may be under way at once.
const MaxUnderWay = 8

// Limiter finds out how many requests to have under way at once. More of them help while they wait
// for the network, or where the server has several replicas; once they wait for each other, they
// only make results older. As TCP Vegas does, it takes what a request needs beyond the shortest
// time of late for waiting, and allows one more while nothing waits.
type Limiter struct {
	mu       sync.Mutex
	limit    float64
	usual    time.Duration // of a round trip, smoothed
	shortest time.Duration // of this period
	last     time.Duration // of the period before
	count    int           // in this period
}

// period is after how many requests the shortest time is found anew, since servers and networks
// change.
const period = 200

// took notes how long a request took.
func (l *Limiter) took(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.usual == 0 {
		l.usual = d
	}
	l.usual += (d - l.usual) / 8
	if l.count++; l.count >= period {
		l.last, l.shortest, l.count = l.shortest, 0, 0
	}
	if l.shortest == 0 || d < l.shortest {
		l.shortest = d
	}
	least := l.shortest
	if l.last > 0 {
		least = min(least, l.last)
	}
	l.limit = max(l.limit, 1)
	waiting := l.limit * (1 - float64(least)/float64(max(l.usual, 1)))
	switch step := 1 / l.limit; { // once for each round
	case waiting < 0.4:
		l.limit = min(l.limit+step, MaxUnderWay)
	case waiting > 0.8:
		l.limit = max(l.limit-step, 1)
	}
}

// UnderWay is how many requests to have under way at once, 1 at least.
func (l *Limiter) UnderWay() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(1, int(l.limit))
}

// RoundTrip is how long a run takes of late; 0 before the first.
func (l *Limiter) RoundTrip() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.usual
}
