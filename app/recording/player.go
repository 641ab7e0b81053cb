package recording

import (
	"sort"
	"sync"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/tape"
)

// showEvery is how often a frame on the way to the one that is wished for is shown: key frames may
// be half a minute apart, and decoding that much takes a second or two.
const showEvery = 150 * time.Millisecond

// cacheSize is how many decoded frames a Player keeps: going back by single frames then costs
// nothing for the last half second.
const cacheSize = 16

// Player shows any moment of a phone's recent past: of that which was on the tape when it was made,
// which stays while the Player lives. Any goroutine may use it.
type Player struct {
	items []tape.Item
	wake  chan struct{}
	gone  sync.WaitGroup
	now   func() time.Time

	mu     sync.Mutex
	want   int // the frame that is to be shown; -1 for none
	closed bool
	shown  *media.Frame
	at     time.Duration

	// Owned by the goroutine.
	pool    media.Pool
	decoder *ffmpeg.Decoder
	codec   media.Codec
	next    int // the frame that the decoder can take in; -1 for a key frame only
	fresh   []*media.Frame
	cache   []cached // the oldest first
	shownAt time.Time
}

type cached struct {
	index int
	frame *media.Frame
}

// NewPlayer holds what is on the tape now. The caller closes it.
func NewPlayer(src Source) *Player {
	p := &Player{wake: make(chan struct{}, 1), want: -1, next: -1, now: time.Now}
	if src.Tape != nil {
		p.items = src.Tape.Past()
	}
	p.gone.Go(p.run)
	return p
}

// Span returns the times of the first and of the last frame there is; equal ones when there is
// none.
func (p *Player) Span() (from, to time.Duration) {
	if len(p.items) == 0 {
		return 0, 0
	}
	return p.items[0].At, p.items[len(p.items)-1].At
}

// Seek asks for the frame of that moment: the last one that is not later, or else the first. It
// returns at once; the newest wish wins, and Frame shows it when it is decoded.
func (p *Player) Seek(at time.Duration) {
	if len(p.items) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.want = max(0, sort.Search(len(p.items), func(i int) bool { return p.items[i].At > at })-1)
	if p.closed {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Frame returns the frame that is shown, with one reference for the caller, and its time on the
// tape. There is none before the first wish is fulfilled.
func (p *Player) Frame() (f *media.Frame, at time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown == nil {
		return nil, 0, false
	}
	return p.shown.Retain(), p.at, true
}

// Close ends the goroutine and lets go of all frames. It may be called again.
func (p *Player) Close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.wake)
	}
	p.mu.Unlock()
	p.gone.Wait()
}

func (p *Player) run() {
	defer p.free()
	for range p.wake {
		for done := -1; ; {
			want, closed := p.wish()
			if closed {
				return
			}
			if want < 0 || want == done {
				break
			}
			if p.show(want) {
				done = want
			}
		}
	}
}

func (p *Player) wish() (want int, closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.want, p.closed
}

// show decodes up to a frame and shows it, and some on the way that are nearer to it than what is
// shown. It returns false when another one is wished for meanwhile; then the frame that was reached
// is shown if it is nearer to that one, so that something moves while the user scrubs.
func (p *Player) show(want int) bool {
	if f := p.cached(want); f != nil {
		p.publish(f, want)
		return true
	}
	p.startFor(want)
	p.shownAt = p.now()
	for last := -1; ; {
		f := p.step()
		if f != nil {
			last = p.next - 1
		}
		if p.next > want {
			if last >= 0 {
				p.publish(p.cached(last), last)
			}
			return true
		}
		if now, closed := p.wish(); closed || now != want {
			if last >= 0 && p.nearer(last, now) {
				p.publish(p.cached(last), last)
			}
			return false
		}
		if f != nil && p.now().Sub(p.shownAt) >= showEvery && p.nearer(last, want) {
			p.publish(f, last)
		}
	}
}

// startFor goes back to the key frame that a frame needs, or on from where the decoder stands when
// that is nearer.
func (p *Player) startFor(want int) {
	key := want
	for key > 0 && !p.items[key].Key {
		key--
	}
	if p.next <= key || p.next > want {
		p.next = key
	}
}

// step decodes the next frame into the cache. It returns nil when there is none in it, since it
// is damaged.
func (p *Player) step() *media.Frame {
	it := p.items[p.next]
	index := p.next
	p.next++
	if p.decoder == nil || it.Codec != p.codec {
		p.closeDecoder()
		d, err := ffmpeg.NewDecoder(it.Codec, &p.pool)
		if err != nil {
			return nil // the live view has told of it
		}
		p.decoder, p.codec = d, it.Codec
	}
	err := p.decoder.Decode(it.Packet(), func(f *media.Frame) {
		p.fresh = append(p.fresh, f.Retain())
	})
	var f *media.Frame
	for _, g := range p.fresh {
		if f != nil {
			f.Release()
		}
		f = g
	}
	p.fresh = p.fresh[:0]
	if f == nil {
		return nil
	}
	if err != nil {
		f.Release()
		return nil
	}
	if len(p.cache) == cacheSize {
		p.cache[0].frame.Release()
		p.cache = append(p.cache[:0], p.cache[1:]...)
	}
	p.cache = append(p.cache, cached{index, f})
	return f
}

func (p *Player) cached(index int) *media.Frame {
	for _, c := range p.cache {
		if c.index == index {
			return c.frame
		}
	}
	return nil
}

// publish shows a frame, which stays the cache's.
func (p *Player) publish(f *media.Frame, index int) {
	p.mu.Lock()
	old := p.shown
	p.shown, p.at = f.Retain(), p.items[index].At
	p.mu.Unlock()
	p.shownAt = p.now()
	if old != nil {
		old.Release()
	}
}

// nearer says whether a frame is nearer to the one that is wished for than what is shown.
func (p *Player) nearer(index, want int) bool {
	if want < 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	to := p.items[want].At
	return p.shown == nil || (p.items[index].At-to).Abs() < (p.at-to).Abs()
}

func (p *Player) closeDecoder() {
	if p.decoder != nil {
		p.decoder.Close()
		p.decoder = nil
	}
}

func (p *Player) free() {
	p.closeDecoder()
	for _, c := range p.cache {
		c.frame.Release()
	}
	p.cache = nil
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown != nil {
		p.shown.Release()
		p.shown = nil
	}
}
