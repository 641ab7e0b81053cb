package pairing

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// noon is a moment to hold on to.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func named(name string) func() (string, error) {
	return func() (string, error) { return name, nil }
}

func testAuthority(t *testing.T, dir string, c *clock) *Authority {
	t.Helper()
	a, err := loadAuthority(dir, c.now, named("Study.example"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAuthorityIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "down")
	first, err := LoadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.CertificateDER(), second.CertificateDER()) ||
		first.Fingerprint() != second.Fingerprint() {
		t.Error("the second start has another authority")
	}
	other, err := LoadAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if other.Fingerprint() == first.Fingerprint() {
		t.Error("two installations share an authority")
	}
}

func TestAuthorityIsForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("Windows keeps the user's folder to the user by its own means; there are no mode " +
			"bits to look at")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		for name, want := range map[string]os.FileMode{
			dir:                               0o700,
			filepath.Join(dir, authorityFile): 0o600,
		} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%s: %s has mode %o, want %o", when, name, got, want)
			}
		}
	}
	if _, err := LoadAuthority(dir); err != nil {
		t.Fatal(err)
	}
	check("made")
	if err := os.Chmod(filepath.Join(dir, authorityFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAuthority(dir); err != nil {
		t.Fatal(err)
	}
	check("opened to others and loaded again")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left behind: %v, %v", len(left), left, err)
	}
}

func TestAuthorityCertificate(t *testing.T) {
	a := testAuthority(t, t.TempDir(), &clock{t: noon})
	block, rest := pem.Decode(a.CertificatePEM())
	if block == nil || block.Type != "CERTIFICATE" || len(rest) != 0 ||
		!bytes.Equal(block.Bytes, a.CertificateDER()) {
		t.Fatal("PEM and DER differ, or more than the certificate is given out")
	}
	cert, err := x509.ParseCertificate(a.CertificateDER())
	if err != nil {
		t.Fatal(err)
	}
	if !cert.IsCA || !cert.MaxPathLenZero || cert.MaxPathLen != 0 ||
		cert.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign {
		t.Errorf("it may sign more than leaves: %+v", cert)
	}
	if got := cert.NotAfter; !got.Equal(noon.AddDate(10, 0, 0)) {
		t.Errorf("it ends on %v", got)
	}
	if cert.PublicKey.(*ecdsa.PublicKey).Curve != elliptic.P256() {
		t.Error("the key is not on P-256")
	}
	if !cert.PermittedDNSDomainsCritical {
		t.Error("the name constraints are not critical")
	}
	if a.Name() != "Handlens on study" {
		t.Errorf("it is called %q", a.Name())
	}
	if !regexp.MustCompile(`^([0-9A-F]{2}:){31}[0-9A-F]{2}$`).MatchString(a.Fingerprint()) {
		t.Errorf("fingerprint %q", a.Fingerprint())
	}
}

// The authority must be of no use for anything but local servers, whoever gets hold of its key:
// each leaf here is signed with it directly and handed to the standard verifier.
func TestNameConstraints(t *testing.T) {
	a := testAuthority(t, t.TempDir(), &clock{t: noon})
	verify := func(ip, dns, mail string, usage x509.ExtKeyUsage) error {
		return signAndVerify(t, a, ip, dns, mail, usage)
	}
	server := x509.ExtKeyUsageServerAuth
	for _, ip := range []string{
		"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "127.0.0.1", "169.254.1.1",
		"100.64.0.1",
		"fd00::1", "fe80::1", "::1",
	} {
		if err := verify(ip, "", "", server); err != nil {
			t.Errorf("%s is refused: %v", ip, err)
		}
	}
	for _, ip := range []string{
		"8.8.8.8", "172.32.0.1", "172.15.255.255", "192.169.0.1",
		"100.128.0.1", "2001:4860:4860::8888", "::2",
	} {
		if err := verify(ip, "", "", server); !isConstraint(err) {
			t.Errorf("a certificate for %s: %v", ip, err)
		}
	}
	for _, dns := range []string{
		"study.local", "a.b.local", "box.home.arpa", "router.lan",
		"localhost",
	} {
		if err := verify("", dns, "", server); err != nil {
			t.Errorf("%s is refused: %v", dns, err)
		}
	}
	for _, dns := range []string{
		"example.com", "bank.example", "xlocal", "local.example.com",
		"arpa",
	} {
		if err := verify("", dns, "", server); !isConstraint(err) {
			t.Errorf("a certificate for %s: %v", dns, err)
		}
	}
	if err := verify("10.0.0.1", "", "", x509.ExtKeyUsageCodeSigning); err == nil {
		t.Error("it may sign for programs")
	}
	if err := verify("", "", "me@example.com", x509.ExtKeyUsageEmailProtection); err == nil {
		t.Error("it may sign for mail")
	}
}

// signAndVerify signs a certificate with the key of the authority and verifies it.
func signAndVerify(t *testing.T, a *Authority, ip, dns, mail string,
	usage x509.ExtKeyUsage,
) error {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: newSerial(), Subject: pkix.Name{CommonName: "x"},
		NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage},
	}
	if ip != "" {
		template.IPAddresses = []net.IP{net.ParseIP(ip)}
	}
	if dns != "" {
		template.DNSNames = []string{dns}
	}
	if mail != "" {
		template.EmailAddresses = []string{mail}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	_, err = cert.Verify(x509.VerifyOptions{
		Roots: roots, CurrentTime: noon,
		KeyUsages: []x509.ExtKeyUsage{usage},
	})
	return err
}

func isConstraint(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.CANotAuthorizedForThisName
}

// A damaged file is named, with what to do, and is left as it is.
func TestDamagedAuthority(t *testing.T) {
	good := t.TempDir()
	testAuthority(t, good, &clock{t: noon})
	whole, err := os.ReadFile(filepath.Join(good, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	testAuthority(t, other, &clock{t: noon})
	foreign, err := os.ReadFile(filepath.Join(other, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	keyEnd := bytes.Index(whole, []byte("-----BEGIN CERTIFICATE"))
	before, _, _ := bytes.Cut(foreign, []byte("-----BEGIN CERTIFICATE"))
	a := testAuthority(t, good, &clock{t: noon})
	l, err := a.newLeaf(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	noAuthority, err := encodePEM(l.key, l.cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(whole)
	broken[keyEnd+60] ^= 1
	for name, data := range map[string][]byte{
		"empty":         nil,
		"cut":           whole[:len(whole)/2],
		"noise":         bytes.Repeat([]byte{0xfe}, 5000),
		"key only":      whole[:keyEnd],
		"no key":        whole[keyEnd:],
		"another's key": append(bytes.Clone(before), whole[keyEnd:]...),
		"two keys":      append(bytes.Clone(before), whole...),
		"a leaf":        noAuthority,
		"flipped a bit": broken,
		"not key but PEM": append(
			[]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
			whole[keyEnd:]...),
	} {
		t.Run(name, func(t *testing.T) {
			checkDamaged(t, data)
		})
	}
}

func TestUnusableAuthority(t *testing.T) {
	good := t.TempDir()
	testAuthority(t, good, &clock{t: noon})
	t.Run("expired", func(t *testing.T) {
		late := &clock{t: noon.AddDate(10, 0, 1)}
		if _, err := loadAuthority(good, late.now, named("x")); !errors.Is(err,
			ErrDamagedAuthority) || !strings.Contains(err.Error(), "expired on 14 March 2036") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a folder in its place", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, authorityFile), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadAuthority(dir); !errors.Is(err, ErrDamagedAuthority) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file in the folder's place", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadAuthority(path); err == nil {
			t.Error("no error")
		}
	})
}

// checkDamaged checks that a file with this content is refused and left as it is.
func checkDamaged(t *testing.T, data []byte) {
	dir := t.TempDir()
	path := filepath.Join(dir, authorityFile)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := loadAuthority(dir, (&clock{t: noon}).now, named("x"))
	if !errors.Is(err, ErrDamagedAuthority) || !strings.Contains(err.Error(), path) ||
		!strings.Contains(err.Error(), "move the file away") {
		t.Errorf("the error does not say what, where and what to do: %v", err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than a sentence: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, data) {
		t.Errorf("the file was changed: %v", err)
	}
}

// Two apps that are started at once for the first time must agree.
func TestAuthorityRace(t *testing.T) {
	dir := t.TempDir()
	prints := make([]string, 8)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			a, err := LoadAuthority(dir)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = a.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] {
			t.Fatalf("several authorities: %v", prints)
		}
	}
}

func TestHostLabel(t *testing.T) {
	for name, want := range map[string]string{
		"study": "study", "Study.fritz.box": "study", "Lena's MacBook": "", "": "", "-x": "",
		"x-": "", "büro": "",
		"desktop-4f2": "desktop-4f2", strings.Repeat("a", 64): "",
	} {
		a := &Authority{host: named(name)}
		if got := a.hostLabel(); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
	if got := (&Authority{host: func() (string, error) {
		return "x", errors.New("no name")
	}}).hostLabel(); got != "" {
		t.Errorf("an error gives %q", got)
	}
}

// Start-up has 0.7 s in all; this is its part.
func BenchmarkLoadAuthorityFirst(b *testing.B) {
	for b.Loop() {
		if _, err := LoadAuthority(b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
}
