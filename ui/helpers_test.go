package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/media"
	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
	"handlens/ui/tile"
)

// open makes a window of that size on Fyne's test driver, and checks at the end that it leaves no
// goroutine behind.
func open(t *testing.T, cfg Config) (*Window, *kittest.Loop) {
	t.Helper()
	a := test.NewTempApp(t)
	before := goleak.IgnoreCurrent()
	l := &kittest.Loop{}
	b := kit.NewUIQueue(l.Do)
	if cfg.Convert == nil {
		cfg.Convert = func() func(*image.RGBA, *media.Frame) error { return fill }
	}
	w := newWindow(cfg, a, b)
	w.win.Resize(fyne.NewSize(1000, 700))
	b.Start()
	t.Cleanup(func() {
		w.close()
		w.tasks.Wait()
		goleak.VerifyNone(t, before)
	})
	return w, l
}

// fill is a converter that paints all of dst in the grey of the frame's first sample.
func fill(dst *image.RGBA, f *media.Frame) error {
	for i := 0; i < len(dst.Pix); i += 4 {
		v := f.Plane[0][0]
		dst.Pix[i], dst.Pix[i+1], dst.Pix[i+2], dst.Pix[i+3] = v, v, v, 255
	}
	return nil
}

// fakePhone shows what it is told to.
type fakePhone struct {
	id string

	mu     sync.Mutex
	frames kittest.Frames
	scene  tile.Scene
	deeds  deeds
}

// deeds are what is done with fake phones, each by the phone's ID; what is nil does nothing.
type deeds struct {
	snapshot   func(phone string, kind Shot) (Saved, error)
	record     func(phone string, on bool) error
	saveReplay func(ctx context.Context, phone string, last time.Duration,
		progress func(float64)) (string, error)
	pause       func(phone string, on bool)
	camera      func(phone string, want CameraWish)
	resetCounts func(phone string)
	disconnect  func(phone string)
}

func (p *fakePhone) Snapshot(kind Shot) (Saved, error) {
	if p.deeds.snapshot == nil {
		return Saved{}, errors.New("nothing takes snapshots in this test")
	}
	return p.deeds.snapshot(p.id, kind)
}

func (p *fakePhone) Record(on bool) error {
	if p.deeds.record == nil {
		return nil
	}
	return p.deeds.record(p.id, on)
}

func (p *fakePhone) SaveReplay(
	ctx context.Context, last time.Duration, progress func(float64),
) (string, error) {
	if p.deeds.saveReplay == nil {
		return "", errors.New("nothing saves replays in this test")
	}
	return p.deeds.saveReplay(ctx, p.id, last, progress)
}

func (p *fakePhone) Pause(on bool) {
	if p.deeds.pause != nil {
		p.deeds.pause(p.id, on)
	}
}

func (p *fakePhone) SetCamera(want CameraWish) {
	if p.deeds.camera != nil {
		p.deeds.camera(p.id, want)
	}
}

func (p *fakePhone) ResetCounts() {
	if p.deeds.resetCounts != nil {
		p.deeds.resetCounts(p.id)
	}
}

func (p *fakePhone) Disconnect() {
	if p.deeds.disconnect != nil {
		p.deeds.disconnect(p.id)
	}
}

func (p *fakePhone) Seek(time.Duration)                 {}
func (p *fakePhone) Shown(uint64, time.Time, time.Time) {}

func (p *fakePhone) ID() string   { return p.id }
func (p *fakePhone) Name() string { return "phone " + p.id }

func (p *fakePhone) Scene() (tile.Scene, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frames.Newest() == nil {
		return tile.Scene{}, false
	}
	s := p.scene
	s.Frame = p.frames.Newest().Retain()
	return s, true
}

// put shows a grey frame and boxes on it.
func (p *fakePhone) put(t *testing.T, seq uint64, w, h int, grey byte,
	dets ...inference.Detection,
) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frames.Put(t, seq, w, h, grey)
	p.scene.Detections = dets
	p.scene.DetectedFor = p.frames.Newest().Received
}

// say changes the scene.
func (p *fakePhone) say(change func(*tile.Scene)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.scene)
}

// end gives the frame back and checks that nobody else holds any.
func (p *fakePhone) end(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frames.End(t)
}

// join adds phones that show one frame each, and waits until they are to be seen.
func join(t *testing.T, w *Window, l *kittest.Loop, n int) []*fakePhone {
	t.Helper()
	return joinWith(t, w, l, n, deeds{})
}

// joinWith is join with phones that things can be done with.
func joinWith(t *testing.T, w *Window, l *kittest.Loop, n int, d deeds) []*fakePhone {
	t.Helper()
	phones := make([]*fakePhone, n)
	for i := range phones {
		phones[i] = &fakePhone{id: fmt.Sprint(i), deeds: d}
		phones[i].put(t, 1, 64, 48, 100)
		w.AddPhone(phones[i])
	}
	l.Until(t, "all phones have their pictures", func() bool {
		for _, p := range phones {
			s := w.live.find(p.id)
			if s == nil || shownFrame(s) == 0 {
				return false
			}
		}
		return true
	})
	t.Cleanup(func() {
		w.close()
		w.tasks.Wait()
		for _, p := range phones {
			p.end(t)
		}
	})
	return phones
}

// shownFrame is the number of the frame that a phone's tile shows; 0 before the first.
func shownFrame(s *phoneView) uint64 {
	seq, _ := s.tile.ShownFrame()
	return seq
}
