package desktop

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"handlens/app/recording"
	"handlens/app/session"
	"handlens/inference/overlay"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/record"
)

// desk is what is done here with the phones' pictures: recordings, replays, held views. It is a session.Sink; any goroutine may call it.
// What takes long runs on goroutines of its own, which close waits for.
type desk struct {
	session.NoSink
	p *program

	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	phones map[string]*phone
	lost   map[string]time.Time // by address: when a phone was lost in the middle of a recording
}

func newDesk(p *program) *desk {
	return &desk{p: p, phones: make(map[string]*phone), lost: make(map[string]time.Time)}
}

// run runs f on a goroutine that close waits for; after close it does nothing.
func (d *desk) run(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.work.Go(f)
	}
}

// Joined implements session.Sink.
func (d *desk) Joined(s *session.Session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.phones[s.ID()] = &phone{Session: s}
}

// Connection implements session.Sink.
func (d *desk) Connection(s *session.Session, state peer.State, _ media.Reason) {
	if ph := d.find(s.ID()); ph != nil && state != peer.Closed {
		ph.reach(state == peer.Connected)
	}
}

// Video implements session.Sink: a phone's first picture begins its recording with --record, or when it was lost in the middle of one.
func (d *desk) Video(s *session.Session, _ media.Codec, _, _ int) {
	ph := d.find(s.ID())
	if ph == nil || !ph.first() || !(d.p.options.record || d.wasLost(s.Address())) {
		return
	}
	d.run(func() {
		if err := d.record(s.ID(), true); err != nil {
			d.p.problem(s, err)
		}
	})
}

// Left implements session.Sink. A recording ends with the stream by itself.
func (d *desk) Left(s *session.Session, _ media.Reason) {
	d.mu.Lock()
	ph := d.phones[s.ID()]
	delete(d.phones, s.ID())
	d.mu.Unlock()
	if ph == nil {
		return
	}
	ph.hold(false)
	if r := ph.current(); r != nil {
		if ph.lost() {
			d.remember(s.Address())
		}
		d.run(func() { _ = d.finish(ph, r) })
	}
}

// resumeWithin is how long a phone that was lost while it was recorded may be away to be recorded again when it returns.
const resumeWithin = 10 * time.Minute

// maxLost bounds the phones that are waited for.
const maxLost = 16

// remember has a phone that was lost be recorded again when it returns.
func (d *desk) remember(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.lost) >= maxLost {
		clear(d.lost)
	}
	d.lost[address] = time.Now()
}

// wasLost says, once, whether a phone was lost while it was recorded and has not been away for too long.
func (d *desk) wasLost(address string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.lost[address]
	delete(d.lost, address)
	return ok && time.Since(at) < resumeWithin
}

// find returns a phone that is here, or nil.
func (d *desk) find(id string) *phone {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.phones[id]
}

func (d *desk) all() []*phone {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*phone, 0, len(d.phones))
	for _, ph := range d.phones {
		all = append(all, ph)
	}
	return all
}

// errGone is what is said when a phone left before something could be done with it.
var errGone = errors.New("this phone has left")

// record starts or ends the recording of a phone. Ending returns when the film is whole.
func (d *desk) record(id string, on bool) error {
	ph := d.find(id)
	if ph == nil {
		return errGone
	}
	if !on {
		if r := ph.current(); r != nil {
			return d.finish(ph, r)
		}
		return nil
	}
	dir, err := record.VideosDir()
	if err != nil {
		return err
	}
	return ph.begin(func() (*recording.Recording, error) {
		o := d.options(ph, dir)
		if len(d.p.settings.get().Blurred) > 0 && o.Clean {
			o.Clean = false // it would show what must not be recognised
			if d.p.window != nil {
				d.p.window.ui.CleanNotKept()
			}
		}
		r, err := recording.Start(ph.source(), o)
		if err != nil {
			return nil, err
		}
		ph.Tell(session.NoticeMessage{Recording: true})
		d.p.events.recording(ph.Session, "started", r.State(), recording.Result{})
		return r, nil
	})
}

// options say how a film of a phone is made now.
func (d *desk) options(ph *phone, dir string) recording.Options {
	v := d.p.settings.get()
	st := d.p.brain.now()
	return recording.Options{
		Dir: dir, Clean: v.KeepClean, Data: v.KeepData, Sound: v.KeepSound,
		Model: st.Name, Labels: st.Info.Labels, Regions: d.p.manager.Display().Regions,
		Style: func(time.Duration) recording.Style { return d.style(ph) },
		Ended: func(err error) { d.ended(ph, err) },
	}
}

// style is how films are drawn at this moment: as the window shows it.
func (d *desk) style(ph *phone) recording.Style {
	v, show := d.p.settings.get(), d.p.manager.Display()
	st := recording.Style{View: overlay.View{Boxes: v.Boxes, Labels: v.Labels, IDs: v.IDs}, RecentTrails: v.Trails, Shows: show.Shows, Blurs: show.Blurs}
	if v.Regions {
		st.Tallies = ph.Tallies()
	}
	return st
}

// ended is told that a recording ended by itself, by a fault or because the stream ended.
func (d *desk) ended(ph *phone, _ error) {
	if r := ph.current(); r != nil {
		d.run(func() { _ = d.finish(ph, r) }) // what was wrong is told there
	}
}

// finish ends a recording and tells, once, where the film is. It returns when the film is whole.
func (d *desk) finish(ph *phone, r *recording.Recording) error {
	first := ph.ending(r)
	if first {
		ph.Tell(session.NoticeMessage{})
	}
	// Not the program's context: what was recorded is to be whole when the program ends.
	made, err := r.Stop(context.Background(), nil)
	if !first {
		return nil
	}
	st := r.State()
	if err != nil && st.Problem == "" {
		st.Problem = err.Error()
	}
	ph.ended(st.Problem)
	d.p.events.recording(ph.Session, "ended", st, made)
	d.p.filmMade(ph.Session, made, st)
	return nil
}

// replay makes a film of what a phone has just shown and returns its path.
func (d *desk) replay(ctx context.Context, id string, last time.Duration, progress func(float64)) (string, error) {
	ph := d.find(id)
	if ph == nil {
		return "", errGone
	}
	dir, err := record.VideosDir()
	if err != nil {
		return "", err
	}
	path, err := recording.SaveReplay(ctx, ph.source(), d.options(ph, dir), last, progress)
	if err != nil {
		return "", fmt.Errorf("the replay was not saved: %w", err)
	}
	d.p.events.recording(ph.Session, "replay", recording.State{}, recording.Result{Film: path})
	return path, nil
}

// close ends all recordings and waits until their films are whole.
func (d *desk) close() {
	for _, ph := range d.all() {
		ph.hold(false)
		if r := ph.current(); r != nil {
			d.run(func() { _ = d.finish(ph, r) })
		}
	}
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.work.Wait()
}
