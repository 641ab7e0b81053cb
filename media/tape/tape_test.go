package tape

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// stream makes packets as a camera of 30 pictures a second sends them, with a key frame each
// second.
type stream struct {
	n    int
	rtp  uint32
	size int
}

func (s *stream) next() media.Packet {
	at := start.Add(time.Duration(s.n) * time.Second / 30)
	p := media.Packet{
		Codec: media.VP8, Key: s.n%30 == 0, RTP: s.rtp + uint32(s.n*3000),
		Data: make([]byte, s.size), Captured: at, Received: at.Add(5 * time.Millisecond),
	}
	s.n++
	return p
}

func fill(t *Tape, s *stream, n int) {
	for range n {
		t.Video(s.next())
	}
}

func all(t *testing.T, r *Reader) []Item {
	t.Helper()
	var items []Item
	for {
		it, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return items
		}
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, it)
	}
}

func TestTapeKeepsFromAKeyFrameOn(t *testing.T) {
	tp := New(Options{Keep: 3 * time.Second, MaxBytes: 1 << 30})
	s := &stream{rtp: 1<<32 - 50_000, size: 100} // it wraps on the way
	fill(tp, s, 300)
	from, to := tp.Span()
	if want := 299 * time.Second / 30; to < want-time.Millisecond || to > want+time.Millisecond {
		t.Errorf("the newest picture is at %v, want %v", to, want)
	}
	if to-from < 3*time.Second || to-from > 4100*time.Millisecond {
		t.Errorf("%v to %v are kept, want three seconds from a key frame on", from, to)
	}
	tp.Close()
	items := all(t, tp.Reader(to-2*time.Second))
	if !items[0].Key || items[0].At > to-2*time.Second ||
		items[0].At < to-3*time.Second-time.Millisecond {
		t.Errorf("reading begins at %v (key %v), want the key frame before %v", items[0].At,
			items[0].Key, to-2*time.Second)
	}
	for i := 1; i < len(items); i++ {
		if d := items[i].At - items[i-1].At; d < 33*time.Millisecond || d > 34*time.Millisecond {
			t.Errorf("picture %d comes %v after the one before", i, d)
		}
	}
}

func TestTapeIsBounded(t *testing.T) {
	tp := New(Options{Keep: time.Hour, MaxBytes: 500_000})
	s := &stream{size: 2000}
	fill(tp, s, 3000)
	if n := tp.Bytes(); n > 500_000 || n < 400_000 {
		t.Errorf("%d bytes are held", n)
	}
	// One group that is larger than all there may be: nothing of it is kept, and the next key frame
	// is taken.
	tp.Video(media.Packet{
		Codec: media.VP8, Key: true, RTP: s.rtp + uint32(s.n*3000),
		Data: make([]byte, 600_000), Received: start.Add(time.Duration(s.n) * time.Second / 30),
	})
	if n := tp.Bytes(); n != 0 {
		t.Errorf("%d bytes are held of a picture that is too large", n)
	}
	s.n = 3030
	fill(tp, s, 10)
	if tp.Bytes() == 0 {
		t.Error("nothing is kept after a picture that was too large")
	}
}

func TestTapeLeavesOutWhatCannotBeDecoded(t *testing.T) {
	tp := New(Options{Keep: time.Hour, MaxBytes: 1 << 20})
	s := &stream{n: 5, size: 10}
	fill(tp, s, 3) // before the first key frame
	s.n = 30
	fill(tp, s, 10)
	tp.Gap()
	fill(tp, s, 10)
	s.n = 60
	fill(tp, s, 5)
	tp.Close()
	items := all(t, tp.Reader(0))
	if len(items) != 15 || !items[0].Key || !items[10].Key {
		t.Fatalf(
			"%d pictures are kept, want the 10 before the gap and 5 from the next key frame on",
			len(items))
	}
	if d := items[10].At - items[9].At; d < 690*time.Millisecond || d > 710*time.Millisecond {
		t.Errorf("the gap lasts %v, want 0.7 s", d)
	}
}

func TestReaderFollows(t *testing.T) {
	tp := New(Options{Keep: time.Second, MaxBytes: 1 << 20})
	s := &stream{size: 10}
	fill(tp, s, 1)
	r := tp.Reader(0)
	done := make(chan int)
	go func() {
		n := 0
		for {
			if _, err := r.Next(context.Background()); err != nil {
				done <- n
				return
			}
			n++
		}
	}()
	fill(tp, s, 400)
	tp.Close()
	if n := <-done; n != 401 {
		t.Errorf("a reader that follows saw %d pictures of 401", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Options{}).Reader(0).Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader that is called off gets %v", err)
	}
}

func TestReaderEnds(t *testing.T) {
	tp := New(Options{Keep: time.Hour, MaxBytes: 1 << 20})
	s := &stream{size: 10}
	fill(tp, s, 100)
	r := tp.Reader(0)
	r.End(time.Second)
	items := all(t, r)
	if len(items) != 31 {
		t.Errorf("%d pictures come up to one second, want 31", len(items))
	}
}

func TestReaderThatIsTooSlow(t *testing.T) {
	tp := New(Options{Keep: time.Second, MaxBytes: 4 << 20})
	s := &stream{size: 50_000}
	fill(tp, s, 2)
	r := tp.Reader(0)
	if _, err := r.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill(tp, s, 2400) // 120 MB
	if _, err := r.Next(t.Context()); !errors.Is(err, ErrBehind) {
		t.Fatalf("a reader that is far behind gets %v", err)
	}
	it, err := r.Next(t.Context())
	if err != nil || !it.Key {
		t.Errorf("it goes on with key %v, %v", it.Key, err)
	}
}

func TestSoundIsPlacedByItsCapture(t *testing.T) {
	tp := New(Options{Keep: time.Hour, MaxBytes: 1 << 20})
	s := &stream{size: 10}
	// Sound arrives 100 ms later than pictures of its time, and its clock began anywhere.
	for i := range 60 {
		tp.Video(s.next())
		at := start.Add(time.Duration(i) * time.Second / 30)
		tp.Audio(media.Audio{
			Data: []byte{1}, RTP: 77 + uint32(i*1600), Captured: at,
			Received: at.Add(100 * time.Millisecond),
		})
	}
	tp.Close()
	n := 0
	for _, it := range all(t, tp.Reader(0)) {
		if !it.Audio {
			continue
		}
		want := it.Captured.Sub(start)
		if d := it.At - want; d > 2*time.Millisecond || d < -2*time.Millisecond {
			t.Errorf("sound of %v is at %v", want, it.At)
		}
		n++
	}
	if n != 60 {
		t.Errorf("%d packets of sound of 60", n)
	}
}

// Whatever the phone says of its times, ours grow and no faster than the pictures come.
func FuzzTimes(f *testing.F) {
	f.Add(uint32(0), uint32(1<<31), uint32(5), uint16(30))
	f.Add(uint32(1<<32-1), uint32(0), uint32(1<<30), uint16(60000))
	f.Fuzz(func(t *testing.T, a, b, c uint32, ms uint16) {
		tp := New(Options{Keep: time.Second, MaxBytes: 1 << 16})
		last, now := time.Duration(-1), start
		for i, rtp := range []uint32{a, b, c, b, a} {
			at := tp.Video(media.Packet{
				Codec: media.VP8, Key: i%2 == 0, RTP: rtp,
				Data: []byte{1}, Received: now,
			})
			if at <= last {
				t.Fatalf("the time went from %v to %v", last, at)
			}
			if at > now.Sub(start)+time.Duration(i+1)*maxJump {
				t.Fatalf("%v after %v", at, now.Sub(start))
			}
			tp.Audio(media.Audio{Data: []byte{1}, RTP: rtp ^ c, Received: now})
			last, now = at, now.Add(time.Duration(ms)*time.Millisecond)
		}
	})
}

func TestThePastOutlivesTheTape(t *testing.T) {
	tp := New(Options{Keep: 2 * time.Second, MaxBytes: 1 << 20})
	s := &stream{size: 10}
	fill(tp, s, 100)
	tp.Audio(media.Audio{Data: []byte{1}, Received: start})
	past := tp.Past()
	from, to := tp.Span()
	if !past[0].Key || past[0].At != from || past[len(past)-1].At != to ||
		past[0].Packet().Codec != media.VP8 {
		t.Errorf("the past goes from %v to %v, the tape from %v to %v", past[0].At,
			past[len(past)-1].At, from, to)
	}
	n := len(past)
	fill(tp, s, 300)
	tp.Close()
	if len(past) != n || past[0].At != from || tp.Past()[0].At <= to {
		t.Error("the past has changed")
	}
}

func TestSinceKey(t *testing.T) {
	tp := New(Options{Keep: time.Minute, MaxBytes: 20_000})
	if age, bytes := tp.SinceKey(); age != 0 || bytes != 0 {
		t.Error("there was a key frame before the first picture")
	}
	s := &stream{size: 10}
	fill(tp, s, 16)
	d, bytes := tp.SinceKey()
	if d < 499*time.Millisecond || d > 501*time.Millisecond {
		t.Errorf("the key frame is %v old, want half a second", d)
	}
	if bytes != tp.Bytes() {
		t.Errorf("%d bytes have come since the only key frame, and %d are kept", bytes, tp.Bytes())
	}
	// All is dropped when it is too much; a key frame is the more needed.
	s.size = 30_000
	fill(tp, s, 1)
	s.size = 10
	fill(tp, s, 13)
	if d, _ := tp.SinceKey(); tp.Bytes() != 0 || d < 960*time.Millisecond {
		t.Errorf("%d bytes are kept, and the key frame is %v old", tp.Bytes(), d)
	}
}

func TestReaderEndsWhereTheTapeIs(t *testing.T) {
	tp := New(Options{Keep: time.Minute, MaxBytes: 1 << 20})
	s := &stream{size: 10}
	fill(tp, s, 10)
	r := tp.Reader(0)
	done := make(chan error)
	go func() {
		for {
			if _, err := r.Next(t.Context()); err != nil {
				done <- err
				return
			}
		}
	}()
	_, now := tp.Span()
	r.End(now) // while the reader waits, or before
	if err := <-done; !errors.Is(err, io.EOF) {
		t.Errorf("it ended with %v", err)
	}
	if d := r.Behind(); d != 0 {
		t.Errorf("%v are left", d)
	}
}
