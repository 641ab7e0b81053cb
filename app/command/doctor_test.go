package command

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"handlens/app/cli"
	"handlens/media/pairing"
	"handlens/media/reach"
)

// examine runs the doctor and returns what it found, by subject.
func examine(t *testing.T, status int, args ...string) map[string][]finding {
	t.Helper()
	by, _ := examineAll(t, status, args...)
	return by
}

// examineAll returns all that the doctor says in JSON as well.
func examineAll(t *testing.T, status int, args ...string) (map[string][]finding, doctorReport) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := doctorCommand(nil).Run(t.Context(), append(args, "--json"), &out,
		&errs); got != status {
		t.Fatalf("doctor %q ended with %d, want %d: %s%s", args, got, status, out.String(),
			errs.String())
	}
	var r doctorReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Fine != (status == cli.Done) {
		t.Errorf("it says fine: %v, and ends with %d", r.Fine, status)
	}
	by := map[string][]finding{}
	for _, f := range r.Findings {
		if f.Text == "" || strings.Contains(f.Text, "\n") {
			t.Errorf("%+v is no sentence", f)
		}
		by[f.About] = append(by[f.About], f)
	}
	return by, r
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	data := t.TempDir()
	authority, err := pairing.LoadAuthority(filepath.Join(data, "certificates"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := pairing.Addresses()
	if err != nil {
		t.Fatal(err)
	}
	status := cli.Done
	if len(found) == 0 || found[0].IP.IsLoopback() || slices.ContainsFunc(
		reach.Look(t.Context(), 8443).Firewalls,
		func(w reach.Firewall) bool { return w.State == reach.FirewallBlocks && !w.UDPOnly },
	) {
		status = cli.Failed // a machine without a network, or behind its own firewall
	}
	by, r := examineAll(t, status, "--data-dir", data, "--model", colourModel(t, "yolov8"))
	if c := r.Certificate; c == nil || c.Fingerprint != authority.Fingerprint() || c.Own ||
		c.Trusted {
		t.Errorf("the certificate in JSON: %+v", c)
	}
	checkNetwork(t, r.networkReport, found)
	if c := by["certificate"]; len(c) != 2 || c[0].State != isFine ||
		!strings.Contains(c[0].Text, authority.Fingerprint()) {
		t.Errorf("the certificate: %+v", c)
	}
	if m := by["model"]; len(m) != 1 || m[0].State != isFine ||
		!strings.Contains(m[0].Text, "320 × 320, 3 classes") {
		t.Errorf("the model: %+v", m)
	}
	if d := by["data"]; len(d) != 1 || !strings.Contains(d[0].Text, "can be written") {
		t.Errorf("the data: %+v", d)
	}
	if e := by["encoder"]; len(e) < 3 {
		t.Errorf("the encoders: %+v", e)
	}
	software := 0
	for _, f := range by["decoder"] {
		if f.State == isFine &&
			(strings.HasPrefix(f.Text, "FFmpeg decodes ") || f.Text == "dav1d decodes AV1.") {
			software++
		}
	}
	if software != 4 {
		t.Errorf("%d of H264, VP8, VP9 and AV1 are decoded in software: %+v", software,
			by["decoder"])
	}
	for _, about := range []string{
		"program", "engine", "network", "port", "firewall", "window",
		"provider",
	} {
		if len(by[about]) == 0 {
			t.Errorf("nothing about %s", about)
		}
	}
	// the certificates, and the store of models
	if left, err := os.ReadDir(data); err != nil || len(left) > 2 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// checkNetwork compares what the doctor says in JSON with the addresses that there are.
func checkNetwork(t *testing.T, r networkReport, found []pairing.Address) {
	t.Helper()
	for i, a := range r.Addresses {
		if a.Address != found[i].IP || a.Kind != found[i].Kind || a.Score != found[i].Score ||
			a.Network != found[i].Network || a.Chosen != (i == 0) ||
			!strings.HasPrefix(a.URL, "https://") {
			t.Errorf("address %d in JSON: %+v, want %+v", i, a, found[i])
		}
	}
	if len(r.Addresses) != len(found) || r.Firewalls == nil || len(r.Suspects) == 0 {
		t.Errorf("the network in JSON: %+v", r)
	}
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	data := t.TempDir()
	writeFile(t, filepath.Join(data, "certificates", "authority.pem"), []byte("damaged"))
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	go func() {
		for {
			c, err := taken.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	port := taken.Addr().(*net.TCPAddr).Port
	by := examine(t, cli.Failed, "--data-dir", data, "--port", strconv.Itoa(port), "--model",
		"yolox-nano-416")
	for about, word := range map[string]string{
		"certificate": "move the file away",
		"model":       "handlens models get", "port": "is taken",
	} {
		if f := by[about]; len(f) != 1 || f[0].State == isFine ||
			!strings.Contains(f[0].Text, word) {
			t.Errorf("%s: %+v, want %q", about, f, word)
		}
	}
	file := writeFile(t, filepath.Join(t.TempDir(), "file"), nil)
	if d := examine(t, cli.Failed, "--data-dir", file)["data"]; d[0].State != isFault ||
		!strings.Contains(d[0].Text, "--data-dir") {
		t.Errorf("a file instead of the folder: %+v", d)
	}
	var out, errs bytes.Buffer
	for _, args := range [][]string{
		{"x"},
		{"--port", "0"},
		{"--wrong"},
		{"--wait", "-1"},
		{"--address", "nowhere"},
		{"--tls-cert", "a.pem"},
	} {
		if got := doctorCommand(nil).Run(t.Context(), args, &out, &errs); got != cli.Usage {
			t.Errorf("%q ended with %d", args, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := doctorCommand(nil).Run(ctx, nil, &out, &errs); got != cli.Failed ||
		!strings.Contains(errs.String(), "stopped") {
		t.Errorf("interrupted, it ended with %d: %s", got, errs.String())
	}
	out.Reset()
	doctorCommand(nil).Run(t.Context(), []string{"--data-dir", data, "--model", "yolox-nano-416"},
		&out,
		&errs)
	if !strings.Contains(out.String(), "✗ model") ||
		!strings.Contains(out.String(), "in the way (✗).") {
		t.Errorf("for people it says\n%s", out.String())
	}
}

// TestDoctorKnowsWhoHasThePort wants the program that has it to be named, and a Handlens that runs
// to be known by its file or else by its certificate, with its code in the QR codes.
func TestDoctorKnowsWhoHasThePort(t *testing.T) {
	data := t.TempDir()
	authority, err := pairing.LoadAuthority(filepath.Join(data, "certificates"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := pairing.Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	writeFile(t, filepath.Join(data, "token"), fmt.Appendf(nil, "%d THE-CODE", l.Port))
	server := &http.Server{TLSConfig: authority.TLSConfig(pairing.IPs)}
	defer server.Close()
	go server.ServeTLS(l.TLS, "", "")
	if !speaksHandlens(t.Context(), l.Port) {
		t.Error("Handlens is not known by its certificate")
	}
	var out, errs bytes.Buffer
	args := []string{"--data-dir", data, "--port", strconv.Itoa(l.Port), "--model", "no-model"}
	// This test has the port, and the doctor runs in it.
	doctorCommand(nil).Run(t.Context(), append(args, "--json"), &out, &errs)
	var r doctorReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if p := r.Port; !p.Running || p.Free || p.Used != l.Port ||
		runtime.GOOS == "linux" && p.PID != os.Getpid() {
		t.Errorf("the port: %+v", p)
	}
	for _, a := range r.Addresses {
		if want := fmt.Sprintf(":%d/#THE-CODE", l.Port); !strings.HasSuffix(a.URL, want) {
			t.Errorf("the code of %s says %s", a.Address, a.URL)
		}
	}
	out.Reset()
	doctorCommand(nil).Run(t.Context(), append(args, "--qr"), &out, &errs)
	for _, a := range r.Addresses {
		if qr, err := pairing.QRText(a.URL, false); err != nil ||
			!strings.Contains(out.String(), qr) {
			t.Errorf("%v: the QR code of %s is not in\n%s", err, a.URL, out.String())
		}
	}
}

// TestDoctorReadsTheUsersCertificate takes one that nobody trusts.
func TestDoctorReadsTheUsersCertificate(t *testing.T) {
	cert, key := testCertificate(t, "lens.example")
	by, r := examineAll(t, cli.Failed, "--data-dir", t.TempDir(), "--model", "no-model",
		"--tls-cert", cert, "--tls-key", key)
	if c := r.Certificate; c == nil || !c.Own || c.Name != "lens.example" || c.Trusted {
		t.Errorf("in JSON it is %+v", c)
	}
	if c := by["certificate"]; len(c) != 2 || c[0].State != isFine ||
		!strings.Contains(c[1].Text, "lens.example") {
		t.Errorf("it is %+v", c)
	}
	by = examine(t, cli.Failed, "--data-dir", t.TempDir(), "--model", "no-model",
		"--tls-cert", cert, "--tls-key", cert)
	if c := by["certificate"]; len(c) != 1 || c[0].State != isFault {
		t.Errorf("without its key it is %+v", c)
	}
}

// testCertificate makes a certificate for a host, and its key.
func testCertificate(t *testing.T, host string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	block := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	return writeFile(t, filepath.Join(dir, "cert.pem"), block("CERTIFICATE", der)),
		writeFile(t, filepath.Join(dir, "key.pem"), block("PRIVATE KEY", private))
}

// TestDoctorHandsThePhoneOn wants --phone to reach the app with its options.
func TestDoctorHandsThePhoneOn(t *testing.T) {
	var got cli.PhoneCheck
	phone := func(_ context.Context, o cli.PhoneCheck, _, _ io.Writer) error {
		got = o
		return errors.New("nobody came")
	}
	var out, errs bytes.Buffer
	status := doctorCommand(phone).Run(t.Context(), []string{
		"--phone", "--port", "8450", "--address", "192.0.2.1", "--wait", "7", "--model", "m",
		"--data-dir", "/d", "--json",
	}, &out, &errs)
	want := cli.PhoneCheck{
		Port: 8450, Address: netip.MustParseAddr("192.0.2.1"), Model: "m", DataDir: "/d",
		Wait: 7 * time.Second, JSON: true,
	}
	if status != cli.Failed || got != want || !strings.Contains(errs.String(), "nobody came") {
		t.Errorf("it ended with %d and %q, and was told %+v", status, errs.String(), got)
	}
}
