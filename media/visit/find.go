package visit

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"handlens/media"
)

const (
	// most is how many visits are kept; beyond it those that matter least go.
	most = 64
	// mostConns bounds the connections of one visit that are remembered.
	mostConns = 16
	// ahead is for how long a connection may have stood before its first request to have been
	// opened for it.
	ahead = 10 * time.Second
)

// at returns the open visit of a device, or a new one, and notes that it was seen.
func (b *Book) at(g Guest, now time.Time) *entry {
	e := b.open(g.From, "")
	if e == nil {
		e = b.add(g, now)
		e.connect(g.From, now)
	}
	e.seen = now
	return e
}

// known is at for a request of the page, which may come by another connection than the page did.
func (b *Book) known(g Guest, now time.Time) *entry {
	e := b.open(g.From, g.Agent)
	switch {
	case e == nil:
		e = b.at(g, now)
	case e.agent != "" && e.agent != g.Agent:
		e = b.part(e, g, now)
	}
	e.seen, e.asked, e.agent, e.Name = now, true, g.Agent, cmp.Or(g.Name, e.Name)
	return e
}

// open finds the visit that a connection belongs to: its own, else the newest one from that address
// with that browser, else the newest one from that address; nil when there is none, or its own is
// over.
func (b *Book) open(from netip.AddrPort, agent string) *entry {
	var found *entry
	for _, e := range slices.Backward(b.visits) {
		switch {
		case e.Address != from.Addr():
		case e.has(from) && (agent == "" || e.agent == "" || e.agent == agent):
			if e.Over {
				return nil
			}
			return e
		case e.Over:
		case found == nil || agent != "" && found.agent != agent && e.agent == agent:
			found = e
		}
	}
	return found
}

func (b *Book) byPhone(phone string) *entry {
	for _, e := range slices.Backward(b.visits) {
		if phone != "" && e.phone == phone && !e.Over {
			return e
		}
	}
	return nil
}

// add begins a visit.
func (b *Book) add(g Guest, began time.Time) *entry {
	b.makeRoom()
	b.next++
	e := &entry{Visit: Visit{
		ID: fmt.Sprintf("v%d", b.next), Address: g.From.Addr(), Called: g.Called, Name: g.Name,
		Began: began,
	}}
	b.visits = append(b.visits, e)
	return e
}

// part begins a visit for a device that turns out not to be the one of e, with the connection that
// it came by.
func (b *Book) part(e *entry, g Guest, now time.Time) *entry {
	c := e.disconnect(g.From)
	// A connection that has served the other page is not where this visit begins, and neither is
	// one that was opened ahead of need.
	if c.at.Before(e.fetched) || now.Sub(c.at) > ahead {
		c = conn{from: g.From, at: now}
	}
	own := b.add(g, c.at)
	own.conns, own.seen = []conn{c}, now
	b.light(own, TCP, c.at, now)
	if !c.tls.IsZero() {
		b.light(own, TLS, c.tls, now)
	}
	return own
}

// move has a visit go on at another address, where e was thought to have begun.
func (b *Book) move(to, e *entry, g Guest) {
	to.conns = append(to.conns, e.conns...)
	to.conns = to.conns[max(0, len(to.conns)-mostConns):]
	to.Address, to.Called, to.seen = g.From.Addr(), g.Called, e.seen
	e.conns = nil
	b.end(e, media.Reason{Code: media.Replaced}, e.seen)
}

// makeRoom forgets a visit when there are too many: one that is over, else one without a session,
// else any, each time the one that has been silent for longest.
func (b *Book) makeRoom() {
	if len(b.visits) < most {
		return
	}
	weight := func(e *entry) int {
		switch {
		case e.Over:
			return 0
		case e.Session == "":
			return 1
		}
		return 2
	}
	least := slices.MinFunc(b.visits, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(weight(a), weight(b)), a.seen.Compare(b.seen))
	})
	b.visits = slices.DeleteFunc(b.visits, func(e *entry) bool { return e == least })
	if b.sessions[least.Session] == least {
		delete(b.sessions, least.Session)
	}
}
