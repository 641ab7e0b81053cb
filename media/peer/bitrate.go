package peer

import "time"

// meter measures bits per second over the last second, in steps of a tenth. One goroutine uses it.
type meter struct {
	buckets [10]uint64
	step    int64
}

const meterStep = 100 * time.Millisecond

// add counts bytes at a time since any fixed moment, which must not go back, and returns the bits
// of the last second.
func (m *meter) add(since time.Duration, bytes int) uint64 {
	step := int64(since / meterStep)
	for n := 0; m.step < step && n < len(m.buckets); n++ {
		m.step++
		m.buckets[m.step%int64(len(m.buckets))] = 0
	}
	m.step = max(m.step, step)
	m.buckets[m.step%int64(len(m.buckets))] += uint64(bytes)
	var sum uint64
	for _, b := range m.buckets {
		sum += b
	}
	return 8 * sum
}
