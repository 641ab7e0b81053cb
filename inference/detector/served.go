package detector

import (
	"context"
	"errors"
	"sync"
	"time"

	"handlens/inference"
	"handlens/inference/remote"
	"handlens/media"
)

// ErrStale says that a frame was left out, since a newer one has taken its place.
var ErrStale = errors.New("a newer frame has taken its place")

// Served has a server run a model as long as it answers, and a Detector here while it does not. Any
// goroutine may call any method. [Served.Keep] looks for the server; without it the Detector here
// does all.
type Served struct {
	client  *remote.Client
	local   *Detector
	options Options
	lost    chan struct{} // of capacity 1: the server has failed

	mu sync.Mutex
	// served is what the server runs, from which the lanes are made; nil while it does not answer.
	served *Detector
	free   []*Detector // lanes that are not in use
	fault  error       // why it does not answer
	closed bool
	busy   sync.WaitGroup // a lane each
	cancel context.CancelFunc
}

// NewServed returns a Served, which owns the Detector and the client. [Options].Changed is told
// when the server has taken over, and when it has failed.
func NewServed(c *remote.Client, local *Detector, o Options) *Served {
	return &Served{client: c, local: local, options: o, lost: make(chan struct{}, 1)}
}

const (
	// The time between two tries to find the server is doubled from the one to the other.
	leastRest = 500 * time.Millisecond
	mostRest  = 5 * time.Second
)

// Keep looks for the server, and again whenever it has failed, until ctx ends or Close is called.
func (s *Served) Keep(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.cancel = cancel
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return
	}
	rest := leastRest
	for ctx.Err() == nil {
		d, err := OpenServer(ctx, s.client, s.local, s.options)
		if err == nil {
			rest = leastRest
			s.change(nil, d, nil)
			select {
			case <-s.lost:
			case <-ctx.Done():
			}
			continue
		}
		if ctx.Err() == nil {
			s.change(nil, nil, err)
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
		}
		rest = min(2*rest, mostRest)
	}
}

// change takes note of what the server runs instead of before, or of why it does not, and tells of
// it. It returns false when something else is known already.
func (s *Served) change(before, served *Detector, fault error) bool {
	s.mu.Lock()
	if s.served != before || s.closed {
		s.mu.Unlock()
		return false
	}
	same := served == nil && before == nil && s.fault != nil && s.fault.Error() == fault.Error()
	for _, lane := range s.free {
		lane.Close()
	}
	s.served, s.free, s.fault = served, nil, fault
	s.mu.Unlock()
	if changed := s.options.Changed; changed != nil && !same {
		changed(s.Info())
	}
	return true
}

// Detect is that of [Detector], but several calls may be under way at once: see Parallel. It fails
// with [ErrStale] for a frame that was on its way to a server that failed, while another call
// brought a frame here.
func (s *Served) Detect(f *media.Frame, dst []inference.Detection,
) ([]inference.Detection, Timing, error) {
	served, lane := s.take()
	if lane == nil {
		return s.local.Detect(f, dst)
	}
	found, timing, err := s.byServer(served, lane, f, dst)
	fault, ofServer := errors.AsType[*media.Fault](err)
	switch {
	case err == nil || !ofServer && !errors.Is(err, context.Canceled):
		return found, timing, err
	case !ofServer: // Close, or the end of Keep
		return dst, timing, ErrStale
	}
	if !s.change(served, nil, fault) {
		return dst, timing, ErrStale
	}
	select {
	case s.lost <- struct{}{}:
	default:
	}
	return s.local.Detect(f, dst)
}

func (s *Served) byServer(served, lane *Detector, f *media.Frame, dst []inference.Detection,
) ([]inference.Detection, Timing, error) {
	defer s.give(served, lane)
	return lane.Detect(f, dst)
}

// take returns a lane to the server, and what it was made from; nil while there is none.
func (s *Served) take() (served, lane *Detector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served == nil || s.closed {
		return nil, nil
	}
	s.busy.Add(1)
	if n := len(s.free); n > 0 {
		lane = s.free[n-1]
		s.free = s.free[:n-1]
		return s.served, lane
	}
	return s.served, s.served.lane()
}

// give takes a lane back.
func (s *Served) give(served, lane *Detector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served == served {
		s.free = append(s.free, lane)
	} else {
		lane.Close()
	}
	s.busy.Done()
}

// Parallel says how many calls of Detect may be under way at once.
func (s *Served) Parallel() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served == nil {
		return 1
	}
	return s.client.UnderWay()
}

// Batch and DetectBatch are those of [Detector] while that runs here; a server has frames of its
// own put together.
func (s *Served) Batch(waiting int) int {
	s.mu.Lock()
	away := s.served == nil
	s.mu.Unlock()
	if away {
		return s.local.Batch(waiting)
	}
	return 1
}

// DetectBatch implements what Batch is about.
func (s *Served) DetectBatch(frames []*media.Frame) []Result { return s.local.DetectBatch(frames) }

// Info describes what runs at this moment.
func (s *Served) Info() Info {
	s.mu.Lock()
	served, fault := s.served, s.fault
	s.mu.Unlock()
	if served != nil {
		return served.Info()
	}
	info := s.local.Info()
	info.Fault = fault
	return info
}

// Local is the Detector that stands in.
func (s *Served) Local() *Detector { return s.local }

// Close ends what is under way, and closes the Detector and the client.
func (s *Served) Close() {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.busy.Wait()
	s.mu.Lock()
	for _, lane := range s.free {
		lane.Close()
	}
	s.free = nil
	s.mu.Unlock()
	s.local.Close()
	s.client.Close()
}
