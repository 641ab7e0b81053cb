package tape

import (
	"sync"
	"time"
	"weak"

	"handlens/media"
)

// Item is one coded picture or one packet of sound.
type Item struct {
	// Audio says that this is Opus and not a picture; Codec and Key are then unset.
	Audio bool
	Codec media.Codec
	// Key says that decoding can start here.
	Key bool
	// Data is shared by all who read: nobody changes it.
	Data []byte
	// At is the time since the tape's first picture. It grows from picture to picture; sound may
	// lie up to a second beside its neighbours.
	At                 time.Duration
	Captured, Received time.Time
}

// Packet returns a picture as decoders take it.
func (it Item) Packet() media.Packet {
	return media.Packet{
		Codec: it.Codec, Data: it.Data, Key: it.Key, PTS: it.At,
		Captured: it.Captured, Received: it.Received,
	}
}

// Options bounds a Tape.
type Options struct {
	// Keep is how much of the past there is to be, MaxBytes how much memory it may take. What is
	// older than the key frame before Keep is dropped; when MaxBytes is reached, more is.
	Keep     time.Duration
	MaxBytes int
}

// group is a key frame with all that follows it up to the next one. Groups are dropped whole.
type group struct {
	items []Item
	bytes int
	// cut says that the group was taken away from the Readers too.
	cut  bool
	next *group // nil while this is the newest
}

// dropped is a group that the tape has let go of. Readers may still be there.
type dropped struct {
	group weak.Pointer[group]
	bytes int
}

// itemOverhead is about what an Item costs beside its data, in bytes.
const itemOverhead = 160

// maxLeft bounds, in bytes, what Readers may hold of what the tape itself has let go of.
const maxLeft = 64 << 20

// Tape is the recent past of one stream. One goroutine writes; any may do the rest.
type Tape struct {
	mu     sync.Mutex
	keep   time.Duration
	limit  int
	oldest *group
	newest *group
	bytes  int
	// left are the groups that were let go of, oldest first, as far as Readers may hold them.
	left      []dropped
	leftBytes int
	// grown is closed and replaced when something is added, and closed at the end.
	grown  chan struct{}
	closed bool

	clock  clock
	lastAt time.Duration
	keyAt  time.Duration
	any    bool // there was a picture
	gap    bool // pictures are left out until the next key frame
}

// New returns an empty Tape.
func New(o Options) *Tape {
	return &Tape{keep: o.Keep, limit: o.MaxBytes, grown: make(chan struct{})}
}

// Video puts a frame on the tape and returns its time there, which is the packet's PTS from then
// on. The data is copied. A frame that nothing can decode, because none of its references is here,
// gets its time only.
func (t *Tape) Video(p media.Packet) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.clock.picture(p)
	if t.any && at <= t.lastAt {
		at = t.lastAt + time.Millisecond // whoever reads may rely on the order
	}
	if p.Key {
		t.gap = false
	}
	t.lastAt, t.any = at, true
	if t.closed || t.gap || (t.newest == nil && !p.Key) {
		return at
	}
	t.put(Item{
		Codec: p.Codec, Key: p.Key, Data: append([]byte(nil), p.Data...), At: at,
		Captured: p.Captured, Received: p.Received,
	})
	return at
}

// Audio puts a packet of sound on the tape. The data is copied. Sound before the first picture is
// left out.
func (t *Tape) Audio(s media.Audio) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.newest == nil {
		return
	}
	at, ok := t.clock.sound(s)
	if !ok || at < 0 {
		return
	}
	t.put(Item{
		Audio: true, Data: append([]byte(nil), s.Data...), At: at,
		Captured: s.Captured, Received: s.Received,
	})
}

// Gap says that references were lost: what comes before the next key frame cannot be decoded and is
// left out.
func (t *Tape) Gap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gap = true
}

// SetKeep changes how much of the past there is to be.
func (t *Tape) SetKeep(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep = d
	t.trim()
}

// Span returns the times of the oldest and of the newest picture at hand; equal ones when there is
// nothing.
func (t *Tape) Span() (from, to time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.oldest == nil {
		return t.lastAt, t.lastAt
	}
	return t.oldest.items[0].At, t.lastAt
}

// SinceKey returns how much of the stream has come since its newest key frame, and how many bytes
// the tape holds of that, the key frame included; 0 before the first picture.
func (t *Tape) SinceKey() (age time.Duration, bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.newest != nil {
		bytes = t.newest.bytes
	}
	return t.lastAt - t.keyAt, bytes
}

// Past returns all pictures at hand, oldest first, without the sound. They stay valid whatever
// becomes of the tape, and hold no more of it than is there now.
func (t *Tape) Past() []Item {
	t.mu.Lock()
	defer t.mu.Unlock()
	var past []Item
	for g := t.oldest; g != nil; g = g.next {
		for _, it := range g.items {
			if !it.Audio {
				past = append(past, it)
			}
		}
	}
	return past
}

// Bytes returns how much memory the tape holds, without what only Readers still hold.
func (t *Tape) Bytes() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

// Close ends the stream: Readers get what is there, and then io.EOF. The past stays readable.
func (t *Tape) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		close(t.grown)
	}
}

// put adds an item, to a new group when it is a key frame; the caller holds the lock.
func (t *Tape) put(it Item) {
	if it.Key {
		g := new(group)
		if t.newest == nil {
			t.oldest = g
		} else {
			t.newest.next = g
		}
		t.newest, t.keyAt = g, it.At
	}
	size := len(it.Data) + itemOverhead
	t.newest.items = append(t.newest.items, it)
	t.newest.bytes += size
	t.bytes += size
	t.trim()
	t.tell()
}

// tell wakes the Readers; the caller holds the lock.
func (t *Tape) tell() {
	if !t.closed {
		close(t.grown)
		t.grown = make(chan struct{})
	}
}

// trim drops the oldest groups: those that end before what is to be kept, and more where there are
// too many bytes. The newest group stays, unless it alone is more than the limit: then all of it
// goes, and what follows waits for a key frame.
func (t *Tape) trim() {
	for t.oldest != nil && t.oldest.next != nil {
		if t.bytes <= t.limit && t.oldest.next.items[0].At > t.lastAt-t.keep {
			return
		}
		t.drop()
	}
	if t.oldest != nil && t.bytes > t.limit {
		g := t.oldest
		t.drop()
		g.items, g.cut = nil, true
		t.newest, t.gap = nil, true
	}
}

// drop lets go of the oldest group, and takes from the Readers what is too much.
func (t *Tape) drop() {
	g := t.oldest
	t.oldest, t.bytes = g.next, t.bytes-g.bytes
	t.left, t.leftBytes = append(t.left, dropped{weak.Make(g), g.bytes}), t.leftBytes+g.bytes
	for len(t.left) > 0 {
		first := t.left[0].group.Value()
		if first != nil && t.leftBytes <= maxLeft {
			return
		}
		if first != nil {
			first.items, first.cut = nil, true
		}
		t.leftBytes -= t.left[0].bytes
		t.left = t.left[1:]
	}
}
