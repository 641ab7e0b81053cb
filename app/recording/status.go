package recording

import (
	"sync"
)

// status is a State that one goroutine changes and others read.
type status struct {
	mu sync.Mutex
	s  State
}

func (s *status) get() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.s
}

func (s *status) change(f func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.s)
}
