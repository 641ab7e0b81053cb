package pairing

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	home = netip.MustParseAddr("192.168.1.23")
	cafe = netip.MustParseAddr("10.20.30.40")
	ula  = netip.MustParseAddr("fd00::23")
)

// addressList is a list of addresses that a test changes.
type addressList struct {
	mu  sync.Mutex
	ips []netip.Addr
}

func (l *addressList) get() []netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.ips)
}

func (l *addressList) set(ips ...netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ips = ips
}

// addressed is a connection that came in on an address; nothing else of it is used.
type addressed struct {
	net.Conn
	local netip.Addr
}

func (a addressed) LocalAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.local, 8443))
}

func shown(t *testing.T, config *tls.Config, local netip.Addr, name string) *x509.Certificate {
	t.Helper()
	c, err := config.GetCertificate(&tls.ClientHelloInfo{
		ServerName: name,
		Conn:       addressed{local: local},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

func names(c *x509.Certificate, ip netip.Addr) bool { return c.VerifyHostname(ip.String()) == nil }

func TestLeafNamesAllAddresses(t *testing.T) {
	now := &clock{t: noon}
	a := testAuthority(t, t.TempDir(), now)
	public := netip.MustParseAddr("141.24.33.7")
	list := &addressList{ips: []netip.Addr{home, ula, public}}
	config := a.TLSConfig(list.get)
	if config.MinVersion != tls.VersionTLS12 ||
		!slices.Equal(config.NextProtos, []string{"h2", "http/1.1"}) {
		t.Errorf("TLS from %x, protocols %v", config.MinVersion, config.NextProtos)
	}
	leaf := shown(t, config, home, "")
	for _, ip := range []netip.Addr{
		home, ula, netip.MustParseAddr("127.0.0.1"),
		netip.IPv6Loopback(),
	} {
		if !names(leaf, ip) {
			t.Errorf("%v is not named: %v", ip, leaf.IPAddresses)
		}
	}
	if names(leaf, public) {
		t.Error("a public address is named, which makes the whole certificate invalid")
	}
	for _, name := range []string{"study.local", "localhost"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if d := leaf.NotAfter.Sub(leaf.NotBefore); d > leafDays*24*time.Hour {
		t.Errorf("it lasts %v", d)
	}
	if !slices.Equal(leaf.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) ||
		leaf.IsCA {
		t.Errorf("usage %v, authority %v", leaf.ExtKeyUsage, leaf.IsCA)
	}
	// Also while it is asked for on the public address it must stay as it is, and not be made again
	// for each connection.
	if again := shown(t, config, public, ""); !again.Equal(leaf) {
		t.Error("made again for an address that it may not name")
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := leaf.Verify(x509.VerifyOptions{
		Roots: roots, CurrentTime: noon,
		DNSName: home.String(),
	}); err != nil {
		t.Error(err)
	}
}

// A phone whose owner clicked through the warning remembers the certificate: it must be the same at
// the next start.
func TestLeafSurvivesRestart(t *testing.T) {
	dir, now := t.TempDir(), &clock{t: noon}
	list := &addressList{ips: []netip.Addr{home}}
	first := shown(t, testAuthority(t, dir, now).TLSConfig(list.get), home, "")
	now.move(100 * 24 * time.Hour)
	list.set(netip.MustParseAddr("172.17.0.1"), home) // Docker was started; nobody comes in there
	second := shown(t, testAuthority(t, dir, now).TLSConfig(list.get), home, "")
	if !first.Equal(second) {
		t.Error("the second start has another certificate")
	}
}

func TestLeafIsRenewed(t *testing.T) {
	now := &clock{t: noon}
	a := testAuthority(t, t.TempDir(), now)
	list := &addressList{ips: []netip.Addr{home}}
	config := a.TLSConfig(list.get)
	first := shown(t, config, home, "")

	list.set(cafe)
	inCafe := shown(t, config, cafe, "")
	if !names(inCafe, cafe) || inCafe.Equal(first) {
		t.Error("the new address is not named")
	}
	if !names(inCafe, home) {
		t.Error("the old address is forgotten, so coming home means another certificate")
	}
	list.set(home)
	if !shown(t, config, home, "").Equal(inCafe) {
		t.Error("made again at home though home was named")
	}
	// The list may be late: the address of the connection itself counts.
	list.set()
	if !names(shown(t, config, ula, ""), ula) {
		t.Error("the address of the connection is not named")
	}

	last := shown(t, config, home, "")
	now.move(last.NotAfter.Sub(now.now()) - renewBefore - time.Hour)
	if !shown(t, config, home, "").Equal(last) {
		t.Error("renewed too early")
	}
	now.move(2 * time.Hour)
	renewed := shown(t, config, home, "")
	if renewed.Equal(last) || !renewed.NotAfter.After(last.NotAfter) || !names(renewed, home) {
		t.Error("not renewed near its end")
	}
	if !bytes.Equal(renewed.RawSubjectPublicKeyInfo, last.RawSubjectPublicKeyInfo) {
		t.Error("a renewal changes the key")
	}
}

func TestLeafFollowsTheMachinesName(t *testing.T) {
	now, name := &clock{t: noon}, "study"
	a, err := loadAuthority(t.TempDir(), now.now, func() (string, error) { return name, nil })
	if err != nil {
		t.Fatal(err)
	}
	config := a.TLSConfig((&addressList{ips: []netip.Addr{home}}).get)
	first := shown(t, config, home, "study.local")
	name = "kitchen"
	if !shown(t, config, home, "").Equal(first) {
		t.Error("made again though nobody asked for the new name")
	}
	if got := shown(t, config, home, "kitchen.local"); got.VerifyHostname("kitchen.local") != nil {
		t.Errorf("names are %v", got.DNSNames)
	}
	before := shown(t, config, home, "")
	if !shown(t, config, home, "example.com").Equal(before) {
		t.Error("made again for a name that is not ours")
	}
}

// Near the end of the authority no leaf can be far from its own end; that must not mean a new one
// for each connection.
func TestLeafAtTheEndOfItsAuthority(t *testing.T) {
	dir, now := t.TempDir(), &clock{t: noon}
	testAuthority(t, dir, now)
	now.move(10*365*24*time.Hour - 10*24*time.Hour)
	a := testAuthority(t, dir, now)
	config := a.TLSConfig((&addressList{ips: []netip.Addr{home}}).get)
	first := shown(t, config, home, "")
	if !first.NotAfter.Equal(a.cert.NotAfter) {
		t.Errorf("it ends on %v, the authority on %v", first.NotAfter, a.cert.NotAfter)
	}
	if !shown(t, config, home, "").Equal(first) {
		t.Error("made again for each connection")
	}
}

func TestLeafIsBounded(t *testing.T) {
	a := testAuthority(t, t.TempDir(), &clock{t: noon})
	list := &addressList{}
	config := a.TLSConfig(list.get)
	var last netip.Addr
	for i := range 100 {
		last = netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)})
		list.set(last)
		shown(t, config, last, "")
	}
	leaf := shown(t, config, last, "")
	if len(leaf.IPAddresses) > maxLeafAddresses || !names(leaf, last) {
		t.Errorf("%d addresses: %v", len(leaf.IPAddresses), leaf.IPAddresses)
	}
}

// A damaged or foreign file costs a new certificate and nothing more; a folder that cannot be
// written neither.
func TestLeafFileMayBeLost(t *testing.T) {
	now := &clock{t: noon}
	list := &addressList{ips: []netip.Addr{home}}
	foreign := t.TempDir()
	testAuthority(t, foreign, now).TLSConfig(list.get)
	other, err := os.ReadFile(filepath.Join(foreign, leafFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"noise":               []byte("noise"),
		"another authority's": other, "empty": nil,
	} {
		dir := t.TempDir()
		a := testAuthority(t, dir, now)
		if err := os.WriteFile(filepath.Join(dir, leafFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if !names(shown(t, a.TLSConfig(list.get), home, ""), home) {
			t.Errorf("%s: no certificate", name)
		}
	}
	dir := t.TempDir()
	a := testAuthority(t, dir, now)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if !names(shown(t, a.TLSConfig(list.get), home, ""), home) {
		t.Error("no certificate without a folder")
	}
}

// Many phones at once, while the addresses change under them and the certificate runs out: each
// gets one that is good for the address it came to. Run with the race detector.
func TestLeafRace(t *testing.T) {
	now := &clock{t: noon}
	a := testAuthority(t, t.TempDir(), now)
	list := &addressList{ips: []netip.Addr{home}}
	config := a.TLSConfig(list.get)
	places := []netip.Addr{home, cafe, ula}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for n := range 40 {
				at := places[(i+n)%len(places)]
				switch n % 10 {
				case 0:
					list.set(at)
				case 5:
					now.move(40 * 24 * time.Hour)
				}
				c, err := config.GetCertificate(&tls.ClientHelloInfo{Conn: addressed{local: at}})
				if err != nil {
					t.Error(err)
					return
				}
				if !names(c.Leaf, at) {
					t.Errorf("%v is not named by %v", at, c.Leaf.IPAddresses)
				}
			}
		})
	}
	wg.Wait()
}

// A real handshake, checked as a phone that trusts the authority would.
func TestHandshake(t *testing.T) {
	a, err := LoadAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := tls.NewListener(listener, a.TLSConfig(IPs))
	var wg sync.WaitGroup
	defer wg.Wait()
	defer server.Close()
	wg.Go(func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake() // the client's side tells
			c.Close()
		}
	})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.CertificatePEM())
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, name := range []string{"127.0.0.1", "localhost"} {
			c, err := tls.Dial("tcp", listener.Addr().String(),
				&tls.Config{
					RootCAs: roots, ServerName: name, MinVersion: version,
					MaxVersion: version,
				})
			if err != nil {
				t.Errorf("TLS %x, %s: %v", version, name, err)
				continue
			}
			c.Close()
		}
	}
	if _, err := tls.Dial("tcp", listener.Addr().String(),
		&tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is taken")
	}
	var unknown x509.UnknownAuthorityError
	if _, err := tls.Dial("tcp", listener.Addr().String(),
		&tls.Config{RootCAs: x509.NewCertPool()}); !errors.As(err, &unknown) {
		t.Errorf("who does not trust the authority got %v", err)
	}
}

func TestLeafCannotBeMade(t *testing.T) {
	a := testAuthority(t, t.TempDir(), &clock{t: noon})
	// signs nothing that a would stand for
	a.key = testAuthority(t, t.TempDir(), &clock{t: noon}).key
	config := a.TLSConfig((&addressList{ips: []netip.Addr{home}}).get)
	if _, err := config.GetCertificate(&tls.ClientHelloInfo{}); err == nil ||
		!strings.Contains(err.Error(), "make the server's certificate") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkTLSConfig(b *testing.B) {
	a, err := LoadAuthority(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		os.Remove(filepath.Join(a.dir, leafFile))
		a.TLSConfig(IPs)
	}
}

func BenchmarkGetCertificate(b *testing.B) {
	a, err := LoadAuthority(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	get := a.TLSConfig(IPs).GetCertificate
	hello := &tls.ClientHelloInfo{Conn: addressed{local: netip.MustParseAddr("127.0.0.1")}}
	b.RunParallel(func(b *testing.PB) {
		for b.Next() {
			if _, err := get(hello); err != nil {
				return
			}
		}
	})
}
