package desktop

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"handlens/app/forward"
	"handlens/app/recording"
	"handlens/app/session"
	"handlens/media"
)

// forwarder sends what phones send on to a server elsewhere, where the user named one. It is a
// listener; any goroutine may call it, and none waits.
type forwarder struct {
	noListener
	target forward.Target
	boxes  bool
	phones *phoneRegistry
	tell   listener
	log    *slog.Logger

	mu     sync.Mutex
	closed bool
	under  map[*session.Session]*forward.Forward
	queue  []*session.Session // those for which there is no address, first come first served
	all    sync.WaitGroup
}

// openForwarder makes one, if the user named a server, and says what that means.
func (p *program) openForwarder(terminal io.Writer) error {
	v := p.settings.get()
	if v.Forward == "" || p.options.phone != nil || p.options.glass != nil {
		return nil
	}
	target, err := forward.Parse(v.Forward, os.Getenv(forward.TokenVariable))
	if err != nil && !p.options.given["forward"] {
		p.log.Warn("no video is sent on to the server of the settings: " + err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("--forward: %w", err)
	}
	what := "as it comes from them"
	if v.ForwardBoxes {
		what = "with boxes"
	}
	fmt.Fprintf(terminal, "handlens: the video of phones is sent to %s, %s, without sound; with "+
		"{phone} in the address their names, too.\n", target.Host(), what)
	if target.Plain() {
		fmt.Fprintf(terminal, "handlens: the way to %s is not encrypted (http://): who is on it "+
			"can read the token and take the video.\n", target.Host())
	}
	p.forward = &forwarder{
		target: target, boxes: v.ForwardBoxes, phones: p.phones, tell: p.tell, log: p.log,
		under: make(map[*session.Session]*forward.Forward),
	}
	return nil
}

// Joined implements session.Sink.
func (f *forwarder) Joined(s *session.Session) {
	f.mu.Lock()
	taken := !f.target.Each() && len(f.under) > 0
	if taken {
		f.queue = append(f.queue, s)
	} else {
		f.start(s)
	}
	f.mu.Unlock()
	if ph := f.phones.find(s.ID()); taken && ph != nil {
		st := media.Forward{Code: media.ForwardTaken, Host: f.target.Host()}
		ph.forwarding(st)
		f.tell.Forward(s, st)
	}
}

// start begins with a phone. The lock is held.
func (f *forwarder) start(s *session.Session) {
	ph := f.phones.find(s.ID())
	if f.closed || ph == nil || f.under[s] != nil {
		return
	}
	source := forward.Source{Name: s.Name, Feed: s.Feed()}
	if f.boxes {
		source.Live = func() *recording.Live {
			return recording.NewLive(ph.source(), func(time.Duration) recording.Style {
				return f.phones.recorder.style(ph)
			})
		}
	}
	one := forward.Start(f.target, source, f.log, func(st media.Forward) {
		ph.forwarding(st)
		f.tell.Forward(s, st)
	})
	f.under[s] = one
	f.all.Go(func() { <-one.Done() })
}

// Left implements session.Sink.
func (f *forwarder) Left(s *session.Session, _ media.Reason) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = slices.DeleteFunc(f.queue, func(other *session.Session) bool { return other == s })
	one := f.under[s]
	delete(f.under, s)
	if one == nil {
		return
	}
	one.Stop()
	if f.target.Each() || len(f.queue) == 0 {
		return
	}
	next := f.queue[0]
	f.queue = f.queue[1:]
	f.start(next)
}

// close ends everything and waits until the server has heard of it, for a moment.
func (f *forwarder) close() {
	f.mu.Lock()
	f.closed = true
	for _, one := range f.under {
		one.Stop()
	}
	f.mu.Unlock()
	f.all.Wait()
}

// forwardHost is the server of an address, without anything secret; "" for none.
func forwardHost(text string) string {
	target, err := forward.Parse(text, "")
	if err != nil {
		return ""
	}
	return target.Host()
}
