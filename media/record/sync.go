package record

import (
	"sync"
	"sync/atomic"
	"time"
)

// syncEvery is how often what was written is synced to disk. With the second that a fragment lasts,
// two seconds are lost at most when the power fails.
const syncEvery = time.Second

// syncer syncs from a goroutine of its own, so that no writer waits for the disk.
type syncer struct {
	failed atomic.Pointer[error]
	done   chan struct{}
	ended  sync.WaitGroup
}

// startSyncer calls work every second until stop, or until it fails.
func startSyncer(work func() error) *syncer {
	s := &syncer{done: make(chan struct{})}
	s.ended.Go(func() {
		tick := time.NewTicker(syncEvery)
		defer tick.Stop()
		for {
			select {
			case <-s.done:
				return
			case <-tick.C:
			}
			if err := work(); err != nil {
				s.failed.Store(&err)
				return
			}
		}
	})
	return s
}

// err returns what made the work end.
func (s *syncer) err() error {
	if e := s.failed.Load(); e != nil {
		return *e
	}
	return nil
}

// stop waits for the goroutine. It is called once.
func (s *syncer) stop() {
	close(s.done)
	s.ended.Wait()
}
