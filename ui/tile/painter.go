package tile

import (
	"context"
	"image"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/track"
	"handlens/media"
	"handlens/ui/kit"
)

const (
	// paintPoll is how often a painter looks for a newer scene. It is well under Fyne's display
	// tick of 1/60 s, so that a picture waits for the tick and not for the painter. A call of Scene
	// takes a few locks, all held briefly.
	paintPoll = 4 * time.Millisecond
	// hudEvery bounds how often the figures change: faster than this nobody reads them.
	hudEvery = 250 * time.Millisecond
	// Fyne paints the whole window for whatever has changed, so that new boxes between two pictures
	// cost as much as a picture. They wait for the next one where that is due soon: while pictures
	// come at least every briskInterval, for boxesWait after the last one.
	briskInterval = 42 * time.Millisecond
	boxesWait     = 50 * time.Millisecond
	// undrawnAfter is how long a painter waits for its last picture to be drawn. A hidden or
	// covered window is not drawn at all, and then a few pictures a second are enough.
	undrawnAfter = 250 * time.Millisecond
)

// update is what a painter hands to its tile. The tile owns img until it gets the next one.
type update struct {
	img *image.RGBA // nil: keep the one that is shown
	// packed says that img holds the frame's planes, of that color, and not RGBA.
	packed bool
	color  media.Color
	// seq, origin are those of the frame in img.
	seq    uint64
	origin time.Time
	// size is that of the frame, which img may be smaller than.
	size image.Point
	// detections belong to the frame; lag is how much older the frame is that they were found on.
	detections []inference.Detection
	lag        time.Duration
	trails     []track.Trail
	tallies    []track.Tally
	stale      bool
	status     string
	asleep     bool // the camera was paused here
	recording  RecordingState
	past       Past
	hud        *Stats // nil: unchanged
}

// painter pulls one phone's newest scene and turns it into a picture of the size it is seen at. It
// is one goroutine, and at most one picture is on its way to the screen: the next conversion waits
// until that one was drawn.
type painter struct {
	phone   Phone
	convert func(*image.RGBA, *media.Frame) error
	// publish hands a picture to the UI goroutine and returns false when the window is closed.
	publish func(func()) bool
	// words puts a status into the user's language.
	words func(media.Status) string
	// show runs on the UI goroutine; it takes the picture and returns the buffer that is free now.
	show func(update) *image.RGBA

	// area is what the tile has for the picture, in device pixels, width in the upper half; 0 while
	// it is not to be seen.
	area atomic.Uint64
	// hides says that some classes must not be recognised.
	hides atomic.Bool
	// packs says that planes may be handed over as they are.
	packs atomic.Bool

	mu       sync.Mutex
	inFlight bool        // published and not yet drawn
	taken    time.Time   // when the tile took it; zero while it is under way
	spare    *image.RGBA // the buffer that the screen does not use

	// The rest belongs to the goroutine of run.
	last   update      // what was published last, without img and hud
	pixels image.Point // the size of the last img
	blur   blurKey     // what the last img hides
	failed string      // why the last frame was not converted
	hudAt  time.Time
	stats  Stats
	now    func() time.Time
	// paintedAt is when the last img was made, interval the time from frame to frame.
	paintedAt time.Time
	interval  time.Duration
}

// setArea sets how many device pixels the picture may fill; zero while it is hidden. Any goroutine.
func (p *painter) setArea(w, h int) {
	if w <= 0 || h <= 0 {
		p.area.Store(0)
		return
	}
	p.area.Store(uint64(uint32(w))<<32 | uint64(uint32(h)))
}

// drawn tells the painter that its last picture is on the screen. Any goroutine.
func (p *painter) drawn() {
	p.mu.Lock()
	p.inFlight = false
	p.mu.Unlock()
}

// run paints until ctx ends.
func (p *painter) run(ctx context.Context) {
	tick := time.NewTicker(paintPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.step()
		}
	}
}

// step publishes the newest scene when something changed.
func (p *painter) step() {
	area := p.area.Load()
	if area == 0 || p.waiting() {
		return
	}
	s, ok := p.phone.Scene()
	if !ok {
		return
	}
	if s.Frame != nil {
		defer s.Frame.Release()
	}
	var img *image.RGBA
	if s.Frame != nil {
		size, blur := kit.Fit(s.Frame.Width, s.Frame.Height, int(area>>32), int(uint32(area))),
			blurOf(s, p.hides.Load())
		if s.Frame.Seq != p.last.seq || size != p.pixels || !blur.same(p.blur) {
			img = p.paint(s.Frame, size, blur)
		}
	}
	pic, changed := p.compare(s)
	if img != nil {
		pic.img, changed = img, true
	} else if p.pictureDue() && pic.stale == p.last.stale && pic.status == p.last.status {
		return
	}
	if p.figures(s, &pic) || changed {
		p.send(pic)
	}
}

// pictureDue says that the next picture is about to come, and can take along what has changed.
func (p *painter) pictureDue() bool {
	return p.interval > 0 && p.interval <= briskInterval &&
		p.now().Sub(p.paintedAt) < boxesWait
}

// figures adds to the picture, at most once in hudEvery, what changes all the time and says whether
// it did.
func (p *painter) figures(s Scene, pic *update) bool {
	now := p.now()
	due := now.Sub(p.hudAt) >= hudEvery
	if !due {
		// A recording that begins or ends, or another moment of the past, does not wait.
		if pic.recording.On == s.Recording.On && pic.recording.Ending == s.Recording.Ending &&
			pic.past.Held == s.Past.Held && pic.past.At == s.Past.At {
			return false
		}
	}
	if s.Stats == p.stats && s.Recording == pic.recording &&
		pastShown(s.Past).same(pic.past) {
		return false
	}
	p.hudAt, p.stats = now, s.Stats
	pic.hud, pic.recording, pic.past = &s.Stats, s.Recording, pastShown(s.Past)
	return true
}

// pastShown leaves out what of the past is not to be seen: where it ends changes with each picture.
func pastShown(p Past) Past {
	if !p.Held {
		return Past{}
	}
	return p
}

// paint converts a frame into the spare buffer and hides there what must not be recognised; nil
// when that failed.
func (p *painter) paint(f *media.Frame, size image.Point, blur blurKey) *image.RGBA {
	if n := f.Seq - p.last.seq; f.Seq > p.last.seq { // some may have been skipped
		p.interval = f.Origin().Sub(p.last.origin) / time.Duration(n)
	}
	p.paintedAt = p.now()
	p.last.seq, p.pixels, p.blur = f.Seq, size, blur
	var img *image.RGBA
	// Pictures are shrunk here: the graphics card would pick single pixels.
	p.last.packed = p.packs.Load() && size == f.Bounds().Size() && packs(f)
	if p.last.packed {
		p.last.color = f.Color
		img = p.buffer(packedSize(f.Width, f.Height))
		pack(img, f, blur.boxes())
	} else {
		img = p.buffer(size)
		if err := p.convert(img, f); err != nil {
			p.failed = kit.L("This picture cannot be shown: {{.Reason}}",
				map[string]any{"Reason": err.Error()})
			return nil
		}
		overlay.BlurRGBA(img, blur.boxes())
	}
	p.failed = ""
	p.last.origin, p.last.size = f.Origin(), f.Bounds().Size()
	return img
}

// compare makes the update without its pixels and says whether it differs from the last one.
func (p *painter) compare(s Scene) (update, bool) {
	pic := p.last
	pic.detections, pic.stale, pic.status, pic.lag = s.Detections, s.Stale, p.words(s.Status), 0
	pic.trails, pic.tallies = s.Trails, s.Tallies
	pic.asleep = s.Status == media.StatusPausedHere
	switch {
	case p.failed != "":
		pic.status = p.failed
	case p.blur.all && pic.status == "":
		pic.status = kit.L("Hidden until the detector has looked")
	}
	if s.Frame != nil && !s.DetectedFor.IsZero() {
		pic.lag = max(0, s.Frame.Origin().Sub(s.DetectedFor))
	}
	same := pic.stale == p.last.stale && pic.status == p.last.status &&
		freshness(pic.lag) == freshness(p.last.lag) &&
		slices.Equal(pic.detections, p.last.detections) && shared(pic.trails, p.last.trails) &&
		shared(pic.tallies, p.last.tallies)
	return pic, !same
}

// shared says whether two slices are the same one. Their elements never change, so they need not be
// compared.
func shared[T any](a, b []T) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

func (p *painter) waiting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inFlight && (p.taken.IsZero() || p.now().Sub(p.taken) < undrawnAfter)
}

func (p *painter) send(pic update) {
	p.mu.Lock()
	p.inFlight, p.taken = true, time.Time{}
	if pic.img != nil {
		p.spare = nil
	}
	p.mu.Unlock()
	p.last = pic
	p.last.img, p.last.hud = nil, nil
	p.publish(func() {
		free := p.show(pic)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.taken = p.now()
		if pic.img != nil {
			p.spare = free
			return
		}
		// There is nothing to upload, so there is nothing to wait for.
		p.inFlight = false
	})
}

// buffer returns a picture of that size to draw into, tight and at the origin, in the memory of the
// spare one where it is large enough.
func (p *painter) buffer(size image.Point) *image.RGBA {
	p.mu.Lock()
	spare := p.spare
	p.mu.Unlock()
	n := 4 * size.X * size.Y
	if spare == nil || cap(spare.Pix) < n {
		return image.NewRGBA(image.Rectangle{Max: size})
	}
	spare.Pix = spare.Pix[:n]
	spare.Stride = 4 * size.X
	spare.Rect = image.Rectangle{Max: size}
	return spare
}
