package peer

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"handlens/media"
	"handlens/media/waittest"
)

// outbox is a UDP socket that notes where packets go, and lets only those to this machine go.
type outbox struct {
	*net.UDPConn
	mu sync.Mutex
	to map[netip.AddrPort]int
}

func (o *outbox) WriteTo(b []byte, to net.Addr) (int, error) {
	at := to.(*net.UDPAddr).AddrPort()
	o.mu.Lock()
	o.to[netip.AddrPortFrom(at.Addr().Unmap(), at.Port())]++
	o.mu.Unlock()
	if !at.Addr().Unmap().IsLoopback() {
		return len(b), nil
	}
	return o.UDPConn.WriteTo(b, to)
}

// sent returns how many packets went to each of these addresses, and how many elsewhere.
func (o *outbox) sent(to ...string) (each []int, elsewhere int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range o.to {
		elsewhere += n
	}
	for _, text := range to {
		n := o.to[netip.MustParseAddrPort(text)]
		each, elsewhere = append(each, n), elsewhere-n
	}
	return each, elsewhere
}

func listenOutbox(t *testing.T) (*Host, *outbox) {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	o := &outbox{UDPConn: conn, to: map[netip.AddrPort]int{}}
	h := listenOn(Config{Addresses: []netip.Addr{loopback}}, o)
	h.attached.list = func() ([]net.Addr, error) {
		return []net.Addr{
			&net.IPNet{IP: net.IPv4(198, 51, 100, 7), Mask: net.CIDRMask(24, 32)},
			&net.IPNet{IP: net.IPv4(192, 168, 77, 7), Mask: net.CIDRMask(24, 32)},
		}, nil
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, o
}

// withCandidates returns an offer with these addresses as the phone's and no others.
func withCandidates(offer string, addresses ...string) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		if strings.HasPrefix(line, "a=candidate:") || strings.HasPrefix(line, "a=end-of-c") {
			continue
		}
		b.WriteString(line)
		if !strings.HasPrefix(line, "a=mid:0") {
			continue
		}
		for i, a := range addresses {
			host, port, _ := strings.Cut(a, " ")
			fmt.Fprintf(&b, "a=candidate:%d 1 udp 2130706431 %s %s typ host\r\n", i+1, host, port)
		}
	}
	return b.String()
}

// TestChecksGoToNobodyElse: an offer names strangers as the phone, and none of them hears from us.
func TestChecksGoToNobodyElse(t *testing.T) {
	h, o := listenOutbox(t)
	offer := withCandidates(newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil),
		"8.8.8.8 5000", "2001:4860:4860::8888 5000", "203.0.113.9 5000", // the internet
		"192.168.77.255 5000", "255.255.255.255 5000", "224.0.0.251 5353", "0.0.0.0 5000", // all
		"192.168.77.9 53", "192.168.77.9 443", // services
		"127.0.0.1 5000", "::1 5000", // this computer itself
		"phone.local 5000", "printer.example 5000", // names
		"203.0.113.5 5000", "198.51.100.8 5000", "192.168.77.9 5000", "10.1.2.3 5000",
		"100.64.1.2 5000")
	ctx := CalledFrom(t.Context(), netip.MustParseAddr("203.0.113.5"))
	c, err := h.Answer(ctx, offer, &watcher{t: t})
	must(t, err)
	allowed := []string{
		"203.0.113.5:5000", "198.51.100.8:5000", "192.168.77.9:5000", "10.1.2.3:5000",
		"100.64.1.2:5000",
	}
	waittest.Until(t, "several rounds of checks", func() bool {
		each, _ := o.sent(allowed...)
		for _, n := range each {
			if n < 3 {
				return false
			}
		}
		return true
	})
	if each, elsewhere := o.sent(allowed...); elsewhere != 0 {
		t.Errorf("%d packets went elsewhere, %v where they should: %v", elsewhere, each, o.to)
	}
	c.Close(media.Reason{Code: media.SentAway})
}

// TestThePhoneItselfIsReached by the addresses that it has: its own, and after a request from
// another one that one too.
func TestThePhoneItselfIsReached(t *testing.T) {
	h, o := listenOutbox(t)
	offer := withCandidates(newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil),
		"203.0.113.5 5000")
	c, err := h.Answer(t.Context(), offer, &watcher{t: t})
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
	if _, elsewhere := o.sent(); elsewhere != 0 {
		t.Errorf("%d packets went to where no request came from", elsewhere)
	}
	from := CalledFrom(t.Context(), netip.MustParseAddr("203.0.113.5"))
	frag := "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n" +
		"a=candidate:1 1 udp 1 203.0.113.5 5001 typ host\r\n"
	_, err = c.Patch(from, c.ETag(), frag)
	must(t, err)
	waittest.Until(t, "a check", func() bool {
		each, _ := o.sent("203.0.113.5:5001")
		return each[0] > 0
	})
}

// TestManyCandidates: more than any phone has are refused in one go, and those that come one after
// the other are counted as well.
func TestManyCandidates(t *testing.T) {
	h, o := listenOutbox(t)
	offer := newPhone(t, phoneOptions{mime: webrtc.MimeTypeVP8}).offer(nil)
	var many []string
	for i := range maxCandidates + 1 {
		many = append(many, fmt.Sprintf("10.0.0.1 %d", 5000+i))
	}
	_, err := h.Answer(t.Context(), withCandidates(offer, many...), &watcher{t: t})
	if !errors.Is(err, ErrBadOffer) {
		t.Errorf("%d candidates: %v", len(many), err)
	}
	if _, all := o.sent(); all != 0 {
		t.Errorf("%d packets for an offer that was refused", all)
	}
	// The same ones in each section are no more than they are.
	c, err := h.Answer(t.Context(), withCandidates(strings.ReplaceAll(offer, "a=mid:1",
		"a=candidate:1 1 udp 2130706431 10.0.0.1 5000 typ host\r\na=mid:1"),
		many[:maxCandidates]...), &watcher{t: t})
	must(t, err)
	t.Cleanup(func() { c.Close(media.Reason{Code: media.SentAway}) })
}

func TestRemotesAreBounded(t *testing.T) {
	now := time.Now()
	asked := 0
	r := remotes{attached: &attached{
		now: func() time.Time { return now },
		list: func() ([]net.Addr, error) {
			asked++
			return []net.Addr{&net.IPNet{
					IP:   net.IPv4(198, 51, 100, 5),
					Mask: net.CIDRMask(30, 32),
				}},
				nil
		},
	}}
	for range 3 * maxRemotes {
		if r.admit(net.IPv4(8, 8, 8, 8)) {
			t.Fatal("a stranger is admitted")
		}
	}
	if asked != 1 {
		t.Errorf("the cards were read %d times within a second", asked)
	}
	admitted := 0
	for i := range 3 * maxRemotes {
		if r.admit(net.IPv4(10, 0, byte(i>>8), byte(i))) {
			admitted++
		}
	}
	if admitted != maxRemotes {
		t.Errorf("%d are admitted, want %d", admitted, maxRemotes)
	}
	r.restart()
	if !r.admit(net.IPv4(198, 51, 100, 6)) || r.admit(net.IPv4(198, 51, 100, 7)) ||
		r.admit(net.IPv4(198, 51, 100, 3)) {
		t.Error("the network of 198.51.100.4 to .7 has other members")
	}
	for i := range 3 * maxCallers {
		r.note(CalledFrom(t.Context(), netip.AddrFrom4([4]byte{9, 9, 9, byte(i)})))
	}
	if len(r.callers) != maxCallers || r.admit(net.IPv4(9, 9, 9, 0)) ||
		!r.admit(net.IPv4(9, 9, 9, 3*maxCallers-1)) {
		t.Errorf("of the callers these are known: %v", r.callers)
	}
	r.anywhere = true
	if !r.admit(net.IPv4(8, 8, 8, 8)) || r.admit(net.IPv4bcast) {
		t.Error("with ICE servers a phone may be anywhere, but not everywhere")
	}
}
