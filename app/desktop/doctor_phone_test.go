package desktop

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/reach"
	"handlens/media/visit"
)

// newPhoneCheck is one on a computer behind that firewall, and what it says.
func newPhoneCheck(t *testing.T, wall reach.FirewallState) (p *phoneCheck, said func() string) {
	t.Helper()
	var out bytes.Buffer
	terminal := openTerminal(&out)
	addresses := onWiFi("192.168.1.2/24")
	around := newSurroundings(func() {})
	around.facts.Store(&reach.Facts{
		Port: 8443, Addresses: addresses, Networks: []netip.Prefix{addresses[0].Network},
		Firewalls: []reach.Firewall{{
			Name: "ufw", State: wall, Commands: []string{"sudo ufw allow 8443"},
		}},
	})
	p = &phoneCheck{
		done: func() {}, began: time.Now(), around: around,
		console: &console{lines: terminal, log: slog.New(slog.NewTextHandler(terminal, nil))},
	}
	offer := pairingOffer{
		URL: "https://192.168.1.2:8443/#token", Port: 8443, Addresses: addresses,
	}
	around.Pairing(offer)
	p.Pairing(offer)
	return p, func() string {
		t.Helper()
		if err := terminal.Close(); err != nil {
			t.Error(err)
		}
		return out.String()
	}
}

// inOrder wants those words in their order.
func inOrder(t *testing.T, text string, words ...string) {
	t.Helper()
	rest := text
	for _, w := range words {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Fatalf("%q is not said in its turn:\n%s", w, text)
		}
		rest = after
	}
}

// climb has a visit reach its rungs up to one, half a second each.
func climb(p *phoneCheck, v visit.Visit, to visit.Rung) visit.Visit {
	for r := visit.TCP; r <= to; r++ {
		if !v.Lit[r] {
			v.Lit[r], v.At[r] = true, time.Duration(r)*time.Second/2
			p.Visit(v)
		}
	}
	return v
}

// TestPhoneCheckFollowsAPhone has one come over a problem to a box.
func TestPhoneCheckFollowsAPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, said := newPhoneCheck(t, reach.FirewallOn)
		ended := false
		p.done = func() { ended = true }
		v := climb(p, visit.Visit{
			ID: "v1", Name: "Pixel 7", Address: netip.MustParseAddr("10.0.0.7"),
			Called: netip.MustParseAddr("192.168.1.2"),
		}, visit.Camera)
		v.Problem = visit.NoPath
		p.Visits([]visit.Visit{v})
		time.Sleep(tellAfter / 2)
		v.Problem = visit.CameraBusy // which does not last
		p.Visits([]visit.Visit{v})
		v.Problem = visit.NoPath
		p.Visits([]visit.Visit{v})
		time.Sleep(tellAfter)
		for range 3 { // and is said once
			p.Visits([]visit.Visit{v})
		}
		if ended || p.found() {
			t.Error("it ends without a box")
		}
		if last := p.lastWord(); !strings.Contains(last, "Pixel 7 (10.0.0.7)") ||
			!strings.Contains(last, "its camera is on. The page works, but neither") {
			t.Errorf("its last word would be %q", last)
		}
		other := visit.Visit{ID: "v2", Address: netip.MustParseAddr("192.168.1.9")}
		other = climb(p, other, visit.TCP)
		other.Over, other.Reason = true, media.Reason{}
		p.Visits([]visit.Visit{other, v})
		v.Problem = visit.NoProblem
		climb(p, v, visit.Box)
		if !ended || !p.found() {
			t.Error("it goes on after a box")
		}
		text := said()
		inOrder(t, text, "https://192.168.1.2:8443/#token", "Waiting for a phone",
			"Pixel 7 (10.0.0.7)", "✓   0.00 s  it has reached this computer", "✓   0.50 s",
			"✓   2.00 s  its camera is on",
			"✗           The page works, but neither UDP nor TCP carries the video.",
			"likely:  The phone (10.0.0.7) is on another network than this computer (192.168.1.2).",
			"likely:  The firewall ufw is on, and may keep port 8443 shut. Let it in: sudo ufw",
			"192.168.1.9\n", "it has gone: nothing more was heard", "Pixel 7 (10.0.0.7)",
			"✓   4.00 s  the first box", "A phone can join: 4.00 s")
		if strings.Count(text, "neither UDP") != 1 || strings.Contains(text, "Another app") ||
			strings.Contains(text, "Nobody") {
			t.Errorf("it says\n%s", text)
		}
	})
}

// TestPhoneCheckSuspects has nobody come: what is sure is said at once, the rest after a while.
func TestPhoneCheckSuspects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, said := newPhoneCheck(t, reach.FirewallBlocks)
		p.Visits(nil)
		inOrder(t, said(), "Nobody has come yet",
			"likely:  The firewall ufw keeps port 8443 shut. "+
				"Let it in: sudo ufw allow 8443", "may be on another network",
			"keep its members apart")
		if last := p.lastWord(); !strings.HasPrefix(last, "nobody came: The firewall ufw keeps") {
			t.Errorf("its last word is %q", last)
		}

		p, said = newPhoneCheck(t, reach.FirewallOn)
		p.Visits(nil)
		time.Sleep(nobodyAfter - time.Second)
		p.Visits(nil)
		p.mu.Lock()
		early := p.nobody
		p.mu.Unlock()
		if early != nil {
			t.Errorf("too early it suspects %+v", early)
		}
		time.Sleep(time.Second)
		p.Visits(nil)
		p.Visits(nil)
		if text := said(); strings.Count(text, "Nobody has come yet") != 1 {
			t.Errorf("it says\n%s", text)
		}
	})
}

// TestPhoneCheckInJSON reads what scripts get.
func TestPhoneCheckInJSON(t *testing.T) {
	p, _ := newPhoneCheck(t, reach.FirewallBlocks)
	p.Model(modelState{State: session.ModelReady})
	type suspects []struct{ Suspect, Text string }
	var got struct {
		Fine   bool
		Visits []struct {
			Address, Name, Problem, Text string
			Rungs                        []struct {
				Rung string
				MS   float64
			}
			Suspects suspects
		}
		Suspects suspects
	}
	check := func() {
		t.Helper()
		var out bytes.Buffer
		if err := p.writeJSON(&out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
	}
	check()
	if got.Fine || got.Visits == nil || len(got.Suspects) == 0 ||
		got.Suspects[0].Suspect != "firewall" || got.Suspects[0].Text == "" {
		t.Errorf("of nobody it says %+v", got)
	}
	v := climb(p, visit.Visit{
		ID: "v1", Name: "Pixel 7", Address: netip.MustParseAddr("192.168.1.9"),
		Problem: visit.OverTCP,
	}, visit.ICE)
	p.Visits([]visit.Visit{v})
	check()
	if len(got.Visits) != 1 || got.Visits[0].Problem != "over-tcp" || got.Visits[0].Text == "" ||
		got.Visits[0].Suspects[0].Suspect != "firewall" || len(got.Visits[0].Rungs) != 6 ||
		got.Visits[0].Rungs[5].Rung != "ice" || got.Visits[0].Rungs[5].MS != 2500 {
		t.Errorf("of a phone it says %+v", got)
	}
	climb(p, v, visit.Box)
	if check(); !got.Fine || len(got.Visits[0].Rungs) != 9 {
		t.Errorf("of a box it says %+v", got)
	}
}
