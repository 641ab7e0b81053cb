package whip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A phone is known again by a key pair: ECDSA on P-256, made by our page, which keeps the private
// half where not even its own scripts can read it (assets/web/key.js). With each offer comes the
// public half, and a signature over the offer:
//
//	Handlens-Key:   the uncompressed point, 65 bytes, in base64url
//	Handlens-Proof: the signature (r and s, 64 bytes) over "handlens offer\n" and the SHA-256 of
//	                the offer in hexadecimal, in base64url
//
// The offer has in it the fingerprint of the certificate that the DTLS handshake must then prove to
// have. Whoever has got hold of offer and signature can bring them again, but is then asked for
// that certificate's key, and has no connection: a proof is worth nothing to anybody else.
const (
	keyHeader   = "Handlens-Key"
	proofHeader = "Handlens-Proof"

	// What a signature is over begins with what it is for.
	offerPrefix = "handlens offer\n"
	noncePrefix = "handlens key\n"
)

const (
	proofSize = 64 // bytes of a signature
	nonceSize = 16 // bytes
	// nonceTime is how long a nonce is good. It has no more to do than a round trip.
	nonceTime = time.Minute
	// maxNonces bounds those that wait for their proof.
	maxNonces = 256
	// maxKeyBody is the largest body of a request to /key.
	maxKeyBody = 1 << 10
)

// provenPhone is the fingerprint of the key that made the proof of this offer; "" for a client
// without one, such as OBS, and for what is no proof.
func provenPhone(h http.Header, offer string) string {
	key, ok := parseKey(h.Get(keyHeader))
	if !ok {
		return ""
	}
	sum := sha256.Sum256([]byte(offer))
	if !key.signed(offerPrefix+hex.EncodeToString(sum[:]), h.Get(proofHeader)) {
		return ""
	}
	return key.fingerprint
}

// phoneKey is the public half of a phone's key.
type phoneKey struct {
	public      *ecdsa.PublicKey
	fingerprint string
}

// parseKey reads a public key. What is no point of the curve is none.
func parseKey(text string) (phoneKey, bool) {
	raw, ok := decode(text, 65)
	if !ok {
		return phoneKey{}, false
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		return phoneKey{}, false
	}
	sum := sha256.Sum256(raw)
	return phoneKey{public, base64.RawURLEncoding.EncodeToString(sum[:])}, true
}

// signed says whether the key has made that proof of the text.
func (k phoneKey) signed(text, proof string) bool {
	b, ok := decode(proof, proofSize)
	if !ok {
		return false
	}
	sum := sha256.Sum256([]byte(text))
	r, s := new(big.Int).SetBytes(b[:proofSize/2]), new(big.Int).SetBytes(b[proofSize/2:])
	return ecdsa.Verify(k.public, sum[:], r, s)
}

// decode reads so many bytes in base64url.
func decode(text string, size int) ([]byte, bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(size) {
		return nil, false
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	return b, err == nil && len(b) == size
}

// key gives a remembered phone the token: POST /key. The first request gets a nonce for a key, the
// second one the token for a proof that has the nonce in it. Every key gets a nonce, so that nobody
// learns which are remembered. No header of CORS allows another origin to read the answers.
func (s *Server) key(w http.ResponseWriter, r *http.Request) {
	body, ok := s.readBody(w, r, typeJSON, maxKeyBody)
	if !ok {
		return
	}
	var asked struct{ Key, Nonce, Proof string }
	key := phoneKey{}
	err := json.Unmarshal([]byte(body), &asked)
	if err == nil {
		key, ok = parseKey(asked.Key)
	}
	if err != nil || !ok {
		fail(w, http.StatusBadRequest, errors.New("the body has no key"))
		return
	}
	remembered := s.cfg.Remembered != nil && s.cfg.Remembered(key.fingerprint)
	switch {
	case asked.Nonce == "" && asked.Proof == "":
		nonce := newNonce()
		if remembered {
			s.nonces.add(nonce, key.fingerprint, s.now())
		}
		sendJSON(w, struct {
			Nonce string `json:"nonce"`
		}{nonce})
	case remembered && s.nonces.take(asked.Nonce, key.fingerprint, s.now()) &&
		key.signed(noncePrefix+asked.Nonce, asked.Proof):
		sendJSON(w, struct {
			Token string `json:"token"`
		}{s.phones.token.Load().text})
	default:
		fail(w, http.StatusForbidden, errors.New("this phone is not remembered here"))
	}
}

func sendJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	send(w, http.StatusOK, typeJSON, string(body))
}

func newNonce() string {
	var b [nonceSize]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// nonces are those that wait for their proof, the oldest first. The zero value is ready.
type nonces struct {
	mu  sync.Mutex
	all []nonce
}

// nonce is good once, for one phone, for a while.
type nonce struct {
	text, phone string
	until       time.Time
}

// add keeps a nonce. Only those of remembered phones are kept, so that nobody else can crowd them
// out.
func (n *nonces) add(text, phone string, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.all) >= maxNonces {
		n.all = slices.Delete(n.all, 0, 1)
	}
	n.all = append(n.all, nonce{text, phone, now.Add(nonceTime)})
}

// take says whether a nonce is good for that phone, and uses it up.
func (n *nonces) take(text, phone string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = slices.DeleteFunc(n.all, func(o nonce) bool { return !now.Before(o.until) })
	i := slices.IndexFunc(n.all, func(o nonce) bool { return o.text == text && o.phone == phone })
	if i < 0 {
		return false
	}
	n.all = slices.Delete(n.all, i, i+1)
	return true
}
