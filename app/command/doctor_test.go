package command

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/media/pairing"
)

// examine runs the doctor and returns what it found, by subject.
func examine(t *testing.T, status int, args ...string) map[string][]finding {
	t.Helper()
	var out, errs bytes.Buffer
	if got := doctorCommand.Run(t.Context(), append(args, "--json"), &out, &errs); got != status {
		t.Fatalf("doctor %q ended with %d, want %d: %s%s", args, got, status, out.String(),
			errs.String())
	}
	var r struct {
		Fine     bool
		Findings []finding
	}
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
	return by
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
	if len(found) == 0 || found[0].IP.IsLoopback() {
		status = cli.Failed // a machine without a network
	}
	by := examine(t, status, "--data-dir", data, "--model", colourModel(t, "yolov8"))
	if c := by["certificate"]; len(c) != 1 || c[0].State != isFine ||
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
	for _, about := range []string{"program", "engine", "network", "port", "window", "provider"} {
		if len(by[about]) == 0 {
			t.Errorf("nothing about %s", about)
		}
	}
	// the certificates, and the store of models
	if left, err := os.ReadDir(data); err != nil || len(left) > 2 {
		t.Errorf("it left %v, %v", left, err)
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
	for _, args := range [][]string{{"x"}, {"--port", "0"}, {"--wrong"}} {
		if got := doctorCommand.Run(t.Context(), args, &out, &errs); got != cli.Usage {
			t.Errorf("%q ended with %d", args, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := doctorCommand.Run(ctx, nil, &out, &errs); got != cli.Failed ||
		!strings.Contains(errs.String(), "stopped") {
		t.Errorf("interrupted, it ended with %d: %s", got, errs.String())
	}
	out.Reset()
	doctorCommand.Run(t.Context(), []string{"--data-dir", data, "--model", "yolox-nano-416"}, &out,
		&errs)
	if !strings.Contains(out.String(), "✗ model") ||
		!strings.Contains(out.String(), "in the way (✗).") {
		t.Errorf("for people it says\n%s", out.String())
	}
}

// TestDoctorReadsYourCertificate wants what the app would say of a certificate of the user's own.
func TestDoctorReadsYourCertificate(t *testing.T) {
	data := t.TempDir()
	authority, err := pairing.LoadAuthority(data)
	if err != nil {
		t.Fatal(err)
	}
	made, err := authority.Fresh(netip.MustParseAddr("127.0.0.1"), "")
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		return writeFile(t, filepath.Join(data, name),
			pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	cert := write("own.crt", "CERTIFICATE", made.Certificate[0])
	d := &doctor{own: cli.CertificateFlags{Cert: cert, Key: write("own.key", "PRIVATE KEY", key)}}
	d.certificate()
	d.own.Key = cert
	d.certificate()
	if f := d.findings; len(f) != 2 || f[0].State != isFine || f[1].State != isFault ||
		!strings.Contains(f[0].Text, "localhost") || !strings.Contains(f[1].Text, cert) {
		t.Errorf("it says %+v", f)
	}
	var out, errs bytes.Buffer
	if got := doctorCommand.Run(t.Context(), []string{"--tls-cert", cert}, &out,
		&errs); got != cli.Usage || !strings.Contains(errs.String(), "go together") {
		t.Errorf("half a pair ended with %d: %s", got, errs.String())
	}
}
