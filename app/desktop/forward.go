package desktop

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"handlens/app/forward"
	"handlens/app/recording"
	"handlens/app/session"
	"handlens/media"
	"handlens/ui"
)

// forwarder sends what phones send on to the server of the settings, if there is one. It is a
// listener; any goroutine may call it, and none waits.
type forwarder struct {
	noListener
	phones *phoneRegistry
	tell   listener
	log    *slog.Logger
	token  secret

	mu     sync.Mutex
	closed bool
	way    *way // nil while nothing is sent on
	all    sync.WaitGroup
}

// way is where videos go, with those that are under way. The forwarder's lock guards it.
type way struct {
	address string
	target  forward.Target
	boxes   bool
	under   map[*session.Session]*forward.Forward
	queue   []*session.Session // those for which there is no path, first come first served
}

// tokenOfServer, in the data folder, holds the server's bearer token.
const tokenOfServer = "forward-token"

// newForwarder makes one that sends nothing. It keeps the server's token in the data folder.
func newForwarder(dataDir string, phones *phoneRegistry, tell listener, log *slog.Logger,
) *forwarder {
	return &forwarder{
		phones: phones, tell: tell, log: log,
		token: secret{filepath.Join(dataDir, tokenOfServer), "the token of the server"},
	}
}

// openForwarder begins to send what phones send on, if the user named a server, and says what that
// means.
func (p *program) openForwarder(terminal io.Writer) error {
	v := p.settings.get()
	if v.Forward == "" || p.forward == nil {
		return nil
	}
	err := p.forward.use(v.Forward, v.ForwardBoxes)
	if err != nil && !p.options.given["forward"] {
		p.log.Warn("no video is sent on to the server of the settings: " + err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("--forward: %w", err)
	}
	what, target := "as it comes from them", p.forward.way.target
	if v.ForwardBoxes {
		what = "with boxes"
	}
	fmt.Fprintf(terminal, "handlens: the video of phones is sent to %s, %s, without sound; with "+
		"{phone} in the address their names, too.\n", target.Host(), what)
	if target.Plain() {
		fmt.Fprintf(terminal, "handlens: the way to %s is not encrypted (http://): who is on it "+
			"can read the token and take the video.\n", target.Host())
	}
	return nil
}

// use has videos sent to an address, with boxes or without, and to no other any more; "" stands for
// none.
func (f *forwarder) use(address string, boxes bool) error {
	var next *way
	if address != "" {
		target, err := f.parse(address)
		if err != nil {
			return err
		}
		next = &way{
			address: address, target: target, boxes: boxes,
			under: make(map[*session.Session]*forward.Forward),
		}
	}
	f.mu.Lock()
	old := f.way
	if !f.closed {
		f.way = next
	}
	over := old.leave()
	f.mu.Unlock()
	for _, s := range over {
		f.report(s, media.Forward{Code: media.ForwardOff, Host: old.target.Host()})
	}
	phones := f.phones.all()
	slices.SortFunc(phones, func(a, b *phone) int { return cmp.Compare(a.ID(), b.ID()) })
	for _, ph := range phones {
		f.Joined(ph.Session)
	}
	return nil
}

// parse reads an address, with the token of the environment, or else the one that is kept.
func (f *forwarder) parse(address string) (forward.Target, error) {
	token := os.Getenv(forward.TokenVariable)
	if token == "" {
		var err error
		if token, err = f.token.get(address); err != nil {
			return forward.Target{}, err
		}
	}
	return forward.Parse(address, token)
}

// leave ends all that goes this way, and returns those that hear of it no more.
func (w *way) leave() (over []*session.Session) {
	if w == nil {
		return nil
	}
	for s, one := range w.under {
		one.Stop()
		over = append(over, s)
	}
	return append(over, w.queue...)
}

// follow goes over to what the settings say.
func (f *forwarder) follow(v ui.Settings) {
	f.mu.Lock()
	same := f.way == nil && v.Forward == "" ||
		f.way != nil && f.way.address == v.Forward && f.way.boxes == v.ForwardBoxes
	f.mu.Unlock()
	if same {
		return
	}
	if err := f.use(v.Forward, v.ForwardBoxes); err != nil {
		f.tell.Fault(err)
	}
}

// Joined implements session.Sink.
func (f *forwarder) Joined(s *session.Session) {
	f.mu.Lock()
	w := f.way
	if w == nil || f.closed || w.under[s] != nil || slices.Contains(w.queue, s) {
		f.mu.Unlock()
		return
	}
	taken := !w.target.Each() && len(w.under) > 0
	if taken {
		w.queue = append(w.queue, s)
	} else {
		f.start(s)
	}
	f.mu.Unlock()
	if taken {
		f.report(s, media.Forward{Code: media.ForwardTaken, Host: w.target.Host()})
	}
}

// report notes how a phone's video gets on, and tells it.
func (f *forwarder) report(s *session.Session, st media.Forward) {
	ph := f.phones.find(s.ID())
	if ph == nil {
		return
	}
	ph.forwarding(st)
	f.tell.Forward(s, st)
}

// start begins with a phone. The lock is held, and there is a way.
func (f *forwarder) start(s *session.Session) {
	ph, w := f.phones.find(s.ID()), f.way
	if ph == nil {
		return
	}
	source := forward.Source{Name: s.Name, Feed: s.Feed()}
	if w.boxes {
		source.Live = func() *recording.Live {
			return recording.NewLive(ph.source(), func(time.Duration) recording.Style {
				return f.phones.recorder.style(ph)
			})
		}
	}
	one := forward.Start(w.target, source, f.log, func(st media.Forward) {
		f.mu.Lock()
		now := f.way == w // else it is over for this way, which was said
		f.mu.Unlock()
		if now {
			ph.forwarding(st)
			f.tell.Forward(s, st)
		}
	})
	w.under[s] = one
	f.all.Go(func() { <-one.Done() })
}

// Left implements session.Sink.
func (f *forwarder) Left(s *session.Session, _ media.Reason) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.way
	if w == nil {
		return
	}
	w.queue = slices.DeleteFunc(w.queue, func(other *session.Session) bool { return other == s })
	one := w.under[s]
	delete(w.under, s)
	if one == nil {
		return
	}
	one.Stop()
	if f.closed || w.target.Each() || len(w.queue) == 0 {
		return
	}
	next := w.queue[0]
	w.queue = w.queue[1:]
	f.start(next)
}

// close ends everything and waits until the server has heard of it, for a moment.
func (f *forwarder) close() {
	f.mu.Lock()
	f.closed = true
	f.way.leave()
	f.mu.Unlock()
	f.all.Wait()
}

// Use implements ui.Forwarder.
func (f *forwarder) Use(address string, boxes bool, token *string) error {
	if address != "" {
		if _, err := forward.Parse(address, ""); err != nil {
			return err
		}
	}
	if token != nil {
		if err := f.token.set(address, *token); err != nil {
			return err
		}
	}
	return f.use(address, boxes)
}

// State implements ui.Forwarder.
func (f *forwarder) State() ui.ForwardState {
	var st ui.ForwardState
	address := ""
	f.mu.Lock()
	if f.way != nil {
		st.Host, address = f.way.target.Host(), f.way.address
	}
	f.mu.Unlock()
	st.Token = f.token.kept(address)
	if st.Host != "" {
		for _, ph := range f.phones.all() {
			st.Phones = append(st.Phones, ph.forwarded())
		}
	}
	return st
}
