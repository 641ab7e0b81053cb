package desktop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"handlens/app/alert"
	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/ui"
)

// ruleKeeper looks for the user's rules in what phones show, and has done what they ask for. It is
// a listener; any goroutine may call it, and none waits.
type ruleKeeper struct {
	noListener
	phones *phoneRegistry
	tell   listener
	notify func(title, text string) error
	broker *brokerTeller // nil where nobody is to be told
	runner *alert.Runner
	alerts atomic.Int64 // how many there were; their numbers come from it

	mu      sync.Mutex
	rules   []rules.Rule
	placed  bool // any of them is about a line or a zone
	watches map[*session.Session]*rules.Watch
	last    map[string]time.Time // when each rule fired last, by its sentence
	failing map[string]bool      // what was told to fail, by rule and action
}

func newRuleKeeper(phones *phoneRegistry, tell listener, notify func(title, text string) error,
) *ruleKeeper {
	k := &ruleKeeper{
		phones: phones, tell: tell, notify: notify,
		watches: make(map[*session.Session]*rules.Watch),
		last:    make(map[string]time.Time), failing: make(map[string]bool),
	}
	k.runner = alert.New(alert.Means{
		Snapshot: k.snapshot, Clip: k.clip, Notify: k.show, Done: k.done,
		Broker: k.tellsBroker,
	})
	return k
}

// set changes the rules. It returns what is wrong with those that cannot be used.
func (k *ruleKeeper) set(all []ui.Rule) error {
	var wrong []error
	var good []rules.Rule
	for _, r := range all {
		rule, err := rules.Parse(r.Text)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("the rule %q is not understood: %w", r.Text, err))
			continue
		}
		rule.Off = r.Off
		good = append(good, rule)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rules, k.placed = good, false
	for _, r := range good {
		k.placed = k.placed || r.Where != rules.Anywhere
	}
	for _, w := range k.watches {
		w.Set(good)
	}
	if k.broker != nil {
		k.broker.setRules(titles(good))
	}
	return errors.Join(wrong...)
}

// titles are what the rules are called.
func titles(all []rules.Rule) (names []string) {
	for _, r := range all {
		names = append(names, r.Title())
	}
	return names
}

// tellsBroker says why no broker is told of a rule. That itself is done by the listener.
func (k *ruleKeeper) tellsBroker() error {
	if k.broker == nil || k.broker.now() == nil {
		return errors.New("there is no broker: name one under \"Home Assistant and MQTT\", " +
			"or start with --mqtt")
	}
	return nil
}

// close ends what is under way, while the phones' past can still be saved.
func (k *ruleKeeper) close() { k.runner.Close() }

// Detections implements session.Sink.
func (k *ruleKeeper) Detections(s *session.Session, m inference.Message) {
	for _, f := range k.see(s, m, time.Now()) {
		k.mark(s, f)
		k.tell.Rule(s, f)
		k.runner.Run(k.alert(s, f), f.Rule.Then)
	}
}

// mark notes a rule that fired in the phone's past, at the frame at which it did.
func (k *ruleKeeper) mark(s *session.Session, f rules.Fired) {
	if ph := k.phones.find(s.ID()); ph != nil {
		ph.marks.Add(recording.Mark{
			At: s.Timeline().Until(), Rule: f.Rule.Title(), Labels: f.Labels,
		})
	}
}

func (k *ruleKeeper) see(s *session.Session, m inference.Message, now time.Time) []rules.Fired {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.rules) == 0 {
		return nil
	}
	w := k.watches[s]
	if w == nil {
		w = rules.NewWatch(k.rules)
		k.watches[s] = w
	}
	moment := rules.Moment{At: now, Found: m.Detections}
	if k.placed {
		moment.Tallies = s.Tallies()
	}
	fired := w.See(moment)
	for _, f := range fired {
		k.last[f.Rule.String()] = now
	}
	return fired
}

// Left implements session.Sink.
func (k *ruleKeeper) Left(s *session.Session, _ media.Reason) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.watches, s)
}

// fired says when each rule fired last, by its sentence.
func (k *ruleKeeper) fired() map[string]time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.last)
}

// try has done what a rule asks for, as if it had fired: with the first phone that is here, or
// without one.
func (k *ruleKeeper) try(text string) error {
	r, err := rules.Parse(text)
	if err != nil {
		return err
	}
	f := rules.Fired{Rule: r, At: time.Now(), Labels: make(map[string]int)}
	for _, c := range r.Classes {
		f.Labels[c] = 1
	}
	var s *session.Session
	if all := k.phones.all(); len(all) > 0 {
		s = all[0].Session
	}
	k.runner.Run(k.alert(s, f), r.Then)
	return nil
}

// alert is what is told of a rule that fired. The session may be nil when a rule is tried.
func (k *ruleKeeper) alert(s *session.Session, f rules.Fired) alert.Alert {
	a := alert.Alert{
		Event: "rule", Rule: f.Rule.Title(), Time: f.At.UnixMilli(), Place: f.Rule.Place,
		ID: strconv.FormatInt(f.At.UnixMilli(), 36) + "-" +
			strconv.FormatInt(k.alerts.Add(1), 36),
		Labels: f.Labels, Count: f.Count(),
	}
	if s != nil {
		a.Phone, a.Session = s.Name(), s.ID()
	}
	return a
}

// snapshot saves what a phone shows.
func (k *ruleKeeper) snapshot(a alert.Alert) (path string, err error) {
	ph := k.phones.find(a.Session)
	if ph == nil {
		return "", errGone
	}
	saved, err := ph.snapshots.take(ph, ui.OneShot, a.Rule)
	return saved.Annotated, err
}

// clip saves the seconds before and after this moment. It does not wait for those after it once the
// phone has left, or waiting has ended.
func (k *ruleKeeper) clip(waiting context.Context, a alert.Alert, before, after time.Duration,
) error {
	ph := k.phones.find(a.Session)
	if ph == nil {
		return errGone
	}
	began := time.Now()
	end := time.NewTimer(after)
	defer end.Stop()
	look := time.NewTicker(time.Second / 5)
	defer look.Stop()
wait:
	for !ph.gone() {
		select {
		case <-end.C:
			break wait
		case <-waiting.Done():
			break wait
		case <-look.C:
		}
	}
	// The past ends where the phone left, so that what is asked for may be a little less.
	last := before + min(after, time.Since(began))
	_, err := ph.recorder.replay(context.Background(), ph, last, a.Rule, func(float64) {})
	return err
}

// show shows a notification.
func (k *ruleKeeper) show(a alert.Alert) error {
	text := a.Phone
	if a.Snapshot != "" {
		text += "\n" + filepath.Base(a.Snapshot)
	}
	return k.notify(a.Rule, text)
}

// done says what fails, once until it works again.
func (k *ruleKeeper) done(a alert.Alert, do rules.Action, err error) {
	key := a.Rule + "\x00" + do.String()
	k.mu.Lock()
	was := k.failing[key]
	k.failing[key] = err != nil
	if err == nil {
		delete(k.failing, key)
	}
	k.mu.Unlock()
	if err != nil && !was {
		k.tell.Fault(&ruleFault{rule: a.Rule, do: do.Do, err: err})
	}
}

// ruleFault says that a rule could not do what it is to do.
type ruleFault struct {
	rule string
	do   rules.Kind
	err  error
}

func (f *ruleFault) Error() string {
	return fmt.Sprintf("the rule %q: the %s failed: %v", f.rule, f.do, f.err)
}

func (f *ruleFault) Unwrap() error { return f.err }

// longestClip is how much of the past these rules need.
func longestClip(all []ui.Rule) (longest time.Duration) {
	for _, r := range all {
		rule, err := rules.Parse(r.Text)
		if err != nil {
			continue
		}
		for _, do := range rule.Then {
			longest = max(longest, time.Duration((do.Before+do.After)*float64(time.Second)))
		}
	}
	return longest
}
