package ui

import (
	"sync"
	"time"

	"handlens/inference/track"
	"handlens/ui/tile"
)

const (
	// historyStep is the time of one value of a history, historyLength how many there are.
	historyStep   = time.Second
	historyLength = 300
	// maxHistory bounds the classes, and the lines and zones, that have a history.
	maxHistory = 64
)

// history is how many of each class one phone has seen over the last minutes, and what was counted
// at each line and zone. The phone's poller writes it, and the UI goroutine reads.
type history struct {
	mu      sync.Mutex
	began   time.Time
	step    int // that of the newest value, counted from the beginning
	classes map[string]*series
	regions map[string]*series
	crossed map[string]int // each line's total at the last look
}

// series has a value for each of the last steps, in a ring.
type series [historyLength]uint16

// note takes in what a phone says at a moment, which comes after the one before. Of the moments of
// one step the most counts.
func (h *history) note(now time.Time, counts []tile.ClassCount, tallies []track.Tally) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.classes == nil {
		h.began = now
		h.classes, h.regions = make(map[string]*series), make(map[string]*series)
		h.crossed = make(map[string]int)
	}
	h.goOn(int(now.Sub(h.began) / historyStep))
	at := h.step % historyLength
	for _, c := range counts {
		if s := seriesOf(h.classes, c.Label); s != nil {
			s[at] = max(s[at], bounded(c.Now))
		}
	}
	for _, t := range tallies {
		s := seriesOf(h.regions, t.Region.Name)
		if s == nil {
			continue
		}
		if !t.Region.IsLine() {
			s[at] = max(s[at], bounded(total(t.Inside)))
			continue
		}
		all := total(t.In) + total(t.Out)
		if before, known := h.crossed[t.Region.Name]; known && all > before {
			s[at] = bounded(int(s[at]) + all - before)
		}
		h.crossed[t.Region.Name] = all
	}
}

// goOn empties the steps up to that one, and forgets what was not there in all the time.
func (h *history) goOn(step int) {
	for next := max(h.step+1, step-historyLength+1); next <= step; next++ {
		for _, all := range []map[string]*series{h.classes, h.regions} {
			for name, s := range all {
				if s[next%historyLength] = 0; *s == (series{}) {
					delete(all, name)
				}
			}
		}
	}
	h.step = max(h.step, step)
}

// seriesOf is the series of that name, made when it is missing; nil when there are too many.
func seriesOf(all map[string]*series, name string) *series {
	s := all[name]
	if s == nil && len(all) < maxHistory {
		s = new(series)
		all[name] = s
	}
	return s
}

func bounded(n int) uint16 { return uint16(max(0, min(n, 1<<16-1))) } //nolint:gosec // bounded

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// age is how many steps there are.
func (h *history) age() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.classes == nil {
		return 0
	}
	return min(h.step+1, historyLength)
}

// class adds the values of a class to sum, whose last is the newest; region those of a line or a
// zone.
func (h *history) class(name string, sum []int) { h.add(&h.classes, name, sum) }

func (h *history) region(name string, sum []int) { h.add(&h.regions, name, sum) }

func (h *history) add(all *map[string]*series, name string, sum []int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := (*all)[name]
	if s == nil {
		return
	}
	for back := range min(len(sum), h.step+1, historyLength) {
		sum[len(sum)-1-back] += int(s[(h.step-back)%historyLength])
	}
}

// past adds up what several phones' histories say; nil while there is nothing to be seen.
func past(all []phoneStatus, read func(*history, []int)) []int {
	steps := 0
	for _, f := range all {
		if f.history != nil {
			steps = max(steps, f.history.age())
		}
	}
	if steps < chartSoon {
		return nil
	}
	sum := make([]int, steps)
	for _, f := range all {
		if f.history != nil {
			read(f.history, sum)
		}
	}
	return sum
}
