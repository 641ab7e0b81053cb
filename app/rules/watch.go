package rules

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"handlens/inference"
	"handlens/inference/track"
)

// Moment is what is known of one phone's picture at one time.
type Moment struct {
	// At is the time on the wall, and never goes back.
	At time.Time
	// Found are the objects that are shown, with their numbers.
	Found []inference.Detection
	// Tallies are what the lines and zones have counted by then.
	Tallies []track.Tally
}

// Fired is a rule that has come true.
type Fired struct {
	Rule Rule
	At   time.Time
	// Labels are those that made it fire, by name, with how many there were of each: in the
	// picture, in the zone, or across the line. It is empty for what is missing.
	Labels map[string]int
}

// Count is how many objects made it fire.
func (f Fired) Count() int { return sum(f.Labels) }

// Names are the labels of what made a rule fire, the most frequent first.
func (f Fired) Names() []string {
	return slices.SortedFunc(maps.Keys(f.Labels), func(a, b string) int {
		return cmp.Or(f.Labels[b]-f.Labels[a], cmp.Compare(a, b))
	})
}

const (
	// forgiven is for how long a detector may lose sight of what a rule waits for, and find what a
	// rule misses, without that the wait begins anew.
	forgiven = 700 * time.Millisecond
	// blind is how long there may be no results before every wait begins anew: the phone was away,
	// or paused.
	blind = 3 * time.Second
)

// Watch looks for the moments at which rules come true in one phone's picture.
type Watch struct {
	rules []Rule
	state []state // of each rule
	last  time.Time
}

// state is how far a rule has come.
type state struct {
	since time.Time // it has held since then; zero for not at all
	held  time.Time // it held then for the last time
	told  bool      // it has fired, and holds still
	fired time.Time // when it fired last

	crossed map[string]int // what the line had counted at the last moment; nil at first
	passes  []pass         // across the line, in the time that counts
}

// pass is that objects crossed a line.
type pass struct {
	at     time.Time
	labels map[string]int
}

// NewWatch watches for these rules, which have passed Check.
func NewWatch(all []Rule) *Watch {
	w := new(Watch)
	w.Set(all)
	return w
}

// Set changes the rules. Those that were there before go on from where they are.
func (w *Watch) Set(all []Rule) {
	state := make([]state, len(all))
	taken := make([]bool, len(w.rules))
	for i, r := range all {
		for j, old := range w.rules {
			if !taken[j] && old.String() == r.String() {
				state[i], taken[j] = w.state[j], true
				break
			}
		}
	}
	w.rules, w.state = slices.Clone(all), state
}

// See looks at the next moment and returns the rules that fire at it.
func (w *Watch) See(m Moment) []Fired {
	seeing := !w.last.IsZero() && m.At.Sub(w.last) < blind
	w.last = m.At
	var fired []Fired
	for i, r := range w.rules {
		s := &w.state[i]
		if !seeing {
			s.since, s.held, s.crossed, s.passes = time.Time{}, time.Time{}, nil, nil
		}
		if labels, ok := s.see(r, m); ok {
			fired = append(fired, Fired{Rule: r, At: m.At, Labels: labels})
		}
	}
	return fired
}

// see says whether a rule fires at a moment, and for what.
func (s *state) see(r Rule, m Moment) (labels map[string]int, fires bool) {
	if r.Where == AcrossLine {
		labels = s.crossings(r, m)
		if sum(labels) <= r.MoreThan {
			return nil, false
		}
	} else {
		labels = present(r, m)
		if !s.holds(r, m, labels) {
			return nil, false
		}
	}
	if r.Off || !r.Hours.Has(m.At) ||
		!s.fired.IsZero() && m.At.Sub(s.fired) < duration(r.Every) {
		return nil, false
	}
	s.fired, s.told, s.passes = m.At, true, nil
	return labels, true
}

// holds says whether what a rule waits for has lasted long enough, for the first time.
func (s *state) holds(r Rule, m Moment, labels map[string]int) bool {
	n := sum(labels)
	now := n > r.MoreThan
	if r.Missing {
		now = n == 0
	}
	if !r.Hours.Has(m.At) {
		now, s.held = false, time.Time{}
	}
	switch {
	case now && s.since.IsZero():
		s.since, s.held = m.At, m.At
	case now:
		s.held = m.At
	case m.At.Sub(s.held) > forgiven:
		s.since, s.told = time.Time{}, false
	}
	return now && !s.told && m.At.Sub(s.since) >= duration(r.Seconds)
}

// present counts what a rule is about that is in the picture, or in the zone.
func present(r Rule, m Moment) map[string]int {
	labels := make(map[string]int)
	if r.Where == Anywhere {
		for _, d := range m.Found {
			if r.about(d.Label) {
				labels[d.Label]++
			}
		}
		return labels
	}
	if t, ok := r.tally(m); ok {
		for label, n := range t.Inside {
			if r.about(label) && n > 0 {
				labels[label] = n
			}
		}
	}
	return labels
}

// crossings are those of the line in the time that counts, that of this moment for none.
func (s *state) crossings(r Rule, m Moment) map[string]int {
	t, ok := r.tally(m)
	if !ok {
		s.crossed, s.passes = nil, nil
		return nil
	}
	now := make(map[string]int)
	for _, by := range []map[string]int{t.In, t.Out} {
		for label, n := range by {
			if r.about(label) {
				now[label] += n
			}
		}
	}
	more := make(map[string]int)
	for label, n := range now {
		// Counts that were set back start again from nothing.
		if d := n - s.crossed[label]; d > 0 && s.crossed != nil {
			more[label] = d
		}
	}
	s.crossed = now
	if len(more) > 0 {
		s.passes = append(s.passes, pass{m.At, more})
	}
	s.passes = slices.DeleteFunc(s.passes, func(p pass) bool {
		return m.At.Sub(p.at) > duration(r.Seconds)
	})
	if r.MoreThan == 0 {
		return more // each one counts when it crosses, not later
	}
	all := make(map[string]int)
	for _, p := range s.passes {
		for label, n := range p.labels {
			all[label] += n
		}
	}
	// With one more than it takes, older ones are of no use.
	if over := len(s.passes) - maxCount - 1; over > 0 {
		s.passes = slices.Delete(s.passes, 0, over)
	}
	return all
}

// about says whether objects of that label count for a rule.
func (r Rule) about(label string) bool {
	return len(r.Classes) == 0 || slices.Contains(r.Classes, label)
}

// tally is what the rule's zone or line has counted.
func (r Rule) tally(m Moment) (track.Tally, bool) {
	for _, t := range m.Tallies {
		if t.Region.Name == r.Place && t.Region.IsLine() == (r.Where == AcrossLine) {
			return t, true
		}
	}
	return track.Tally{}, false
}

func sum(labels map[string]int) int {
	n := 0
	for _, c := range labels {
		n += c
	}
	return n
}

func duration(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second))
}
