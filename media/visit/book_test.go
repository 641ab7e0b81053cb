package visit

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"handlens/media"
)

// clock is the test's own time.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) present() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// diary is a Book with a clock, and what it has told, as "v1 page awaiting-tap".
type diary struct {
	*Book
	clock
	told []string
	all  []Visit
}

func newDiary() *diary {
	d := &diary{clock: clock{t: time.Unix(1e9, 0)}}
	d.Book = NewBook(d.present, func(v Visit) {
		top, _ := v.Top()
		text := v.ID + " " + top.String()
		if v.Problem != NoProblem {
			text += " " + v.Problem.String()
		}
		if v.Over {
			text += " over"
		}
		d.told, d.all = append(d.told, text), append(d.all, v)
	})
	return d
}

// want checks what was told since the last call.
func (d *diary) want(t *testing.T, lines ...string) {
	t.Helper()
	if !slices.Equal(d.told, lines) {
		t.Errorf("told is %q, want %q", d.told, lines)
	}
	d.told = nil
}

// problem returns that of the newest visit.
func (d *diary) problem(t *testing.T) Problem {
	t.Helper()
	return d.newest(t).Problem
}

func (d *diary) newest(t *testing.T) Visit {
	t.Helper()
	all := d.Visits()
	if len(all) == 0 {
		t.Fatal("there is no visit")
	}
	return all[0]
}

var (
	ours  = netip.MustParseAddr("192.0.2.1")
	first = netip.MustParseAddrPort("192.0.2.7:5001")
)

// port is another connection of the same device.
func port(n uint16) netip.AddrPort { return netip.AddrPortFrom(first.Addr(), n) }

// phone is a guest with a browser of that name.
func phone(from netip.AddrPort, name string) Guest {
	return Guest{From: from, Called: ours, Name: name, Agent: "agent of " + name}
}

// climb has a device go up to that rung, in the way of the page.
func (d *diary) climb(to Rung) {
	g := phone(first, "Pixel")
	steps := []func(){
		func() { d.Arrived(first, ours, d.present(), false) },
		func() { d.Encrypted(first, ours) },
		func() { d.Asked(first); d.Fetched(g) },
		func() { d.Told(g, AwaitingTap) },
		func() { d.Told(g, CameraAsking); d.Told(g, NoProblem) },
		func() {
			id := d.Offered(g)
			d.Joined(id, "phone-1")
			d.Answered(id, NoProblem)
			d.Connected("phone-1")
		},
		func() { d.Arose("phone-1", RTP, d.present()) },
		func() { d.Arose("phone-1", KeyFrame, d.present()) },
		func() { d.Looked("phone-1", 1) },
	}
	for _, step := range steps[:to+1] {
		step()
		d.pass(10 * time.Millisecond)
	}
}

// Each rung is told once, in order, with its time.
func TestEachRung(t *testing.T) {
	d := newDiary()
	d.climb(Box)
	d.want(t, "v1 tcp", "v1 tls", "v1 page", "v1 token awaiting-tap", "v1 token camera-asking",
		"v1 camera", "v1 ice", "v1 rtp", "v1 key-frame", "v1 box")
	v := d.newest(t)
	for _, r := range Rungs() {
		if !v.Lit[r] || v.At[r] != time.Duration(r)*10*time.Millisecond {
			t.Errorf("%v is lit: %v, after %v", r, v.Lit[r], v.At[r])
		}
	}
	if v.ID != "v1" || v.Address != first.Addr() || v.Called != ours || v.Name != "Pixel" ||
		v.Session != "phone-1" || !v.Began.Equal(time.Unix(1e9, 0)) {
		t.Errorf("the visit is %+v", v)
	}
	// Whatever is said again changes nothing.
	d.Arrived(port(5002), ours, d.present(), false)
	d.Encrypted(port(5002), ours)
	d.Balked(port(5003), ours, true)
	d.Balked(port(5003), ours, false)
	d.Told(phone(port(5002), "Pixel"), NoProblem)
	d.Joined("v1", "phone-1")
	d.Connected("phone-1")
	d.Arose("phone-1", RTP, d.present())
	d.Arose("phone-1", KeyFrame, d.present())
	d.Looked("phone-1", 0)
	d.Looked("phone-1", 3)
	d.pass(time.Minute)
	d.Visits()
	d.want(t)
	d.Left("phone-1", media.Reason{Code: media.PhoneLeft})
	d.want(t, "v1 box over")
	d.Looked("phone-1", 1) // too late
	d.Left("phone-1", media.Reason{Code: media.PhoneLost})
	d.want(t)
	if v := d.newest(t); v.Reason.Code != media.PhoneLeft {
		t.Errorf("it left for %v", v.Reason)
	}
}

// A client without a page, or a page from before the program was started, comes by its offer.
func TestRungsBelowAreLit(t *testing.T) {
	d := newDiary()
	d.Arrived(first, ours, d.present(), false)
	d.pass(time.Second)
	id := d.Offered(phone(first, "OBS"))
	d.want(t, "v1 tcp", "v1 tls", "v1 page", "v1 token", "v1 camera")
	if v := d.newest(t); id != "v1" || v.At[TCP] != 0 || v.At[TLS] != time.Second ||
		v.At[Camera] != time.Second || v.Name != "OBS" {
		t.Errorf("the visit %s is %+v", id, v)
	}
	// The first packet came before anybody said that the connection stands.
	d.Joined(id, "s")
	d.pass(time.Second)
	d.Arose("s", RTP, d.present().Add(-2*time.Second))
	if v := d.newest(t); !v.Lit[ICE] || v.At[RTP] < v.At[ICE] || v.At[ICE] < v.At[Camera] {
		t.Errorf("times go back: %v", v.At)
	}
}

// Silent connections count for nobody who is known, and else as a sign of life.
func TestSilentConnections(t *testing.T) {
	d := newDiary()
	d.Arrived(first, ours, d.present(), true)
	d.want(t, "v1 tcp")
	d.Arrived(port(2), ours, d.present(), true)
	d.pass(silence + time.Second)
	d.Visits()
	d.want(t, "v1 tcp over")
	d.Arrived(port(3), ours, d.present(), true)
	d.want(t)
}

// What is silent for minutes is over, and falls out after some more; a session lasts.
func TestVisitsFallOut(t *testing.T) {
	d := newDiary()
	d.climb(Box)
	other := netip.MustParseAddrPort("192.0.2.8:1")
	d.Arrived(other, ours, d.present(), false)
	d.Balked(other, ours, true)
	d.told = nil
	d.pass(silence + time.Second)
	if all := d.Visits(); len(all) != 2 || !all[0].Over || all[1].Over {
		t.Errorf("the visits are %+v", all)
	}
	d.want(t, "v2 tcp certificate-refused over")
	d.pass(keep + time.Second)
	if all := d.Visits(); len(all) != 1 || all[0].ID != "v1" {
		t.Errorf("the visits are %+v", all)
	}
	d.Left("phone-1", media.Reason{Code: media.PhoneLost, After: time.Minute})
	d.pass(keep + time.Second)
	if all := d.Visits(); len(all) != 0 {
		t.Errorf("the visits are %+v", all)
	}
}

// However many come, a bounded number is kept: first go those that are over, then those without a
// session, the longest silent first.
func TestBookIsBounded(t *testing.T) {
	d := newDiary()
	d.climb(Box) // v1
	d.Arrived(netip.MustParseAddrPort("192.0.2.200:1"), ours, d.present(), false)
	d.Joined(d.Offered(phone(netip.MustParseAddrPort("192.0.2.200:1"), "OBS")), "phone-2")
	d.Left("phone-2", media.Reason{Code: media.PhoneLeft}) // v2
	for i := range 2 * most {
		from := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		d.Arrived(netip.AddrPortFrom(from, 1), ours, d.present(), false)
		d.pass(time.Millisecond)
		if i == most-2 { // v2 has made room
			if all := d.Visits(); len(all) != most || all[len(all)-2].ID != "v3" {
				t.Errorf("%d visits are kept, the second is %s", len(all), all[len(all)-2].ID)
			}
		}
	}
	all := d.Visits()
	if len(all) != most || all[most-1].ID != "v1" || all[0].ID != fmt.Sprintf("v%d", 2+2*most) {
		t.Errorf("%d visits are kept, from %s to %s", len(all), all[len(all)-1].ID, all[0].ID)
	}
	for i := range 10 * mostConns {
		d.Arrived(port(uint16(i+1)), ours, d.present(), false)
	}
	if n := len(d.visits[0].conns); n != mostConns {
		t.Errorf("%d connections are remembered", n)
	}
	for i := range 2 * most { // each with a session
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}), 1)
		d.Joined(d.Offered(phone(from, "OBS")), fmt.Sprintf("s%d", i))
	}
	if all := d.Visits(); len(all) != most || len(d.sessions) != most {
		t.Errorf("%d visits and %d sessions are kept", len(all), len(d.sessions))
	}
}

// The observer may ask the book, and hears all changes in order, whoever made them.
func TestObserver(t *testing.T) {
	var b *Book
	var mu sync.Mutex
	last := map[string]int{}
	b = NewBook(time.Now, func(v Visit) {
		b.Visits() // without the lock
		top, _ := v.Top()
		mu.Lock()
		defer mu.Unlock()
		if n := last[v.ID]; int(top) < n {
			t.Errorf("%s: %v after %v", v.ID, top, Rung(n))
		}
		last[v.ID] = int(top)
	})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 1)
			g, s := phone(from, "Pixel"), fmt.Sprint(i)
			b.Arrived(from, ours, time.Now(), false)
			b.Encrypted(from, ours)
			b.Fetched(g)
			b.Told(g, AwaitingTap)
			id := b.Offered(g)
			b.Joined(id, s)
			b.Answered(id, NoProblem)
			b.Connected(s)
			b.Model(NoProblem)
			b.Arose(s, KeyFrame, time.Now())
			b.Looked(s, 1)
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	for id, top := range last {
		if Rung(top) != Box {
			t.Errorf("%s: the last that was told is %v", id, Rung(top))
		}
	}
	if len(last) != 8 {
		t.Errorf("told is of %d visits", len(last))
	}
}

// What belongs to no visit does no harm.
func TestStrangers(t *testing.T) {
	d := newDiary()
	d.Asked(first)
	d.Answered("v9", NoProblem)
	d.Joined("v9", "s")
	d.Joined("", "s")
	d.Connected("s")
	d.Left("s", media.Reason{})
	d.Named("s", "Pixel")
	d.want(t)
	d.climb(ICE)
	d.Named("phone-1", "Pixel 8")
	if v := d.newest(t); v.Name != "Pixel 8" {
		t.Errorf("it is called %q", v.Name)
	}
}

// Each name is there, and another one.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rungs() {
		if name := r.String(); name == "" || seen[name] {
			t.Errorf("rung %d is called %q", r, name)
		}
		seen[r.String()] = true
	}
	for _, p := range Problems() {
		if name := p.String(); name == "" || seen[name] {
			t.Errorf("problem %d is called %q", p, name)
		}
		seen[p.String()] = true
	}
	if NoProblem.String() != "" || rungs.String() != "unknown" || problems.String() != "unknown" {
		t.Error("what is none has a name")
	}
}

// TestWatchingIsNoVisit forgets a device that comes to watch, but no phone at its address.
func TestWatchingIsNoVisit(t *testing.T) {
	d := newDiary()
	laptop := netip.MustParseAddrPort("192.0.2.9:1")
	d.Arrived(laptop, netip.Addr{}, d.present(), false)
	d.Encrypted(laptop, netip.Addr{})
	d.Watches(laptop)
	if all := d.Visits(); len(all) != 0 {
		t.Errorf("there is %+v", all)
	}
	phone := netip.MustParseAddrPort("192.0.2.9:2")
	d.Encrypted(phone, netip.Addr{})
	d.Fetched(Guest{From: phone, Name: "Pixel"})
	d.Watches(laptop)
	if all := d.Visits(); len(all) != 1 || !all[0].Lit[Page] {
		t.Errorf("of the phone there is %+v", all)
	}
}
