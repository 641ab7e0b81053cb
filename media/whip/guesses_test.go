package whip

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"handlens/media"
)

// ask sends an offer with that token from that address, without a network in between.
func ask(s *Server, from, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/whip", strings.NewReader(offerText))
	r.RemoteAddr = from
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", typeSDP)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// bubble runs a test of a server in a time of its own.
func bubble(t *testing.T, test func(t *testing.T, s *Server)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := NewServer(Config{
			Token: testToken, Host: &testHost{}, Pages: testPages,
			Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		test(t, s)
	})
}

// lockOut brings wrong tokens until the address is locked out, and returns for how many seconds.
func lockOut(t *testing.T, s *Server, from string) string {
	t.Helper()
	for i := range maxGuesses + 1 {
		if w := ask(s, from, fmt.Sprint("guess ", i)); w.Code == http.StatusTooManyRequests {
			if i != maxGuesses-1 || w.Body.Len() != 0 {
				t.Errorf("guess %d is answered with %d, %q", i+1, w.Code, w.Body)
			}
			return w.Header().Get("Retry-After")
		}
	}
	t.Fatal("it is not locked out")
	return ""
}

const (
	guesserAddress = "192.168.1.66:4000"
	otherAddress   = "192.168.1.67:4000"
)

// The answers to wrong tokens take longer and longer.
func TestGuessesAreDelayed(t *testing.T) {
	bubble(t, func(t *testing.T, s *Server) {
		var took []time.Duration
		for i := range maxGuesses - 1 {
			begun := time.Now()
			if w := ask(s, guesserAddress, fmt.Sprint("guess ", i)); w.Code != 401 {
				t.Fatalf("guess %d: %d", i+1, w.Code)
			}
			took = append(took, time.Since(begun))
		}
		want := []time.Duration{
			0, 0, firstDelay, 2 * firstDelay, 4 * firstDelay, 8 * firstDelay, maxDelay, maxDelay,
			maxDelay,
		}
		if !slices.Equal(took, want) {
			t.Errorf("the answers took %v, want %v", took, want)
		}
		begun := time.Now()
		if w := ask(s, otherAddress, "guess"); w.Code != 401 || time.Since(begun) != 0 {
			t.Errorf("another address: %d after %v", w.Code, time.Since(begun))
		}
		if w := ask(s, guesserAddress, testToken); w.Code != 201 || time.Since(begun) != 0 {
			t.Errorf("the right token: %d after %v", w.Code, time.Since(begun))
		}
		if ask(s, guesserAddress, "guess"); time.Since(begun) != 0 {
			t.Errorf("the right token did not wipe the slate clean")
		}
	})
}

// Yesterday's page brings the same wrong token again and again: that is no guessing.
func TestTheSameWrongTokenIsOneGuess(t *testing.T) {
	bubble(t, func(t *testing.T, s *Server) {
		begun := time.Now()
		for range 5 * maxGuesses {
			if w := ask(s, guesserAddress, "yesterday"); w.Code != 401 || time.Since(begun) != 0 {
				t.Fatalf("it is answered with %d after %v", w.Code, time.Since(begun))
			}
		}
	})
}

// Who goes on is locked out for longer and longer, and then the right token does not count either.
// After an hour without a guess all is forgiven.
func TestGuessersAreLockedOut(t *testing.T) {
	bubble(t, func(t *testing.T, s *Server) {
		for _, want := range []string{"30", "60", "120", "240", "480", "900", "900"} {
			if got := lockOut(t, s, guesserAddress); got != want {
				t.Fatalf("it is locked out for %s s, want %s", got, want)
			}
			for _, token := range []string{"guess", testToken} {
				if w := ask(s, guesserAddress, token); w.Code != 429 ||
					w.Header().Get("Retry-After") != want {
					t.Errorf("while it is locked out, %q gives %d, %q", token, w.Code,
						w.Header().Get("Retry-After"))
				}
			}
			if w := ask(s, otherAddress, testToken); w.Code != 201 {
				t.Errorf("another address: %d", w.Code)
			}
			seconds, _ := strconv.Atoi(want)
			time.Sleep(time.Duration(seconds) * time.Second)
		}
		time.Sleep(forgiven + time.Second) // after the end of the last one
		if got := lockOut(t, s, guesserAddress); got != "30" {
			t.Errorf("after an hour it is locked out for %s s", got)
		}
		time.Sleep(firstLock)
		if w := ask(s, guesserAddress, testToken); w.Code != 201 {
			t.Errorf("after the lock-out the right token gives %d", w.Code)
		}
	})
}

// Neither is a session of the same address hurt, nor can its address be used to go on guessing.
func TestLockOutLeavesSessionsAlone(t *testing.T) {
	bubble(t, func(t *testing.T, s *Server) {
		path := ask(s, guesserAddress, testToken).Header().Get("Location")
		lockOut(t, s, guesserAddress)
		request := func(method, path, token string) int {
			r := httptest.NewRequest(method, path, strings.NewReader(fragment))
			r.RemoteAddr = guesserAddress
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", typeFragment)
			r.Header.Set("If-Match", "*")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			return w.Code
		}
		for _, c := range []struct {
			method, path, token string
			want                int
		}{
			{"PATCH", path, testToken, 200},
			{"PATCH", path, "guess", 429},
			{"DELETE", path, "guess", 429},
			{"DELETE", "/whip/none", testToken, 429},
			{"DELETE", path, testToken, 200},
		} {
			if got := request(c.method, c.path, c.token); got != c.want {
				t.Errorf("%s %s with %q: %d, want %d", c.method, c.path, c.token, got, c.want)
			}
		}
		// With ICE servers OPTIONS would tell the right token from a wrong one.
		s.cfg.ICEServers = []media.ICEServer{{URL: "stun:192.0.2.1"}}
		r := httptest.NewRequest("OPTIONS", "/whip", nil)
		r.RemoteAddr = guesserAddress
		r.Header.Set("Authorization", "Bearer "+testToken)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Header().Get("Link") != "" {
			t.Error("OPTIONS tells who is locked out that the token is right")
		}
	})
}

// Answers that are held back are bounded, and end with their clients and with the server.
func TestHeldAnswersAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, s *Server) {
		from := func(i int) string { return fmt.Sprintf("10.0.%d.%d:4000", i/250, i%250) }
		statuses := make(chan int, heldAnswers+2)
		for i := range heldAnswers + 1 {
			for j := range freeGuesses {
				ask(s, from(i), fmt.Sprint("free ", j))
			}
		}
		for i := range heldAnswers {
			go func() { statuses <- ask(s, from(i), "held").Code }()
		}
		synctest.Wait()
		if len(statuses) != 0 || len(s.held) != heldAnswers {
			t.Fatalf("%d are answered at once, %d are held back", len(statuses), len(s.held))
		}
		begun := time.Now()
		if w := ask(s, from(heldAnswers), "one more"); w.Code != 429 || time.Since(begun) != 0 {
			t.Errorf("one more: %d after %v", w.Code, time.Since(begun))
		}
		if w := ask(s, otherAddress, testToken); w.Code != 201 || time.Since(begun) != 0 {
			t.Errorf("the right token: %d after %v", w.Code, time.Since(begun))
		}
		s.Close()
		for range heldAnswers {
			if got := <-statuses; got != 401 {
				t.Errorf("held back: %d", got)
			}
		}
		if time.Since(begun) != 0 {
			t.Error("the server's end did not end the waiting")
		}
	})
	bubble(t, func(t *testing.T, s *Server) {
		begun := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if !s.hold(ctx, time.Hour) || time.Since(begun) != 0 {
			t.Error("an answer is held back although its client has left")
		}
	})
}

func TestGuessersAreBounded(t *testing.T) {
	var g guesses
	now := time.Now()
	first := netip.MustParseAddr("192.168.0.1")
	for i := range maxGuesses {
		g.judge(first, hashToken(fmt.Sprint(i)), false, now)
	}
	for i := range 3 * maxGuessers {
		now = now.Add(time.Millisecond)
		g.judge(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), tokenHash{},
			false, now)
		g.judge(first, tokenHash{}, false, now)
	}
	if len(g.table) > maxGuessers {
		t.Errorf("%d addresses are kept", len(g.table))
	}
	if v := g.judge(first, tokenHash{}, true, now); v.right || v.locked == 0 {
		t.Errorf("who is locked out is forgotten for the sake of others: %+v", v)
	}
	// All of a /64 is one guesser.
	var v6 guesses
	for i := range 100 {
		v6.judge(netip.MustParseAddr(fmt.Sprintf("fd00::%x", i)), tokenHash{}, false, now)
	}
	if len(v6.table) != 1 {
		t.Errorf("a /64 counts as %d", len(v6.table))
	}
	// Those that are forgiven make room before any other.
	now = now.Add(forgiven + firstLock + time.Second)
	g.judge(netip.MustParseAddr("10.9.9.9"), tokenHash{}, false, now)
	if len(g.table) != 1 {
		t.Errorf("after an hour %d addresses are kept", len(g.table))
	}
}
