package recording

import (
	"slices"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/waittest"
)

// wantShown waits until the player shows the frame of that moment, and checks that it is that
// one.
func wantShown(t *testing.T, p *Player, ph *phone, c clip, n int) {
	t.Helper()
	waittest.Until(t, "showing a picture", func() bool {
		f, at, ok := p.Frame()
		if !ok {
			return false
		}
		defer f.Release()
		if d := at - ph.at(n); d.Abs() > time.Millisecond {
			return false
		}
		wantPatch(t, f, n%len(c.pictures))
		return true
	})
}

// wantPatch checks where the patch lies in a frame as the phone sent it.
func wantPatch(t *testing.T, f *media.Frame, n int) {
	t.Helper()
	got, want := measure(f), int(patchAt(n).X1*float32(f.Width))
	if !near(got.patch0, want, 3) {
		t.Errorf("the patch lies at %d, want %d", got.patch0, want)
	}
}

func TestPlayerShowsAnyMoment(t *testing.T) {
	c := makeClip(t, 320, 180, 60)
	ph := newPhone(t)
	ph.send(c, 0, 60)
	ph.send(c, 0, 60)
	p := NewPlayer(ph.source())
	defer p.Close()
	if _, _, ok := p.Frame(); ok {
		t.Error("a picture is shown before one is wished for")
	}
	if from, to := p.Span(); from != 0 || (to-ph.at(119)).Abs() > time.Millisecond {
		t.Errorf("it spans %v to %v", from, to)
	}
	// What comes later is not the player's: its past stays, even when the tape lets go of it.
	ph.tape.SetKeep(0)
	ph.send(c, 0, 60)
	for _, n := range []int{119, 3, 4, 5, 95, 94, 93, 0, 59, 60} {
		p.Seek(ph.at(n) + time.Millisecond)
		wantShown(t, p, ph, c, n)
	}
	p.Seek(-time.Hour)
	wantShown(t, p, ph, c, 0)
	p.Seek(time.Hour)
	wantShown(t, p, ph, c, 119)
	for n := range 119 { // the newest wish wins
		p.Seek(ph.at(n) + time.Millisecond)
	}
	wantShown(t, p, ph, c, 118)
	p.Close()
	p.Seek(0)
	if _, _, ok := p.Frame(); ok {
		t.Error("a player that is closed shows a picture")
	}
	if n := p.pool.Outstanding(); n != 0 {
		t.Errorf("%d pictures are still held", n)
	}
}

// A key frame may be far before the frame that is wished for.
func TestPlayerShowsThatItIsOnItsWay(t *testing.T) {
	c := makeClip(t, 320, 180, 60)
	ph := newPhone(t)
	ph.send(c, 0, 60)
	p := &Player{items: ph.tape.Past(), want: 59, next: -1}
	clock := time.Unix(0, 0)
	var seen []time.Duration
	p.now = func() time.Time {
		if f, at, ok := p.Frame(); ok {
			f.Release()
			if len(seen) == 0 || seen[len(seen)-1] != at {
				seen = append(seen, at)
			}
		}
		clock = clock.Add(showEvery / 8)
		return clock
	}
	defer p.free()
	if !p.show(59) {
		t.Fatal("the picture was not shown")
	}
	if n := len(seen); n < 3 || !slices.IsSorted(seen) ||
		(seen[n-1]-ph.at(59)).Abs() > time.Millisecond {
		t.Errorf("on the way to %v these were shown: %v", ph.at(59), seen)
	}
}

func TestPlayerOfNothing(t *testing.T) {
	for _, src := range []Source{{}, newPhone(t).source()} {
		p := NewPlayer(src)
		p.Seek(time.Second)
		if _, _, ok := p.Frame(); ok {
			t.Error("a picture is shown where there is none")
		}
		p.Close()
	}
}

func TestPlayerPassesOverDamage(t *testing.T) {
	c := makeClip(t, 320, 180, 60)
	for i := 10; i < 14; i++ {
		c.pictures[i].Data = []byte{0, 0, 0, 1, 0x65, 0xFF, 0, 1, 2, 3}
	}
	ph := newPhone(t)
	ph.send(c, 0, 60)
	p := NewPlayer(ph.source())
	defer p.Close()
	p.Seek(ph.at(20) + time.Millisecond) // nothing can be decoded before the next key frame
	waittest.Until(t, "showing what is whole", func() bool {
		f, at, ok := p.Frame()
		if ok {
			f.Release()
		}
		return ok && at <= ph.at(20)
	})
	p.Seek(ph.at(40) + time.Millisecond)
	wantShown(t, p, ph, c, 40)
}
