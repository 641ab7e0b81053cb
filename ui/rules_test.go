package ui

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/widget"

	"handlens/inference/track"
	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
)

// fakeRules has sentences that are the parts as JSON.
type fakeRules struct {
	tried chan string
	fired map[string]time.Time
}

func (fakeRules) Read(text string) (p RuleParts, err error) {
	if json.Unmarshal([]byte(text), &p) != nil {
		return p, errors.New("that is no rule")
	}
	return p, nil
}

func (fakeRules) Write(p RuleParts) string {
	b, _ := json.Marshal(p)
	return string(b)
}

func (fakeRules) Title(p RuleParts) string { return "rule " + p.Name }

func (f fakeRules) Try(text string) error {
	f.tried <- text
	return errors.New("no network")
}

func (f fakeRules) Fired() map[string]time.Time { return f.fired }

func openRules(t *testing.T, f fakeRules, rules ...Rule) (*Window, *kittest.Loop, *Settings) {
	t.Helper()
	s := DefaultSettings()
	s.Rules = rules
	s.Counted = []track.Region{
		{Name: "Gate", Points: make([]track.Point, 2)},
		{Name: "Yard", Points: make([]track.Point, 4)},
	}
	got := new(Settings)
	w, l := open(t, Config{Rules: f, Settings: s, Changed: func(v Settings) { *got = v }})
	join(t, w, l, 1)
	return w, l, got
}

// button finds a button of the dialog that is on top.
func button(t *testing.T, w *Window, text string) *kit.Button {
	t.Helper()
	b, ok := kittest.Find(w.modals.Top().Object(), func(b *kit.Button) bool {
		return b.Text == text
	})
	if !ok {
		t.Fatalf("there is no button %q", text)
	}
	return b
}

// pick makes a choice of the editor.
func pick(t *testing.T, w *Window, option string) {
	t.Helper()
	s, ok := kittest.Find(w.modals.Top().Object(), func(s *kit.Select) bool {
		return slices.Contains(s.Options, option)
	})
	if !ok {
		t.Fatalf("there is no choice %q", option)
	}
	s.SetSelected(option)
}

func TestChoicesMakeARule(t *testing.T) {
	w, _, got := openRules(t, fakeRules{})
	w.editRule(-1)
	for _, option := range []string{
		"crosses Gate", "more than 2", "22:00–06:00", "once in 10 min",
	} {
		pick(t, w, option)
	}
	sound, _ := kittest.Find(w.modals.Top().Object(), func(c *kit.Check) bool {
		return c.Text == "Make a sound"
	})
	sound.SetChecked(true)
	button(t, w, "Save").OnTapped()
	if w.modals.Len() != 0 || len(got.Rules) != 1 {
		t.Fatalf("kept is %v", got.Rules)
	}
	p, err := fakeRules{}.Read(got.Rules[0].Text)
	if err != nil || p.Line != "Gate" || p.Zone != "" || p.MoreThan != 2 || p.Seconds != 60 ||
		p.From != 22*60 || p.To != 6*60 || p.Every != 600 || len(p.Then) != 2 ||
		p.Then[1].Do != "sound" {
		t.Errorf("the rule is %+v, %v", p, err)
	}
}

// The sentence can be typed: the choices follow it, and what is not understood cannot be kept.
func TestASentenceIsTyped(t *testing.T) {
	text := fakeRules{}.Write(RuleParts{Name: "A", Then: []RuleAction{{Do: "snapshot"}}})
	w, _, got := openRules(t, fakeRules{}, Rule{Text: text})
	w.editRule(0)
	entry, ok := kittest.Find(w.modals.Top().Object(), func(*kit.Entry) bool { return true })
	if !ok || entry.Text != text {
		t.Fatal("the sentence is not there")
	}
	entry.SetText("nonsense")
	if !button(t, w, "Save").Disabled() || !button(t, w, "Try it now").Disabled() {
		t.Error("nonsense can be kept")
	}
	said, ok := kittest.Find(w.modals.Top().Object(), func(r *widget.RichText) bool {
		return r.Visible() && strings.Contains(r.String(), "Not understood: that is no rule")
	})
	if !ok || said == nil {
		t.Error("why is not said")
	}
	entry.SetText(fakeRules{}.Write(RuleParts{
		Zone: "Yard", Missing: true, Seconds: 7, Classes: []string{"a", "b"},
		Then: []RuleAction{{Do: "clip", Before: 1}},
	}))
	for _, want := range []string{"a, b", "is missing in Yard", "7 s", "each time"} {
		if _, ok := kittest.Find(w.modals.Top().Object(), func(s *kit.Select) bool {
			return s.Selected == want
		}); !ok {
			t.Errorf("%q is not chosen", want)
		}
	}
	clip, _ := kittest.Find(w.modals.Top().Object(), func(c *kit.Check) bool {
		return c.Text == "Save a video of it"
	})
	if !clip.Checked {
		t.Error("the video is not checked")
	}
	button(t, w, "Save").OnTapped()
	if len(got.Rules) != 1 || !strings.Contains(got.Rules[0].Text, "Yard") {
		t.Errorf("kept is %v", got.Rules)
	}
}

func TestARuleIsTried(t *testing.T) {
	f := fakeRules{tried: make(chan string, 1)}
	w, l, _ := openRules(t, f)
	w.editRule(-1)
	button(t, w, "Try it now").OnTapped()
	l.Until(t, "the word of how it went", func() bool {
		_, ok := kittest.Find(w.modals.Top().Object(), func(r *widget.RichText) bool {
			return r.Visible() && strings.Contains(r.String(), "no network")
		})
		return ok
	})
	if text := <-f.tried; !strings.Contains(text, "snapshot") {
		t.Errorf("tried is %q", text)
	}
}

func TestRulesAreListed(t *testing.T) {
	f := fakeRules{fired: map[string]time.Time{}}
	a := f.Write(RuleParts{Name: "A", Then: []RuleAction{{Do: "clip"}, {Do: "webhook"}}})
	f.fired[a] = time.Now()
	w, l, got := openRules(t, f, Rule{Text: a}, Rule{Text: "nonsense", Off: true})
	texts := func() (all []string) {
		list := w.live.sidebar.rules.object
		kittest.Find(list, func(r *widget.RichText) bool {
			if r.Visible() {
				all = append(all, r.String())
			}
			return false
		})
		return all
	}
	w.RuleFired("A", "phone 1")
	l.Until(t, "when it fired", func() bool {
		return strings.Contains(strings.Join(texts(), "|"), "video, webhook  ·  ")
	})
	before := len(w.toasts.live)
	for range 3 { // it comes true again and again
		w.RuleFired("A", "phone 1")
		w.RuleFired("A", "phone 2")
		l.Turn()
	}
	if n := len(w.toasts.live); n != before+1 {
		t.Errorf("%d notices more speak of it", n-before)
	}
	all := strings.Join(texts(), "|")
	if !strings.Contains(all, "rule A") ||
		!strings.Contains(all, "Not understood: that is no rule") {
		t.Errorf("listed is %s", all)
	}
	on, _ := kittest.Find(w.live.sidebar.rules.object, func(*kit.Check) bool { return true })
	on.SetChecked(false)
	if !got.Rules[0].Off {
		t.Error("it is not off")
	}
	w.removeRule(0)
	if len(got.Rules) != 1 || got.Rules[0].Text != "nonsense" {
		t.Errorf("left are %v", got.Rules)
	}
}
