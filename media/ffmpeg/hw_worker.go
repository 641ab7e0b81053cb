package ffmpeg

import (
	"errors"
	"sync/atomic"
	"time"

	"handlens/media"
)

var errNoAnswer = errors.New("its driver did not answer in time")

// hwWorker runs an accelerator in a goroutine of its own, so that a driver that hangs holds up
// nobody for longer than a limit. Such a goroutine is given up with all it holds, and frees it if
// the driver ever comes back.
type hwWorker struct {
	packet *avPacket
	pool   *media.Pool
	jobs   chan bool // fresh
	done   chan decoded
	ended  chan struct{}
	given  atomic.Bool // up: nobody waits any more
	hung   bool        // the last wait was in vain
	limit  *time.Timer
}

type decoded struct {
	frame *media.Frame
	err   error
}

// newHWWorker starts the goroutine, which opens the accelerator first and reports that like a
// frame.
func newHWWorker(open func() (accelerator, error), pool *media.Pool) (*hwWorker, error) {
	packet, err := newAVPacket()
	if err != nil {
		return nil, err
	}
	limit := time.NewTimer(time.Hour)
	g := &hwWorker{
		packet: packet, pool: pool, jobs: make(chan bool), done: make(chan decoded, 1),
		ended: make(chan struct{}), limit: limit,
	}
	go g.run(open)
	return g, nil
}

func (g *hwWorker) run(open func() (accelerator, error)) {
	defer close(g.ended)
	defer g.packet.free()
	a, err := open()
	g.report(decoded{err: err})
	if err == nil {
		defer a.close()
	}
	for fresh := range g.jobs {
		if err != nil {
			g.report(decoded{err: err})
			continue
		}
		f, err := a.decode(g.packet, fresh, g.pool)
		g.report(decoded{f, err})
	}
}

func (g *hwWorker) report(d decoded) {
	if g.given.Load() {
		drop(d.frame)
		return
	}
	g.done <- d
}

// wait returns what the goroutine reports, or errNoAnswer.
func (g *hwWorker) wait(limit time.Duration) (*media.Frame, error) {
	g.limit.Reset(limit)
	select {
	case d := <-g.done:
		g.hung = false
		return d.frame, d.err
	case <-g.limit.C:
		g.hung = true
		return nil, errNoAnswer
	}
}

// decode feeds one frame. After errNoAnswer only end may be called.
func (g *hwWorker) decode(data []byte, pts int64, fresh bool, limit time.Duration) (*media.Frame,
	error,
) {
	if err := g.packet.fill(data, pts); err != nil {
		return nil, err
	}
	g.jobs <- fresh
	return g.wait(limit)
}

// end ends the goroutine; one that hangs is given up after the limit.
func (g *hwWorker) end(limit time.Duration) {
	g.given.Store(true)
	close(g.jobs)
	if g.hung {
		limit = 0
	}
	g.limit.Reset(limit)
	select {
	case <-g.ended:
	case <-g.limit.C:
	}
	g.limit.Stop()
	select {
	case d := <-g.done:
		drop(d.frame)
	default:
	}
}
