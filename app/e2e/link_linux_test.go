package e2e

import (
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// weather is what a link does to each packet, in both directions. The zero value does nothing.
type weather struct {
	loss          float64 // 0..1
	delay, jitter time.Duration
	rate          float64 // bits a second each way; 0 for no limit
	down          bool    // nothing gets through
	// drop has some packets of IP lost, as a firewall on the way does; nil for none.
	drop func(packet []byte) bool
}

// linkQueue is how long a packet may wait for its turn where the rate is limited; one that would
// wait longer is dropped, as a home's router does.
const linkQueue = 300 * time.Millisecond

// link joins the program's namespace with this process's, which is the phone's, by two TUN devices
// and a bad road between them: kernels without netem have no other way.
type link struct {
	weather atomic.Pointer[weather]
	address string // the phone's
}

// joinBadly makes the link, and gives both ends their addresses. It ends with the test.
func joinBadly(t *testing.T, program namespace) *link {
	t.Helper()
	l := &link{address: phoneAddress}
	l.set(weather{})
	phone := openTUN(t, "phone0")
	ip(t, "link set lo up")
	ip(t, "link set phone0 addrgenmode none up")
	ip(t, "addr add "+phoneAddress+"/24 dev phone0")
	var app *os.File
	program.do(func() { app = openTUN(t, "eth0") }) // by another name it would be a VPN
	program.ip(t, "link set lo up")
	program.ip(t, "link set eth0 addrgenmode none up")
	program.ip(t, "addr add "+appAddress+"/24 dev eth0")
	var wg sync.WaitGroup
	wg.Go(func() { l.carry(phone, app) })
	wg.Go(func() { l.carry(app, phone) })
	t.Cleanup(func() {
		phone.Close()
		app.Close()
		wg.Wait()
	})
	return l
}

// openTUN makes a network card in the namespace of the calling thread whose packets are read and
// written here.
func openTUN(t *testing.T, name string) *os.File {
	t.Helper()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("a network card of our own: %v", err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		t.Fatalf("the network card %s: %v", name, err)
	}
	return os.NewFile(uintptr(fd), name)
}

func (l *link) set(w weather) { l.weather.Store(&w) }

// carry takes packets one way until either end is closed.
func (l *link) carry(from, to *os.File) {
	var free time.Time // when the road is free again, where its rate is limited
	b := make([]byte, 65536)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		w := l.weather.Load()
		if w.down || rand.Float64() < w.loss || w.drop != nil && w.drop(b[:n]) {
			continue
		}
		wait := w.delay + time.Duration((2*rand.Float64()-1)*float64(w.jitter))
		if w.rate > 0 {
			now := time.Now()
			if free.Before(now) {
				free = now
			}
			if free.Sub(now) > linkQueue {
				continue
			}
			free = free.Add(time.Duration(float64(8*n) / w.rate * float64(time.Second)))
			wait += free.Sub(now)
		}
		if wait <= 0 {
			_, _ = to.Write(b[:n]) // what a card does not take is lost, as on any road
			continue
		}
		packet := append([]byte(nil), b[:n]...)
		time.AfterFunc(wait, func() {
			if !l.weather.Load().down {
				_, _ = to.Write(packet)
			}
		})
	}
}

// isUDP is whether a packet of IPv4 is one of UDP.
func isUDP(packet []byte) bool {
	return len(packet) >= 20 && packet[0]>>4 == 4 && packet[9] == unix.IPPROTO_UDP
}

// isMedia is isUDP, or whether a segment of TCP begins with a message of STUN, which every
// connection of ICE-TCP begins with. HTTP gets through.
func isMedia(packet []byte) bool {
	if isUDP(packet) || len(packet) < 20 || packet[9] != unix.IPPROTO_TCP {
		return isUDP(packet)
	}
	const cookie = "\x21\x12\xa4\x42"
	segment := packet[min(len(packet), int(packet[0]&15)*4):]
	if len(segment) < 20 {
		return false
	}
	data := segment[min(len(segment), int(segment[12]>>4)*4):]
	return len(data) >= 10 && string(data[6:10]) == cookie // after its length, type and length
}

// move gives the phone another address in place of the one it has, as a network does that it
// changes to.
func (l *link) move(t *testing.T) {
	t.Helper()
	next := net.ParseIP(l.address).To4()
	next[3]++
	l.readdress(t, next.String())
}

// readdress gives the phone that address, in a network of 256.
func (l *link) readdress(t *testing.T, address string) {
	t.Helper()
	ip(t, "addr del "+l.address+"/24 dev phone0")
	l.address = address
	ip(t, "addr add "+l.address+"/24 dev phone0")
}
