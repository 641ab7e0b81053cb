package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/app/rules"
	"handlens/app/session"
	"handlens/inference"
	"handlens/media/waittest"
	"handlens/ui"
)

// ruleTest is a keeper that tells a front end, with one phone.
type ruleTest struct {
	*ruleKeeper
	front *fakeFrontend
	fired []rules.Fired
	phone *phone
	leave func()
}

// Rule keeps those that fire, in the goroutine of the test.
type ruleEar struct {
	noListener
	t *ruleTest
}

func (e ruleEar) Rule(_ *session.Session, f rules.Fired) { e.t.fired = append(e.t.fired, f) }

func newRuleTest(t *testing.T, texts ...string) *ruleTest {
	t.Helper()
	r := &ruleTest{front: new(fakeFrontend)}
	tell := new(fanout)
	registry := newTestRegistry(t, tell)
	r.ruleKeeper = newRuleKeeper(registry, tell, r.front.Notify)
	tell.listeners = []listener{registry, r.ruleKeeper, ruleEar{t: r}, r.front}
	r.phone, r.leave = joinTestPhone(t, registry, tell)
	t.Cleanup(func() {
		r.leave()
		r.close()
		registry.close()
	})
	r.setTexts(t, texts...)
	return r
}

func (r *ruleTest) setTexts(t *testing.T, texts ...string) {
	t.Helper()
	var all []ui.Rule
	for _, text := range texts {
		all = append(all, ui.Rule{Text: text})
	}
	if err := r.set(all); err != nil {
		t.Fatal(err)
	}
}

// see lets the phone show objects with these labels.
func (r *ruleTest) see(labels ...string) {
	m := inference.Message{}
	for _, l := range labels {
		m.Detections = append(m.Detections, inference.Detection{Label: l})
	}
	r.Detections(r.phone.Session, m)
}

func TestARuleIsCarriedOut(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := newRuleTest(t, `Gate: when dog then notify, command "cat >`+out+`"`)
	r.see("cat")
	if r.see("dog"); len(r.fired) != 1 || r.fired[0].Rule.Name != "Gate" {
		t.Fatalf("fired is %+v", r.fired)
	}
	waittest.Until(t, "the command", func() bool {
		b, err := os.ReadFile(out)
		return err == nil && strings.Contains(string(b), `"rule":"Gate"`) &&
			strings.Contains(string(b), `"phone":"Phone"`)
	})
	waittest.Until(t, "the notification", func() bool {
		r.front.mu.Lock()
		defer r.front.mu.Unlock()
		return len(r.front.heard) == 1 && r.front.heard[0] == "notify Gate: Phone"
	})
	marks := r.phone.marks.Between(0, time.Hour)
	if len(marks) != 1 || marks[0].Rule != "Gate" || marks[0].Labels["dog"] != 1 {
		t.Errorf("the phone's past has %v", marks)
	}
	if at := r.fired[0].At; !r.ruleKeeper.fired()[r.fired[0].Rule.String()].Equal(at) {
		t.Error("when it fired is not known")
	}
}

// What fails is said once, until it works again.
func TestAFailingRuleIsSaidOnce(t *testing.T) {
	stays := filepath.Join(t.TempDir(), "stays")
	r := newRuleTest(t, `Gate: when dog then command "test -e `+stays+`"`)
	try := func() {
		t.Helper()
		if err := r.try(r.rules[0].String()); err != nil {
			t.Fatal(err)
		}
		waittest.Until(t, "the command's end", func() bool { return r.runner.UnderWay() == 0 })
	}
	const said = `fault: the rule "Gate": the command failed: exit status 1`
	try()
	try()
	r.front.want(t, said)
	if err := os.WriteFile(stays, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	try()
	r.front.want(t)
	if err := os.Remove(stays); err != nil {
		t.Fatal(err)
	}
	try()
	r.front.want(t, said)
}

func TestRulesThatAreNotUnderstood(t *testing.T) {
	r := newRuleTest(t)
	err := r.set([]ui.Rule{
		{Text: "when dog then snapshot"}, {Text: "whenever"}, {Text: "when cat then sing"},
	})
	if err == nil || !strings.Contains(err.Error(), `the rule "whenever" is not understood`) ||
		!strings.Contains(err.Error(), `"sing" is nothing that can be done`) {
		t.Errorf("got %v", err)
	}
	if len(r.rules) != 1 {
		t.Errorf("%d rules are used", len(r.rules))
	}
}

// Without rules, detections cost nothing, and a phone that left is forgotten.
func TestRulesForgetPhones(t *testing.T) {
	r := newRuleTest(t)
	if r.see("dog"); len(r.watches) != 0 {
		t.Error("a phone is watched without a rule")
	}
	r.setTexts(t, "when dog for 1 h then sound")
	if r.see("dog"); len(r.watches) != 1 {
		t.Error("the phone is not watched")
	}
	if r.leave(); len(r.watches) != 0 {
		t.Error("a phone that left is watched")
	}
}

func TestClipsNeedAPast(t *testing.T) {
	all := []ui.Rule{
		{Text: "when dog then clip 40 s before 50 s after"},
		{Text: "when cat then clip"},
		{Text: "?"},
	}
	if got := longestClip(all); got != 90*time.Second {
		t.Errorf("got %v", got)
	}
}

// A rule of the command line is not written into the settings.
func TestRulesOfTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	s.override(options{rules: []string{"when dog then sound"}, given: map[string]bool{}})
	v := s.get()
	if len(v.Rules) != 1 {
		t.Fatalf("the rules are %v", v.Rules)
	}
	v.Rules = append(v.Rules, ui.Rule{Text: "when cat then sound", Off: true})
	s.set(v)
	s.flush()
	again := mustOpen(t, dir).get()
	if len(again.Rules) != 1 || again.Rules[0] != v.Rules[1] {
		t.Errorf("kept is %v", again.Rules)
	}
}

func TestRulesForTheWindow(t *testing.T) {
	for _, text := range []string{
		`Gate: when person or dog in "Zone 1" more than 2 for 5 s between 22:00 and 06:00 ` +
			`at most every 60 s then snapshot, clip 5 s before 1 s after, ` +
			`webhook http://x with picture`,
		`when anything crosses "Line 1" then command "a b", sound, notify`,
		`when cup is missing for 3 s then sound`,
	} {
		p, err := ruleReader{}.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := (ruleReader{}).Write(p); got != text {
			t.Errorf("%s\nbecomes %s", text, got)
		}
	}
	p, _ := ruleReader{}.Read("when dog then webhook http://user:password@x")
	if got := (ruleReader{}).Title(p); got != "when dog" {
		t.Errorf("it is called %q", got)
	}
}
