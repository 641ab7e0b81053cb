package visit

import (
	"net/netip"
	"testing"
	"time"

	"handlens/media"
)

// A second device behind the same address has a visit of its own from its page on.
func TestTwoDevicesBehindOneAddress(t *testing.T) {
	d := newDiary()
	d.climb(Token)
	d.told = nil
	d.Arrived(port(6001), ours, d.present(), false)
	d.pass(time.Second)
	d.Encrypted(port(6001), ours)
	d.pass(time.Second)
	iphone := phone(port(6001), "iPhone")
	d.Fetched(iphone)
	d.want(t, "v2 tcp", "v2 tls", "v2 page")
	if v := d.newest(t); v.Name != "iPhone" || v.At[TLS] != time.Second ||
		v.At[Page] != 2*time.Second {
		t.Errorf("the second visit is %+v", v)
	}
	d.Told(phone(first, "Pixel"), CameraDenied)
	// By another connection than before.
	d.Told(phone(port(6002), "iPhone"), CameraAsking)
	d.want(t, "v1 token camera-denied", "v2 token camera-asking")
	d.Told(iphone, NoProblem)
	d.Joined(d.Offered(iphone), "phone-1")
	d.Told(phone(first, "Pixel"), NoProblem)
	d.Joined(d.Offered(phone(first, "Pixel")), "phone-2")
	d.Connected("phone-2")
	d.Connected("phone-1")
	d.want(t, "v2 camera", "v1 camera", "v1 ice", "v2 ice")
	d.Left("phone-2", media.Reason{Code: media.PhoneLeft})
	d.want(t, "v1 ice over")
}

// Of two alike the one who loads the page first is taken for gone, and is back when it says more.
func TestTwoAlikeWithoutSessions(t *testing.T) {
	d := newDiary()
	d.climb(Token)
	d.told = nil
	twin := phone(port(6001), "Pixel")
	d.Arrived(twin.From, ours, d.present(), false)
	d.Fetched(twin)
	d.Told(twin, AwaitingTap)
	d.Told(phone(first, "Pixel"), CameraAsking)
	d.Told(twin, NoProblem)
	d.want(t, "v2 tcp", "v1 token awaiting-tap over", "v2 tls", "v2 page", "v2 token awaiting-tap",
		"v3 tcp", "v3 tls", "v3 page", "v3 token camera-asking", "v2 camera")
}

// The same kind of browser twice is told apart when the first has its session.
func TestTwoAlikeBehindOneAddress(t *testing.T) {
	d := newDiary()
	d.climb(Box)
	d.told = nil
	twin := phone(port(6001), "Pixel")
	d.Arrived(twin.From, ours, d.present(), false)
	d.Encrypted(twin.From, ours)
	d.Fetched(twin)
	d.Told(twin, AwaitingTap)
	d.want(t, "v2 tcp", "v2 tls", "v2 page", "v2 token awaiting-tap")
	d.Told(phone(first, "Pixel"), NoProblem)
	d.Joined(d.Offered(twin), "phone-2")
	d.Connected("phone-2")
	d.want(t, "v2 camera", "v2 ice")
}

// A page that is loaded again begins another visit, and so does another try on the same page.
func TestPageLoadedAgain(t *testing.T) {
	d := newDiary()
	g := phone(first, "Pixel")
	d.climb(Page)
	d.Denied(g, WrongToken)
	d.told = nil
	d.Fetched(g) // as when the code was scanned again
	d.Told(g, AwaitingTap)
	d.want(t, "v2 tcp", "v1 page wrong-token over", "v2 tls", "v2 page", "v2 token awaiting-tap")
	if v := d.newest(t); v.At[Page] != 0 {
		t.Errorf("the second visit begins before its time: %+v", v.At)
	}
	d.Told(g, NoProblem)
	d.Joined(d.Offered(g), "phone-1")
	d.Looked("phone-1", 1)
	d.Left("phone-1", media.Reason{Code: media.PhoneLeft})
	d.told = nil
	d.Asked(first) // what its browser does besides
	d.Arrived(port(7), ours, d.present(), true)
	d.want(t)
	d.Told(g, CameraAsking) // a tap on the same page, by the same connection
	d.want(t, "v3 tcp", "v3 tls", "v3 page", "v3 token camera-asking")
	if v := d.newest(t); v.At[Token] != 0 {
		t.Errorf("the third visit begins before its time: %+v", v.At)
	}
}

// A connection that stood idle for long is not where the next visit begins.
func TestConnectionsAheadOfNeed(t *testing.T) {
	d := newDiary()
	d.climb(Box)
	d.Arrived(port(6001), ours, d.present(), false)
	d.pass(time.Minute)
	d.Fetched(phone(port(6001), "Pixel"))
	if v := d.newest(t); v.ID != "v2" || v.At[Page] != 0 || !v.Began.Equal(d.present()) {
		t.Errorf("the visit is %+v", v)
	}
}

// A phone that moves to another network stays the same visit, by its own name or by where its video
// comes from.
func TestPhoneMoves(t *testing.T) {
	there := netip.MustParseAddrPort("198.51.100.9:7000")
	for _, returns := range []func(d *diary, g Guest){
		func(d *diary, g Guest) { d.Joined(d.Offered(g), "phone-1") },
		func(d *diary, g Guest) { d.Path("phone-1", false, there.Addr()) },
	} {
		d := newDiary()
		g := phone(first, "Pixel")
		g.Phone = "secret"
		d.climb(Token)
		d.Joined(d.Offered(g), "phone-1")
		d.Connected("phone-1")
		d.Away("phone-1")
		d.told = nil
		d.Arrived(there, ours, d.present(), false)
		d.Encrypted(there, ours)
		d.Asked(there)
		g.From = there
		returns(d, g)
		d.Connected("phone-1")
		d.want(t, "v2 tcp", "v2 tls", "v2 tls over", "v1 ice")
		all := d.Visits()
		if len(all) != 2 || all[1].Address != there.Addr() || all[1].Session != "phone-1" {
			t.Errorf("the visits are %+v", all)
		}
		d.Asked(there)
		d.Arose("phone-1", RTP, d.present())
		d.want(t, "v1 rtp")
	}
}

// A phone whose page was loaded anew comes back into its session by the new visit.
func TestSessionGoesToTheNewPage(t *testing.T) {
	d := newDiary()
	d.climb(Box)
	d.told = nil
	g := phone(port(6001), "Pixel")
	d.Fetched(g)
	d.Joined(d.Offered(g), "phone-1")
	d.Connected("phone-1")
	d.Looked("phone-1", 1)
	d.want(t, "v2 tcp", "v2 tls", "v2 page", "v2 token", "v2 camera", "v1 box over", "v2 ice",
		"v2 rtp", "v2 key-frame", "v2 box")
}
