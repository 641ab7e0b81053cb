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

// desk is what is done here with the phones' pictures: recordings, replays, held views. It is a
// session.Sink; any goroutine may call it. What takes long runs on goroutines of its own, which
// close waits for.
type desk struct {
	session.NoSink
	p *program
	// start and play are the recording package's, which may wait for the disk and for a decoder.
	start func(recording.Source, recording.Options) (*recording.Recording, error)
	play  func(recording.Source) player

	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	phones map[string]*phone
	lost   map[string]time.Time // by address: when a phone was lost in the middle of a recording
}

func newDesk(p *program) *desk {
	return &desk{
		p: p, phones: make(map[string]*phone), lost: make(map[string]time.Time),
		start: recording.Start,
		play:  func(src recording.Source) player { return recording.NewPlayer(src) },
	}
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
	d.hold(ph, false)
	if t := ph.current(); t != nil {
		if ph.lost() {
			d.remember(s.Address())
		}
		d.run(func() { d.finish(ph, t) })
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

// pause holds the picture of a phone still, or lets it go on, and seek shows another moment of a
// held one. They do not wait.
func (d *desk) pause(id string, on bool) {
	if ph := d.find(id); ph != nil {
		d.hold(ph, on)
	}
}

func (d *desk) seek(id string, at time.Duration) {
	if ph := d.find(id); ph != nil {
		ph.seek(at)
	}
}

func (d *desk) hold(ph *phone, on bool) {
	if old := ph.hold(on, d.play); old != nil {
		d.run(old.Close)
	}
}

// record starts or ends the recording of a phone; one that runs already it leaves alone. Ending
// returns when the film is whole.
func (d *desk) record(id string, on bool) error {
	ph := d.find(id)
	if ph == nil {
		return errGone
	}
	if on {
		return d.begin(ph)
	}
	if t := ph.current(); t != nil {
		d.finish(ph, t)
	}
	return nil
}

// begin starts a recording where there is none. It may wait for the disk.
func (d *desk) begin(ph *phone) error {
	t, err := ph.begin()
	if t == nil {
		return err
	}
	defer close(t.started)
	film, err := d.film(ph, t)
	ph.began(t, film)
	if err != nil {
		return err
	}
	ph.Tell(session.NoticeMessage{Recording: true})
	d.p.events.recording(ph.Session, "started", film.State(), recording.Result{})
	return nil
}

// film starts the film of a take.
func (d *desk) film(ph *phone, t *take) (*recording.Recording, error) {
	dir, err := record.VideosDir()
	if err != nil {
		return nil, err
	}
	o := d.options(ph, dir)
	// What was wrong is told when it is finished.
	o.Ended = func(error) { d.run(func() { d.finish(ph, t) }) }
	if len(d.p.settings.get().Blurred) > 0 && o.Clean {
		o.Clean = false // it would show what must not be recognised
		if d.p.window != nil {
			d.p.window.ui.CleanNotKept()
		}
	}
	return d.start(ph.source(), o)
}

// options say how a film of a phone is made now.
func (d *desk) options(ph *phone, dir string) recording.Options {
	v := d.p.settings.get()
	st := d.p.brain.now()
	return recording.Options{
		Dir: dir, Clean: v.KeepClean, Data: v.KeepData, Sound: v.KeepSound,
		Model: st.Name, Labels: st.Info.Labels, Regions: d.p.manager.Display().Regions,
		Style: func(time.Duration) recording.Style { return d.style(ph) },
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

// finish ends a recording and tells, once, where the film is. It returns when the film is whole.
func (d *desk) finish(ph *phone, t *take) {
	first := ph.ending(t)
	<-t.started
	if t.film == nil {
		return // it could not be started, and who wished for it was told why
	}
	if first {
		ph.Tell(session.NoticeMessage{})
	}
	// Not the program's context: what was recorded is to be whole when the program ends.
	made, err := t.film.Stop(context.Background(), nil)
	if !first {
		return
	}
	st := t.film.State()
	if err != nil && st.Problem == "" {
		st.Problem = err.Error()
	}
	ph.ended(st.Problem)
	d.p.events.recording(ph.Session, "ended", st, made)
	d.p.filmMade(ph.Session, made, st)
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
		d.hold(ph, false)
		if t := ph.current(); t != nil {
			d.run(func() { d.finish(ph, t) })
		}
	}
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.work.Wait()
}
