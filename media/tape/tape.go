package tape

import (
	"sync"
	"time"

	"handlens/media"
)

// Item is one coded picture or one packet of sound.
type Item struct {
	// Sound says that this is Opus and not a picture; Codec and Key are then unset.
	Sound bool
	Codec media.Codec
	// Key says that decoding can start here.
	Key bool
	// Data is shared by all who read: nobody changes it.
	Data []byte
	RTP  uint32
	// At is the time since the tape's first picture. It grows from picture to picture; sound may lie up to a second beside its neighbours.
	At                 time.Duration
	Captured, Received time.Time
}

// Packet returns a picture as decoders take it.
func (it Item) Packet() media.Packet {
	return media.Packet{Codec: it.Codec, Data: it.Data, Key: it.Key, RTP: it.RTP, Captured: it.Captured, Received: it.Received}
}

// Options bounds a Tape.
type Options struct {
	// Keep is how much of the past there is to be, MaxBytes how much memory it may take. What is older than the key frame before Keep
	// is dropped; when MaxBytes is reached, more is.
	Keep     time.Duration
	MaxBytes int
}

// group is a key frame with all that follows it up to the next one. Groups are dropped whole.
type group struct {
	items []Item
	bytes int
	// broken says that references were lost behind the last item.
	broken bool
	next   *group // nil while this is the newest
}

// itemOverhead is about what an Item costs beside its data, in bytes.
const itemOverhead = 160

// Tape is the recent past of one stream. One goroutine writes; any may do the rest.
type Tape struct {
	mu     sync.Mutex
	keep   time.Duration
	limit  int
	oldest *group
	newest *group
	bytes  int
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

// Picture puts a picture on the tape and returns its time there. The data is copied. A picture that nothing can decode, because none of its
// references is here, gets its time only.
func (t *Tape) Picture(p media.Packet) time.Duration {
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
	if p.Key {
		t.begin()
		t.keyAt = at
	}
	t.put(Item{
		Codec: p.Codec, Key: p.Key, Data: append([]byte(nil), p.Data...), RTP: p.RTP, At: at, Captured: p.Captured, Received: p.Received,
	})
	return at
}

// Sound puts a packet of sound on the tape. The data is copied. Sound before the first picture is left out.
func (t *Tape) Sound(s media.Sound) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.newest == nil {
		return
	}
	at, ok := t.clock.sound(s)
	if !ok || at < 0 {
		return
	}
	t.put(Item{Sound: true, Data: append([]byte(nil), s.Data...), RTP: s.RTP, At: at, Captured: s.Captured, Received: s.Received})
}

// Gap says that references were lost: what comes before the next key frame cannot be decoded and is left out.
func (t *Tape) Gap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gap = true
	if t.newest != nil {
		t.newest.broken = true
	}
}

// SetKeep changes how much of the past there is to be.
func (t *Tape) SetKeep(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keep = d
	t.trim()
}

// Span returns the times of the oldest and of the newest picture at hand; equal ones when there is nothing.
func (t *Tape) Span() (from, to time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.oldest == nil {
		return t.lastAt, t.lastAt
	}
	return t.oldest.items[0].At, t.lastAt
}

// KeyAge returns how much of the stream lies behind its newest key frame; 0 before the first picture.
func (t *Tape) KeyAge() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.newest == nil {
		return 0
	}
	return t.lastAt - t.keyAt
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

// begin starts a group; the caller holds the lock and puts the key frame into it.
func (t *Tape) begin() {
	g := new(group)
	if t.newest == nil {
		t.oldest = g
	} else {
		t.newest.next = g
	}
	t.newest = g
}

func (t *Tape) put(it Item) {
	size := len(it.Data) + itemOverhead
	t.newest.items = append(t.newest.items, it)
	t.newest.bytes += size
	t.bytes += size
	t.trim()
	close(t.grown)
	t.grown = make(chan struct{})
}

// trim drops the oldest groups: those that end before what is to be kept, and more where there are too many bytes. The newest group
// stays, unless it alone is more than the limit: then all of it goes, and what follows waits for a key frame.
func (t *Tape) trim() {
	for t.oldest != nil && t.oldest.next != nil {
		begins := t.oldest.next.items
		if t.bytes <= t.limit && (len(begins) == 0 || begins[0].At > t.lastAt-t.keep) {
			return
		}
		t.bytes -= t.oldest.bytes
		t.oldest = t.oldest.next
	}
	if t.oldest != nil && t.bytes > t.limit {
		t.oldest.broken = true
		t.oldest, t.newest, t.bytes, t.gap = nil, nil, 0, true
	}
}
