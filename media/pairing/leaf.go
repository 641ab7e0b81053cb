package pairing

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// What phones demand of a certificate, and newLeaf and create keep to. Since iOS 13 (Apple,
// "Requirements for trusted certificates in iOS 13"): SHA-2, at least 2048 bits of RSA or a curve,
// the address among the subject alternative names (the common name counts for nothing, for Chrome
// and Firefox as well), extended key usage with server authentication, and at most 825 days.
// Android takes as an authority only what says that it is one (basic constraints).
const (
	// leafDays is how long a server's certificate lasts. Apple's systems refuse more than 398 days
	// from public authorities and have tightened their rules for private ones before; 397 is safe.
	leafDays = 397

	// renewBefore is how long before its end a certificate is replaced. An app that is never
	// restarted renews too, at the first connection after this moment.
	renewBefore = 30 * 24 * time.Hour

	// maxLeafAddresses bounds how many addresses one certificate names. Those of networks seen
	// before stay in it up to this number, so that coming home does not mean a new certificate, and
	// with it a new warning on phones that clicked through.
	maxLeafAddresses = 16
)

// TLSConfig returns the server's side of TLS with a certificate for the given addresses, the
// machine's name under .local and localhost. The certificate is kept on disk beside the authority,
// so that a phone whose owner clicked through the warning is not warned at the next start. It is
// renewed by itself when its end is near, and when a connection comes in on an address that it does
// not name: not before, since the addresses of a VPN or a container change at each start and a new
// certificate means a new warning. The function is called at each renewal, from any goroutine;
// addresses outside the private ranges are left out, since the authority may not vouch for them (a
// phone that reaches us there is warned each time).
func (a *Authority) TLSConfig(addresses func() []netip.Addr) *tls.Config {
	k := &leafCache{authority: a, addresses: addresses}
	k.mu.Lock()
	k.start()
	k.mu.Unlock()
	return serverConfig(k.get)
}

func serverConfig(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12, // old phones and some WHIP clients have no 1.3
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: get,
	}
}

// leafCache hands out the current leaf. Handshakes read it without a lock; whoever finds that it
// will not do makes the next one.
type leafCache struct {
	authority *Authority
	addresses func() []netip.Addr
	current   atomic.Pointer[leaf]

	mu  sync.Mutex // held while a leaf is made
	err error      // why there is none, or why it could not be kept on disk
}

// leaf is a certificate with what must be known to judge it. It does not change.
type leaf struct {
	tls  *tls.Certificate
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	ips  []netip.Addr
}

// fresh says whether l need not be replaced for its age: it is far from its end, or no later end is
// possible.
func (a *Authority) fresh(l *leaf) bool {
	now := a.now()
	return now.After(l.cert.NotBefore) &&
		(now.Before(l.cert.NotAfter.Add(-renewBefore)) || l.cert.NotAfter.Equal(a.cert.NotAfter))
}

// get is the GetCertificate of the TLS configuration. A certificate takes about a tenth of a
// millisecond to sign, so the handshake that needs a new one waits for it; the others go on with
// the one there is.
func (k *leafCache) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	l := k.current.Load()
	local := localAddress(hello)
	switch {
	case l == nil || k.lacks(l, local, hello.ServerName):
		k.mu.Lock()
	case k.authority.fresh(l):
		return l.tls, nil
	case !k.mu.TryLock():
		return l.tls, nil // another handshake is at it
	}
	defer k.mu.Unlock()
	if l = k.current.Load(); l == nil || k.lacks(l, local, hello.ServerName) ||
		!k.authority.fresh(l) {
		k.renew(local)
		l = k.current.Load()
	}
	if l == nil {
		return nil, k.err
	}
	return l.tls, nil
}

// lacks says whether l is without the address that the phone has come to, or without the name that
// it asked for though it is ours.
func (k *leafCache) lacks(l *leaf, local netip.Addr, name string) bool {
	return mayVouch(local) && !slices.Contains(l.ips, local) ||
		name != "" && !slices.Contains(l.cert.DNSNames, name) &&
			slices.Contains(k.authority.dnsNames(), name)
}

// localAddress is our own address on the connection, or the zero Addr.
func localAddress(hello *tls.ClientHelloInfo) netip.Addr {
	if hello.Conn != nil {
		if tcp, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			return tcp.AddrPort().Addr().Unmap().WithZone("")
		}
	}
	return netip.Addr{}
}

// start takes the leaf from disk when it will do, and makes one otherwise. The caller holds mu.
func (k *leafCache) start() {
	// A damaged or foreign leaf is no loss: the next one is as good.
	if data, err := inputfile.Read(k.path(), maxPEM); err == nil {
		if ders, key, err := decodePEM(data); err == nil {
			if l, err := k.authority.checkLeaf(ders[0], key); err == nil {
				k.current.Store(l)
				if k.authority.fresh(l) {
					return
				}
			}
		}
	}
	k.renew(netip.Addr{})
}

func (k *leafCache) path() string { return filepath.Join(k.authority.dir, leafFile) }

// renew makes a leaf for first, the addresses of now and those of before, in this order, and puts
// it in place. The caller holds mu. On failure the leaf of before stays.
func (k *leafCache) renew(first netip.Addr) {
	var key *ecdsa.PrivateKey
	ips := append([]netip.Addr{first}, k.addresses()...)
	if old := k.current.Load(); old != nil {
		ips = append(ips, old.ips...)
		key = old.key
	}
	l, err := k.authority.newLeaf(ips, key)
	if err != nil {
		k.err = fmt.Errorf("make the server's certificate: %w", err)
		return
	}
	k.current.Store(l)
	data, err := encodePEM(l.key, l.cert.Raw)
	if err == nil {
		err = atomicfile.Replace(k.path(), pemMode, atomicfile.Bytes(data))
	}
	k.err = err // a full disk costs a warning at the next start, not this connection
}

// dnsNames are the names beside the addresses. There is always one, since some verifiers take the
// common name for a host name when there is none, and would find it outside the constraints.
func (a *Authority) dnsNames() []string {
	names := []string{"localhost"}
	if label := a.hostLabel(); label != "" && label != "localhost" {
		names = append(names, label+".local")
	}
	return names
}

// Vouches says whether a phone that trusts the authority is not warned of a server at that address
// of ours, which it knows by that name, or by the address when the name is "".
func (a *Authority) Vouches(local netip.Addr, name string) bool {
	if name != "" {
		return slices.Contains(a.dnsNames(), name)
	}
	return mayVouch(local.Unmap())
}

// Fresh makes a server's certificate that nobody has seen before, for the address and the machine's
// names. It is not kept.
func (a *Authority) Fresh(local netip.Addr, name string) (*tls.Certificate, error) {
	if !a.Vouches(local, name) {
		return nil, fmt.Errorf("the certificate authority may not vouch for %v", local)
	}
	l, err := a.newLeaf([]netip.Addr{local}, nil)
	if err != nil {
		return nil, err
	}
	return l.tls, nil
}

// newLeaf signs a server's certificate for those of ips that the authority may vouch for, the first
// maxLeafAddresses of them, and loopback. A nil key stands for a new one.
func (a *Authority) newLeaf(ips []netip.Addr, key *ecdsa.PrivateKey) (*leaf, error) {
	if key == nil {
		var err error
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
	}
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	named := []netip.Addr{loopback, netip.IPv6Loopback()}
	for _, ip := range ips {
		ip = ip.Unmap().WithZone("")
		if len(named) < maxLeafAddresses && mayVouch(ip) && !slices.Contains(named, ip) {
			named = append(named, ip)
		}
	}
	now := a.now()
	notBefore := now.Add(-backdate)
	notAfter := notBefore.AddDate(0, 0, leafDays).Add(-time.Second) // both ends count
	if notAfter.After(a.cert.NotAfter) {
		notAfter = a.cert.NotAfter
	}
	template := &x509.Certificate{
		SerialNumber: newSerial(),
		Subject:      pkix.Name{CommonName: "Handlens"},
		NotBefore:    notBefore,
		NotAfter:     notAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		// Stated, since a leaf that could be an authority would be one.
		BasicConstraintsValid: true,
		DNSNames:              a.dnsNames(),
	}
	for _, ip := range named {
		template.IPAddresses = append(template.IPAddresses, ip.AsSlice())
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return a.checkLeaf(der, key)
}

// checkLeaf makes a leaf of its parts after verifying it against the authority as a phone would,
// dates apart.
func (a *Authority) checkLeaf(der []byte, key *ecdsa.PrivateKey) (*leaf, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("the key does not belong to the certificate")
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := cert.Verify(x509.VerifyOptions{
		Roots:       roots,
		CurrentTime: cert.NotBefore.Add(backdate),
	}); err != nil {
		return nil, err
	}
	l := &leaf{
		cert: cert,
		key:  key,
		// The authority is not sent along: who trusts it has it, and who does not would not by
		// seeing it.
		tls: &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert},
	}
	for _, raw := range cert.IPAddresses {
		if ip, ok := netip.AddrFromSlice(raw); ok {
			l.ips = append(l.ips, ip.Unmap())
		}
	}
	return l, nil
}

// mayVouch says whether the authority's name constraints allow a certificate for ip.
func mayVouch(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() ||
		(ip.Is4() && carrierGrade.Contains(ip))
}
