package remote

import (
	"testing"
	"time"
)

// simulate has as many requests under way as the limiter wants: each takes the network's time, and
// waits for one of the server's replicas. It returns how many are under way on average in the end.
func simulate(l *Limiter, network, work time.Duration, replicas int) float64 {
	sum := 0
	const rounds = 600
	for i := range rounds {
		n := l.UnderWay()
		l.took(network + max(work, work*time.Duration(n)/time.Duration(replicas)))
		if i >= rounds/2 {
			sum += n
		}
	}
	return float64(sum) / (rounds / 2)
}

func TestAsManyUnderWayAsHelp(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name          string
		network, work time.Duration
		replicas      int
		least, most   float64
	}{
		{"one slow server nearby", ms, 50 * ms, 1, 1, 2},
		{"one far away", 100 * ms, 10 * ms, 1, 3, 8},
		{"four replicas", ms, 50 * ms, 4, 3.5, 6},
	} {
		if n := simulate(new(Limiter), c.network, c.work, c.replicas); n < c.least || n > c.most {
			t.Errorf("%s: %.1f are under way, want %g to %g", c.name, n, c.least, c.most)
		}
	}
}
