package ui

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/media"
	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
)

// fakeGuard knows phones.
type fakeGuard struct {
	mu    sync.Mutex
	known []KnownPhone
	did   orders
	err   error
}

func (g *fakeGuard) Known() []KnownPhone {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.known)
}

func (g *fakeGuard) Revoke(id string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.did.note("revoke %s", id)
	if g.err == nil {
		g.known = slices.DeleteFunc(g.known, func(p KnownPhone) bool { return p.ID == id })
	}
	return g.err
}

func (g *fakeGuard) RenewCode() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.did.note("renew")
	return g.err
}

// knownNow is what is listed of the known phones.
func knownNow(w *Window) (names []string) {
	for _, o := range test.LaidOutObjects(w.guard.list) {
		if l, ok := o.(*widget.Label); ok {
			names = append(names, l.Text)
		}
	}
	return names
}

func TestGuardPanel(t *testing.T) {
	now := time.Now()
	guard := &fakeGuard{known: []KnownPhone{
		{ID: "a", Name: "Anna's\nphone", Added: now.AddDate(0, 0, -40), Seen: now, Here: true},
		{ID: "b", Name: "", Added: now.AddDate(0, 0, -4), Seen: now.AddDate(0, 0, -3)},
	}}
	w, l := open(t, Config{Guard: guard, Settings: DefaultSettings()})
	w.showGuard()
	w.showGuard()
	l.Until(t, "the phones are listed", func() bool { return len(knownNow(w)) == 2 })
	if want := []string{"Anna's phone", "A phone"}; !slices.Equal(knownNow(w), want) {
		t.Errorf("the list has %q, want %q", knownNow(w), want)
	}
	panel := w.modals.Top().Object()
	test.Tap(findButton(panel, "Revoke…"))
	if len(guard.did.take()) != 0 || findButton(panel, "Cancel") == nil {
		t.Fatal("a phone is revoked without a question")
	}
	test.Tap(findButton(panel, "Cancel"))
	if findButton(panel, "Revoke") != nil {
		t.Error("the question stays")
	}
	test.Tap(findButton(panel, "Revoke…"))
	test.Tap(findButton(panel, "Revoke"))
	guard.did.want(t, l, "revoke a")
	l.Until(t, "the phone is gone", func() bool {
		return slices.Equal(knownNow(w), []string{"A phone"})
	})
	if want, got := "Anna's phone was revoked, and there is a new code.",
		w.guard.said.Segment.Text; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

func TestKnownPhonesInWords(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for want, p := range map[string]KnownPhone{
		"": {},
		"here now  ·  let in 2026-10-15": {
			Added: now.AddDate(0, 0, -40), Seen: now, Here: true,
		},
		"last here 3 days ago  ·  let in 4 days ago": {
			Added: now.AddDate(0, 0, -4), Seen: now.AddDate(0, 0, -3),
		},
	} {
		if got := knownDetail(p, now); got != want {
			t.Errorf("of a phone it says %q, want %q", got, want)
		}
	}
}

// What went wrong is said in the panel, and by a notice when that is closed.
func TestGuardSaysWhatWentWrong(t *testing.T) {
	guard := &fakeGuard{err: errors.New("the disk is full")}
	w, l := open(t, Config{Guard: guard, Settings: DefaultSettings()})
	w.showGuard()
	panel := w.modals.Top().Object()
	said := func() string { return w.guard.said.Segment.Text }
	test.Tap(findButton(panel, "New code"))
	guard.did.want(t, l, "renew")
	l.Until(t, "it says what went wrong", func() bool {
		return strings.Contains(said(), "the disk is full") && w.guard.said.Object.Visible()
	})
	l.Until(t, "nobody is listed", func() bool { return len(knownNow(w)) == 0 })
	if note, ok := kittest.Find(panel, func(n *widget.RichText) bool {
		return strings.HasPrefix(n.String(), "None yet.")
	}); !ok || !note.Visible() {
		t.Error("an empty list says nothing")
	}
	press(w, fyne.KeyEscape)
	if w.guard != nil || w.modals.Len() != 0 {
		t.Error("Esc does not close the panel")
	}
	// What becomes known after that is told all the same.
	l.Until(t, "all is done", func() bool { return !w.tasks.Busy() })
	w.showGuard()
	test.Tap(findButton(w.modals.Top().Object(), "New code"))
	press(w, fyne.KeyEscape)
	l.Until(t, "a notice says it", func() bool { return len(w.toasts.live) == 1 })
}

// TestGuardSettings sets who may join, with and without a guard.
func TestGuardSettings(t *testing.T) {
	var got Settings
	w, _ := open(t, Config{
		Settings: DefaultSettings(), Changed: func(s Settings) { got = s },
	})
	w.showGuard()
	panel := w.modals.Top().Object()
	choice := func(first string) *kit.Select {
		t.Helper()
		s, ok := kittest.Find(panel, func(s *kit.Select) bool { return s.Options[0] == first })
		if !ok {
			t.Fatalf("there is no choice that begins with %q", first)
		}
		return s
	}
	approve, most := choice("The code is enough"), choice("1 phone")
	if approve.Selected != "The code is enough" || most.Selected != "8 phones" {
		t.Errorf("at first %q and %q are chosen", approve.Selected, most.Selected)
	}
	approve.SetSelectedIndex(1)
	most.SetSelectedIndex(0)
	if got.Approve != ApproveAsk || got.MaxPhones != 1 {
		t.Errorf("the settings are %q and %d", got.Approve, got.MaxPhones)
	}
	if findButton(panel, "New code") != nil {
		t.Error("without a guard it offers a new code")
	}
}

// The list follows who comes and goes.
func TestGuardPanelFollows(t *testing.T) {
	guard := &fakeGuard{}
	w, l := open(t, Config{Guard: guard, Settings: DefaultSettings()})
	join(t, w, l, 1)
	w.showGuard()
	l.Until(t, "the list was read", func() bool { return len(w.guard.list.Objects) == 1 })
	guard.mu.Lock()
	guard.known = []KnownPhone{{ID: "x", Name: "Pixel 7"}}
	guard.mu.Unlock()
	w.RemovePhone("0", media.Reason{})
	l.Until(t, "the phone is listed", func() bool {
		return slices.Equal(knownNow(w), []string{"Pixel 7"})
	})
}
