package visit

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"handlens/media"
)

const (
	// silence is how long nothing may be heard from a device without a session before its visit is
	// over, and keep how long a visit that is over is still told.
	silence = 5 * time.Minute
	keep    = 5 * time.Minute
)

// Book has the visits. Any goroutine may use it; no method waits.
//
// A device is told from others by its address, as long as nothing better is known. Its browser
// makes several connections, some of them for nothing, so whatever comes from an address belongs
// to the visit that is open there. A page that is fetched beside another one begins a visit of its
// own, and ends the other when that is of the same browser and came to nothing. From then on the
// visit is known by the connections of that browser, by the phone's own name, and by its session.
type Book struct {
	now     func() time.Time
	changed func(Visit)

	mu       sync.Mutex
	next     int
	visits   []*entry // oldest first
	sessions map[string]*entry
	model    Problem // ModelLoading, ModelFailed or NoProblem
	news     []Visit // not told yet
	telling  bool
}

// NewBook returns a Book without visits. The changed function, which may be nil, is told each
// change of a rung or problem, in order; it must not wait, but may call the Book.
func NewBook(now func() time.Time, changed func(Visit)) *Book {
	if changed == nil {
		changed = func(Visit) {}
	}
	return &Book{now: now, changed: changed, sessions: make(map[string]*entry)}
}

// Guest is who sent something by HTTP.
type Guest struct {
	From   netip.AddrPort
	Called netip.Addr
	// Name is what to call it, Agent what its browser calls itself.
	Name, Agent string
	// Phone is what it is known again by; "" for nothing.
	Phone string
}

// Visits returns all visits, newest first, as they are now.
func (b *Book) Visits() []Visit {
	var all []Visit
	b.do(func(now time.Time) {
		for _, e := range slices.Clone(b.visits) {
			b.update(e, now)
		}
		b.visits = slices.DeleteFunc(b.visits, func(e *entry) bool {
			return e.Over && now.Sub(e.ended) > keep
		})
		for _, e := range slices.Backward(b.visits) {
			all = append(all, e.Visit)
		}
	})
	return all
}

// do changes the visits, and tells what has changed afterwards. When another call tells already, it
// tells this as well.
func (b *Book) do(change func(now time.Time)) {
	b.mu.Lock()
	change(b.now())
	if b.telling {
		b.mu.Unlock()
		return
	}
	b.telling = true
	for len(b.news) > 0 {
		v := b.news[0]
		b.news = b.news[1:]
		b.mu.Unlock()
		b.changed(v)
		b.mu.Lock()
	}
	b.telling = false
	b.mu.Unlock()
}

// Arrived notes a connection to our port, which came at that moment. A silent one has said nothing
// since: browsers open such ahead of need, so it only counts for a device that is not known.
func (b *Book) Arrived(from netip.AddrPort, called netip.Addr, at time.Time, silent bool) {
	b.do(func(now time.Time) {
		known := func(e *entry) bool { return e.Address == from.Addr() }
		if silent && slices.ContainsFunc(b.visits, known) {
			return
		}
		e := b.open(from, "")
		if e == nil {
			e = b.add(Guest{From: from, Called: called}, at)
		}
		e.connect(from, at)
		e.seen = now
		b.light(e, TCP, at, now)
	})
}

// Encrypted notes that a TLS handshake is done: the browser takes our certificate.
func (b *Book) Encrypted(from netip.AddrPort, called netip.Addr) {
	b.do(func(now time.Time) {
		e := b.at(Guest{From: from, Called: called}, now)
		e.encrypted(from, now)
		e.refused, e.broken = false, time.Time{}
		b.light(e, TLS, now, now)
	})
}

// Balked notes that a TLS handshake failed, since the browser refused our certificate or for
// another reason. It says nothing of a device that has done one already: that one's browser has
// many errands.
func (b *Book) Balked(from netip.AddrPort, called netip.Addr, refused bool) {
	b.do(func(now time.Time) {
		e := b.at(Guest{From: from, Called: called}, now)
		switch {
		case e.Lit[TLS]:
		case refused:
			e.refused = true
		case e.broken.IsZero():
			e.broken = now
		}
		b.light(e, TCP, now, now)
	})
}

// Asked notes a request of whatever kind.
func (b *Book) Asked(from netip.AddrPort) {
	b.do(func(now time.Time) {
		if e := b.open(from, ""); e != nil {
			e.seen, e.asked = now, true
			b.update(e, now)
		}
	})
}

// Fetched notes that the page was fetched.
func (b *Book) Fetched(g Guest) {
	b.do(func(now time.Time) {
		e := b.at(g, now)
		if before := e; e.Lit[Page] {
			e = b.part(e, g, now)
			if before.Session == "" && before.agent == g.Agent {
				b.end(before, media.Reason{Code: media.Replaced}, now)
			}
		}
		e.agent, e.Name, e.asked, e.fetched = g.Agent, g.Name, true, now
		b.light(e, Page, now, now)
	})
}

// Watches notes that somebody comes to watch what phones send. What was noted of that device alone
// before it asked for anything is no phone's visit, and is forgotten.
func (b *Book) Watches(from netip.AddrPort) {
	b.do(func(time.Time) {
		if e := b.open(from, ""); e != nil && !e.Lit[Page] {
			b.visits = slices.DeleteFunc(b.visits, func(v *entry) bool { return v == e })
		}
	})
}

// Denied notes a request without the right token: NoToken, WrongToken or LockedOut.
func (b *Book) Denied(g Guest, why Problem) {
	b.do(func(now time.Time) {
		e := b.known(g, now)
		e.token = why
		b.light(e, Page, now, now)
	})
}

// Told notes what the page says, with the right token: of the camera, NoProblem when it is open, or
// of nothing but itself, AwaitingTap.
func (b *Book) Told(g Guest, what Problem) {
	b.do(func(now time.Time) {
		e := b.known(g, now)
		e.token = NoProblem
		switch what {
		case AwaitingTap:
		case NoProblem:
			e.camera = NoProblem
			b.light(e, Camera, now, now)
			return
		default:
			e.camera = what
		}
		b.light(e, Token, now, now)
	})
}

// Offered notes an offer with the right token, and returns the visit's ID.
func (b *Book) Offered(g Guest) (id string) {
	b.do(func(now time.Time) {
		e := b.known(g, now)
		if before := b.byPhone(g.Phone); before != nil && before != e && e.fetched.IsZero() {
			b.move(before, e, g) // its page is the one from before; only the way is another
			e = before
		}
		e.phone, e.token, e.camera = g.Phone, NoProblem, NoProblem
		b.light(e, Camera, now, now)
		id = e.ID
	})
	return id
}

// Answered notes what becomes of an offer: AwaitingApproval while somebody is asked, then Refused,
// Full, OfferUnusable or, when it was answered, NoProblem.
func (b *Book) Answered(id string, what Problem) {
	b.do(func(now time.Time) {
		i := slices.IndexFunc(b.visits, func(e *entry) bool { return e.ID == id })
		if i < 0 {
			return
		}
		e := b.visits[i]
		e.seen, e.join = now, what
		if what == NoProblem && e.answered.IsZero() {
			e.answered = now
		}
		b.update(e, now)
	})
}

// Model notes that the detector is ModelLoading, ModelFailed, or runs: NoProblem.
func (b *Book) Model(what Problem) {
	b.do(func(now time.Time) {
		b.model = what
		for _, e := range b.visits {
			b.update(e, now)
		}
	})
}

// light lights a rung, and those below it that are dark: it could not have been reached without
// them. The last news has the problem as it is then.
func (b *Book) light(e *entry, r Rung, at, now time.Time) {
	for below := TCP; below <= r; below++ {
		if e.Lit[below] {
			continue
		}
		e.Lit[below] = true
		e.At[below] = max(at.Sub(e.Began), 0)
		if below > TCP {
			e.At[below] = max(e.At[below], e.At[below-1])
		}
		if below == r {
			e.Problem = e.problem(now, b.model)
		} else {
			e.Problem = NoProblem
		}
		b.news = append(b.news, e.Visit)
	}
	b.update(e, now)
}

// update looks whether the problem of a visit is another one now, or the visit is over.
func (b *Book) update(e *entry, now time.Time) {
	if e.Over {
		return
	}
	if p := e.problem(now, b.model); p != e.Problem {
		e.Problem = p
		b.news = append(b.news, e.Visit)
	}
	if e.Session == "" && now.Sub(e.seen) > silence {
		b.end(e, media.Reason{}, now)
	}
}

// end ends a visit. Its problem stays: it may be why.
func (b *Book) end(e *entry, reason media.Reason, now time.Time) {
	e.Over, e.Reason, e.ended = true, reason, now
	if b.sessions[e.Session] == e {
		delete(b.sessions, e.Session)
	}
	b.news = append(b.news, e.Visit)
}
