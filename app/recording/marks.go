package recording

import (
	"cmp"
	"slices"
	"sort"
	"sync"
	"time"
)

// Mark is a moment at which a rule of the user's came true.
type Mark struct {
	// At is the time on the tape.
	At time.Duration `json:"-"`
	// Rule is what the rule is called, Labels what made it fire and how many of each.
	Rule   string         `json:"rule"`
	Labels map[string]int `json:"labels,omitempty"`
}

// maxMarks bounds what is remembered of a phone, and maxLineMarks what one line of a sidecar may
// hold.
const maxMarks, maxLineMarks = 500, 100

// Marks are those of one phone, as far as its tape may reach back. The zero value is empty. Any
// goroutine may use it.
type Marks struct {
	mu    sync.Mutex
	all   []Mark // oldest first
	first int    // number of all[0]; they are counted from 0 on
}

// Add adds a mark, whose labels are not changed afterwards.
func (m *Marks) Add(k Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, _ := slices.BinarySearchFunc(m.all, k.At+1, func(o Mark, to time.Duration) int {
		return cmp.Compare(o.At, to)
	})
	m.all = slices.Insert(m.all, at, k)
	if len(m.all) > maxMarks {
		m.all = slices.Delete(m.all, 0, 1)
		m.first++
	}
}

// Between returns the marks from the one time to the other, oldest first.
func (m *Marks) Between(from, to time.Duration) []Mark {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.all[m.before(from):m.before(to+1)])
}

// before is how many of those at hand are earlier than that.
func (m *Marks) before(at time.Duration) int {
	return sort.Search(len(m.all), func(i int) bool { return m.all[i].At >= at })
}

// number is that of the first mark that is not earlier than a time.
func (m *Marks) number(at time.Duration) int {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.first + m.before(at)
}

// since returns the marks from a number on that are not later than a time, and the number after
// them.
func (m *Marks) since(n int, at time.Duration) ([]Mark, int) {
	if m == nil {
		return nil, n
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	from, to := max(0, n-m.first), m.before(at+1)
	if from >= to {
		return nil, n
	}
	return slices.Clone(m.all[from:to]), m.first + to
}
