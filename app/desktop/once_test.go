package desktop

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"testing"

	"handlens/app/cli"
	"handlens/media/pairing"
)

// TestFaultsAreToldOnce tells what lasts once, and again when it comes back.
func TestFaultsAreToldOnce(t *testing.T) {
	front := new(fakeFrontend)
	var o once
	first, second := errors.New("one"), errors.New("two")
	for _, err := range []error{nil, first, first, second, second, nil, nil, second} {
		o.tell(front, err)
	}
	front.want(t, "fault: one", "fault: two", "fault: two")
}

// TestProblemOfOwnCertificateIsTold has phones come to an address that the user's own certificate
// is not for.
func TestProblemOfOwnCertificateIsTold(t *testing.T) {
	dir := t.TempDir()
	authority, err := pairing.LoadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	authority.TLSConfig(func() []netip.Addr { return nil }) // it keeps one in a file, with its key
	file := filepath.Join(dir, "leaf.pem")
	a, front, _ := newTestAddresses(t, "192.0.2.1")
	p := &program{addresses: a, options: options{own: cli.CertificateFlags{Cert: file, Key: file}}}
	own, err := p.openNames(t.Context())
	if err != nil || a.come() != own.Host() || a.tailnet != nil {
		t.Fatalf("phones come to %q, %v", a.come(), err)
	}
	for _, host := range []string{own.Host(), "lens.example"} {
		a.host = host
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // after the first look
		a.watchCertificates(ctx, own)
	}
	front.want(t,
		"fault: your certificate "+file+" is not for lens.example, so browsers warn of it")
}
