package desktop

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"handlens/app/recording"
	"handlens/app/session"
)

// TestConsoleSays has the console told of things, and reads what a person reads.
func TestConsoleSays(t *testing.T) {
	var out bytes.Buffer
	terminal := openTerminal(&out)
	c := &console{
		lines: terminal, log: slog.New(slog.NewTextHandler(terminal, nil)), better: "BETTER",
	}
	s := new(session.Session)
	c.Pairing(pairingOffer{URL: "https://192.0.2.1:8444/#token", Port: 8444, WantedPort: 8443})
	for range 2 {
		c.Model(modelState{State: session.ModelReady, Name: "starter", BuiltIn: true})
	}
	c.Model(modelState{State: session.ModelFailed, Err: errors.New("no model")})
	c.Recording(s, recordingStarted, recording.State{}, recording.Result{Video: "not yet"})
	c.Recording(s, recordingEnded, recording.State{Err: errors.New("disk full")},
		recording.Result{Video: "a.mp4"})
	c.Recording(nil, recordingRepaired, recording.State{}, recording.Result{Video: "b.mp4"})
	c.Fault(errors.New("a fault"))
	repaired := false
	c.OfferRepair("b", func() { repaired = true })
	guest := session.Visitor{Name: "Pixel 8", Address: "192.0.2.7"}
	if !repaired || c.Approve(t.Context(), guest).Allow {
		t.Errorf("nobody is there: repaired is %v, or a phone was let in", repaired)
	}
	if err := terminal.Close(); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for want, times := range map[string]int{
		"or open https://192.0.2.1:8444/#token":        1,
		"Port 8443 is taken; Handlens listens on 8444": 1,
		"BETTER":                              1, // the advice comes once
		"Video without boxes: no model":       1,
		"is in a.mp4.":                        1,
		"disk full":                           1,
		"cut off is repaired: b.mp4":          1,
		"a fault":                             1,
		"not yet":                             0,
		"Pixel 8 at 192.0.2.7 was not let in": 1,
	} {
		if n := strings.Count(got, want); n != times {
			t.Errorf("%q is said %d times, want %d, in\n%s", want, n, times, got)
		}
	}
}
