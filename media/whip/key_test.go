package whip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// testKey is a phone's key, which signs as the page does.
type testKey struct {
	private *ecdsa.PrivateKey
	public  string
}

func newTestKey(t testing.TB) testKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return testKey{private, base64.RawURLEncoding.EncodeToString(raw)}
}

func (k testKey) sign(t testing.TB, text string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 64)
	r.FillBytes(b[:32])
	s.FillBytes(b[32:])
	return base64.RawURLEncoding.EncodeToString(b)
}

func (k testKey) signOffer(t testing.TB, offer string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(offer))
	return k.sign(t, "handlens offer\n"+hex.EncodeToString(sum[:]))
}

func (k testKey) fingerprint(t testing.TB) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(k.public)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Only the key's own signature of this very offer proves anything, and what proves nothing is no
// reason to turn a phone away.
func TestPhonesAreKnownByTheirProof(t *testing.T) {
	s := start(t, &testHost{}, nil)
	key, other := newTestKey(t), newTestKey(t)
	proof := key.signOffer(t, offerText)
	for name, c := range map[string]struct {
		key, proof string
		known      bool
	}{
		"the proof":              {key.public, proof, true},
		"no headers":             {"", "", false},
		"no proof":               {key.public, "", false},
		"no key":                 {"", proof, false},
		"another's key":          {other.public, proof, false},
		"another offer":          {key.public, key.signOffer(t, offerText+"a=x\r\n"), false},
		"for another purpose":    {key.public, key.sign(t, "handlens key\n"+offerText), false},
		"a short key":            {key.public[:86], proof, false},
		"no base64":              {strings.Repeat("!", 87), proof, false},
		"no point of the curve":  {"BA" + strings.Repeat("A", 85), proof, false},
		"a proof of zeros":       {key.public, strings.Repeat("A", 86), false},
		"a proof with a newline": {key.public, proof[:40] + "\t" + proof[41:], false},
		"a huge key":             {strings.Repeat("A", 20000), proof, false},
	} {
		a := s.do(t, "POST", "/whip", offerText, "Content-Type", typeSDP, keyHeader, c.key,
			proofHeader, c.proof)
		if a.StatusCode != 201 {
			t.Errorf("%s: %s", name, a.Status)
			continue
		}
		want := ""
		if c.known {
			want = key.fingerprint(t)
		}
		s.host.mu.Lock()
		got := s.host.visitors[len(s.host.visitors)-1].Phone
		s.host.mu.Unlock()
		if got != want {
			t.Errorf("%s: it is known as %q, want %q", name, got, want)
		}
	}
}

// askKey sends a body to /key and returns what comes back.
func (s *testServer) askKey(t *testing.T, body string, header ...string) (int, map[string]string) {
	t.Helper()
	if header == nil {
		header = []string{"Content-Type", typeJSON}
	}
	a := s.do(t, "POST", "/key", body, append(header, "Authorization", "")...)
	var said map[string]string
	if a.StatusCode == 200 {
		if err := json.Unmarshal([]byte(a.body), &said); err != nil {
			t.Fatalf("%q: %v", a.body, err)
		}
	}
	if a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("another origin may read the answer")
	}
	return a.StatusCode, said
}

func (s *testServer) nonceFor(t *testing.T, k testKey) string {
	t.Helper()
	status, said := s.askKey(t, fmt.Sprintf(`{"key":%q}`, k.public))
	if status != 200 || len(said["nonce"]) < 22 {
		t.Fatalf("the first request gives %d, %v", status, said)
	}
	return said["nonce"]
}

// prove sends the second request and returns its status and the token.
func (s *testServer) prove(t *testing.T, k testKey, nonce, proof string) (int, string) {
	t.Helper()
	status, said := s.askKey(t,
		fmt.Sprintf(`{"key":%q,"nonce":%q,"proof":%q}`, k.public, nonce, proof))
	return status, said["token"]
}

func TestRememberedPhonesGetTheToken(t *testing.T) {
	mine, guest := newTestKey(t), newTestKey(t)
	s := start(t, &testHost{}, func(c *Config) {
		c.Remembered = func(phone string) bool { return phone == mine.fingerprint(t) }
	})
	now := time.Now()
	s.now = func() time.Time { return now }

	s.SetToken("K7QX9M2T4HRA")
	nonce := s.nonceFor(t, mine)
	proof := mine.sign(t, noncePrefix+nonce)
	if status, token := s.prove(t, mine, nonce, proof); status != 200 || token != "K7QX9M2T4HRA" {
		t.Errorf("it gets %d, %q", status, token)
	}
	if status, token := s.prove(t, mine, nonce, proof); status != 403 || token != "" {
		t.Errorf("the same proof again gets %d, %q", status, token)
	}

	nonce = s.nonceFor(t, mine)
	now = now.Add(nonceTime)
	if status, _ := s.prove(t, mine, nonce, mine.sign(t, noncePrefix+nonce)); status != 403 {
		t.Errorf("a minute later it gets %d", status)
	}
	nonce = s.nonceFor(t, mine)
	if status, _ := s.prove(t, mine, nonce, mine.sign(t, offerPrefix+nonce)); status != 403 {
		t.Errorf("a signature for another purpose gets %d", status)
	}
	if status, _ := s.prove(t, mine, nonce, mine.sign(t, noncePrefix+nonce)); status != 403 {
		t.Errorf("a nonce has a second try: %d", status)
	}
	made := base64.RawURLEncoding.EncodeToString(make([]byte, nonceSize))
	if status, _ := s.prove(t, mine, made, mine.sign(t, noncePrefix+made)); status != 403 {
		t.Errorf("a nonce of its own making gets %d", status)
	}
	nonce = s.nonceFor(t, mine)
	if status, _ := s.prove(t, guest, nonce, guest.sign(t, noncePrefix+nonce)); status != 403 {
		t.Errorf("another phone with this one's nonce gets %d", status)
	}
	nonce = s.nonceFor(t, guest)
	if status, _ := s.prove(t, guest, nonce, guest.sign(t, noncePrefix+nonce)); status != 403 {
		t.Errorf("a phone that is not remembered gets %d", status)
	}
}

func TestKeyRequestsThatMakeNoSense(t *testing.T) {
	key := newTestKey(t)
	s := start(t, &testHost{}, nil)
	asks := fmt.Sprintf(`{"key":%q}`, key.public)
	for _, c := range []struct {
		body, contentType string
		want              int
	}{
		{asks, typeJSON, 200},
		{asks, "text/plain", 415}, // what a page of another origin could send
		{"", typeJSON, 400},
		{"{", typeJSON, 400},
		{"[]", typeJSON, 400},
		{"{}", typeJSON, 400},
		{`{"key":7}`, typeJSON, 400},
		{`{"key":"` + key.public[1:] + `"}`, typeJSON, 400},
		{asks + strings.Repeat(" ", maxKeyBody), typeJSON, 413},
		{fmt.Sprintf(`{"key":%q,"proof":"x"}`, key.public), typeJSON, 403},
		{fmt.Sprintf(`{"key":%q,"nonce":"x","proof":"x"}`, key.public), typeJSON, 403},
	} {
		if got, _ := s.askKey(t, c.body, "Content-Type", c.contentType); got != c.want {
			t.Errorf("%.40q as %s: %d, want %d", c.body, c.contentType, got, c.want)
		}
	}
	for _, method := range []string{"GET", "PUT", "OPTIONS"} {
		a := s.do(t, method, "/key", "", "Origin", "https://elsewhere.example")
		if a.StatusCode < 400 || a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s gives %s, %v", method, a.Status, a.Header)
		}
	}
}

// Nonces are kept for remembered phones only, and so many at most.
func TestNoncesAreBounded(t *testing.T) {
	mine, guest := newTestKey(t), newTestKey(t)
	s := start(t, &testHost{}, func(c *Config) {
		c.Remembered = func(phone string) bool { return phone == mine.fingerprint(t) }
	})
	s.nonceFor(t, guest)
	if len(s.nonces.all) != 0 {
		t.Error("a nonce is kept for a phone that is not remembered")
	}
	s.nonceFor(t, mine)
	if len(s.nonces.all) != 1 {
		t.Error("no nonce is kept for a phone that is remembered")
	}
	now := time.Now()
	var n nonces
	for i := range 2 * maxNonces {
		n.add(fmt.Sprint(i), "phone", now)
	}
	if len(n.all) != maxNonces || n.take("0", "phone", now) ||
		!n.take(fmt.Sprint(2*maxNonces-1), "phone", now) {
		t.Errorf("%d nonces are kept, or the wrong ones", len(n.all))
	}
	if n.take("x", "phone", now.Add(nonceTime)); len(n.all) != 0 {
		t.Errorf("%d nonces outlive their minute", len(n.all))
	}
}

// FuzzProof: whatever the headers are, nothing breaks, and what proves something for one offer
// proves it for that key and that offer alone. (The seeds differ from process to process.)
func FuzzProof(f *testing.F) {
	key := newTestKey(f)
	proof := key.signOffer(f, offerText)
	f.Add(key.public, proof)
	f.Add("", "")
	f.Add(key.public, "AA"+proof[2:])
	f.Add("BA"+key.public[2:], proof)
	f.Fuzz(func(t *testing.T, public, signature string) {
		h := http.Header{keyHeader: {public}, proofHeader: {signature}}
		got := provenPhone(h, offerText)
		if got == "" {
			return
		}
		if want := (testKey{public: public}).fingerprint(t); got != want {
			t.Fatalf("%q is taken for %s", public, got)
		}
		if provenPhone(h, offerText+"a=x\r\n") != "" {
			t.Fatalf("%q proves any offer to be that of %q", signature, public)
		}
	})
}
