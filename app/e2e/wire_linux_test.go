package e2e

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"
)

// wire notes what the program's network sends over its only card, and to whom.
type wire struct {
	mu      sync.Mutex
	packets int            // to the phone
	strange map[string]int // to anybody else
	names   []string       // that were looked up, and what connected
}

// tap watches the card app0 of a namespace until the test ends.
func tap(t *testing.T, program namespace) *wire {
	t.Helper()
	w := &wire{strange: map[string]int{}}
	var socket int
	var err error
	var card *net.Interface
	program.do(func() {
		if card, err = net.InterfaceByName("app0"); err != nil {
			return
		}
		socket, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC,
			int(bigEndian(unix.ETH_P_ALL)))
	})
	if err != nil {
		t.Fatalf("watch the wire: %v", err)
	}
	// what is lost is counted below
	_ = unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 32<<20)
	if err := unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO,
		&unix.Timeval{Usec: 100_000}); err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		w.watch(socket, card.Index, stop)
	}()
	t.Cleanup(func() {
		close(stop)
		<-done
		if st, err := unix.GetsockoptTpacketStats(socket, unix.SOL_PACKET,
			unix.PACKET_STATISTICS); err != nil || st.Drops > 0 {
			t.Errorf("not every packet was seen: %+v, %v", st, err)
		}
		unix.Close(socket)
	})
	return w
}

func bigEndian(v uint16) uint16 { return v>>8 | v<<8 }

func (w *wire) watch(socket, card int, stop <-chan struct{}) {
	buf := make([]byte, 256) // the headers
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, from, err := unix.Recvfrom(socket, buf, 0)
		if err != nil {
			continue // the time limit
		}
		if ll, ok := from.(*unix.SockaddrLinklayer); ok && ll.Pkttype == unix.PACKET_OUTGOING &&
			ll.Ifindex == card {
			w.sent(bigEndian(ll.Protocol), buf[:n])
		}
	}
}

// sent takes note of a packet of that EtherType.
func (w *wire) sent(protocol uint16, packet []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case protocol == unix.ETH_P_ARP && len(packet) >= 28:
		to := netip.AddrFrom4([4]byte(packet[24:28]))
		if !isPhone(to) {
			w.strange[fmt.Sprintf("an ARP request for %s", to)]++
		}
	case protocol == unix.ETH_P_IP && len(packet) >= 24:
		to, port := netip.AddrFrom4([4]byte(packet[16:20])), uint16(0)
		if head := int(packet[0]&15) * 4; len(packet) >= head+4 {
			port = binary.BigEndian.Uint16(packet[head+2:])
		}
		if isPhone(to) {
			w.packets++
			return
		}
		w.strange[fmt.Sprintf("a packet of IP protocol %d to %s, port %d", packet[9], to, port)]++
	default:
		w.strange[fmt.Sprintf("a packet of EtherType %#04x: % x", protocol, packet)]++
	}
}

// report returns how many packets went to the phone, and what went elsewhere since the last report.
func (w *wire) report() (toPhone int, strange, names []string) {
	time.Sleep(200 * time.Millisecond) // more than the watcher waits for a packet
	w.mu.Lock()
	defer w.mu.Unlock()
	for what, n := range w.strange {
		strange = append(strange, fmt.Sprintf("%d × %s", n, what))
	}
	slices.Sort(strange)
	toPhone, names = w.packets, w.names
	w.packets, w.strange, w.names = 0, map[string]int{}, nil
	return toPhone, strange, names
}

// called takes note of what the program asked of the world. The phone's browser has a life of its
// own there.
func (w *wire) called(by net.Addr, what string) {
	if !strings.HasPrefix(by.String(), appAddress+":") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names = append(w.names, what)
}

// playTheWorld answers every question for a name and accepts every connection on the web's ports,
// so that whatever wants to get out gets on with it.
func (w *wire) playTheWorld(t *testing.T) {
	t.Helper()
	dns, err := net.ListenPacket("udp4", net.JoinHostPort(dnsAddress, "53"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dns.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := dns.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := w.answer(buf[:n], from); answer != nil {
				_, _ = dns.WriteTo(answer, from) // who does not hear it asks again
			}
		}
	}()
	for _, port := range []string{"80", "443"} {
		l, err := net.Listen("tcp4", net.JoinHostPort(worldAddress, port))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				w.called(c.RemoteAddr(), "a connection to "+c.LocalAddr().String())
				c.Close()
			}
		}()
	}
}

// answer is the reply to a question for a name.
func (w *wire) answer(question []byte, from net.Addr) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) == 0 {
		return nil
	}
	q := m.Questions[0]
	w.called(from, "a question for "+q.Name.String())
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(worldAddress).As4()},
		}}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}
