package recording

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"handlens/app/rules"
	"handlens/inference"
	"handlens/inference/track"
)

// Summary is what happened in a recording, at a glance.
type Summary struct {
	Head
	Length time.Duration
	Frames int
	// Step is how long a part of the time line is. Each series below has one value for each part:
	// the mean of how many were there, or the sum of what happened.
	Step    time.Duration
	Classes []ClassSummary // the most frequent first
	Regions []RegionSummary
	// Heat is for how many seconds the centres of objects were in each cell of the picture: rows
	// from the top, HeatRows of HeatColumns.
	Heat [HeatRows][HeatColumns]float64
	// Rules are how often each rule came true, in the order in which they first did.
	Rules []RuleSummary
	// Moments are worth a look, in the order of the recording: the first time that each class was
	// seen, when there were most of it, and when rules came true.
	Moments []Moment
}

// HeatRows and HeatColumns are the size of the heat map.
const HeatRows, HeatColumns = 36, 64

// ClassSummary is what was seen of a class.
type ClassSummary struct {
	Label string
	Class int
	// Objects is how many different ones were seen, Most how many at once.
	Objects, Most int
	Present       time.Duration // at least one
	Series        []float64
}

// RegionSummary is what a line or a zone counted.
type RegionSummary struct {
	track.Tally
	// Inside is of zones; In and Out are how many crossed or entered in each part.
	Inside, In, Out []float64
	// Dwells are for how long each object that left a zone had been there.
	Dwells []time.Duration
}

// RuleSummary is how often a rule came true.
type RuleSummary struct {
	Rule  string
	Times int
}

// Moment is one of the recording.
type Moment struct {
	At    time.Duration // since the first frame
	Label string
	// Rule is what the rule is called that came true; "" where it is about a Label.
	Rule string
	// First says that the class was seen for the first time; else there were most of it, Count.
	First bool
	Count int
}

const (
	// surveyParts is how many parts a time line has at most, and leastStep how long one is at
	// least.
	surveyParts = 240
	leastStep   = time.Second / 2
	// longestFrame bounds for how long one frame counts: the phone may have been away.
	longestFrame = time.Second
	// maxSurveyed bounds the classes that have a series of their own.
	maxSurveyed = 40
	// maxRules bounds the rules that are told of, and maxFired the moments at which they came true.
	maxRules, maxFired = 100, 1000
)

// Survey reads the sidecar of a recording and says what happened in it. What the filter lets
// through counts. Of rules, those count that came true when it was recorded or, when there are
// some, those that are looked for now.
func Survey(ctx context.Context, lines string, f Filter, now []rules.Rule) (*Summary, error) {
	length, err := lengthOf(ctx, lines, f)
	if err != nil {
		return nil, err
	}
	r, err := openReplayer(lines, f)
	if err != nil {
		return nil, err
	}
	defer r.close()
	r.head.Film = filmBeside(lines, r.head.Film)
	s := newSurveyor(r.head, length)
	watch := rules.NewWatch(now)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l, fo, err := r.step()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !l.Dropped {
			s.sum.Frames++
		}
		s.frame(l.time(), onCanvas(r.head.canvas(l.Width, l.Height), l, fo.shown),
			r.counter.Tallies())
		if len(now) > 0 {
			l.Rules = fired(watch, l, fo.shown, r.counter.Tallies())
		}
		s.rules(l)
	}
	return s.end(r.tracker.Seen()), nil
}

// lengthOf is the time of the last line.
func lengthOf(ctx context.Context, lines string, f Filter) (length time.Duration, err error) {
	s, err := openSidecar(lines)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if err := f.check(s.head.Labels); err != nil {
		return 0, err
	}
	for {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		l, err := s.next()
		if errors.Is(err, io.EOF) {
			return length, nil
		}
		if err != nil {
			return 0, err
		}
		length = max(length, l.time())
	}
}

// surveyor sums up a recording as it goes by.
type surveyor struct {
	sum     Summary
	parts   int
	seconds []float64 // that each part has
	classes map[string]*ClassSummary
	most    map[string]Moment
	last    time.Duration
	began   bool
	before  []track.Tally
	left    []map[string]stays // of each zone
	fired   int                // moments of rules
}

// stays are how often a zone was left by a class, and the sum of the times.
type stays struct {
	n   int
	sum float64
}

func newSurveyor(h Head, length time.Duration) *surveyor {
	step := max(leastStep, (length/surveyParts).Truncate(leastStep)+leastStep)
	if length <= surveyParts*leastStep {
		step = leastStep
	}
	s := &surveyor{
		sum:     Summary{Head: h, Length: length, Step: step},
		parts:   int(length/step) + 1,
		classes: make(map[string]*ClassSummary), most: make(map[string]Moment),
	}
	s.seconds = make([]float64, s.parts)
	for _, g := range h.Regions {
		r := RegionSummary{
			Tally: track.Tally{Region: g}, In: make([]float64, s.parts),
			Out: make([]float64, s.parts),
		}
		if !g.IsLine() {
			r.Inside = make([]float64, s.parts)
		}
		s.sum.Regions = append(s.sum.Regions, r)
		s.left = append(s.left, make(map[string]stays))
	}
	return s
}

// frame takes in what is shown at a time, and what was counted by then.
func (s *surveyor) frame(at time.Duration, shown []inference.Detection, tallies []track.Tally) {
	if !s.began {
		s.last, s.began = at, true
	}
	dt := min(max(0, at-s.last), longestFrame)
	s.last = max(s.last, at)
	part := min(max(0, int(at/s.sum.Step)), s.parts-1)
	s.seconds[part] += dt.Seconds()
	now := make(map[string]int)
	for _, d := range shown {
		c := s.class(d)
		if c == nil {
			continue
		}
		now[d.Label]++
		c.Series[part] += dt.Seconds()
		x, y := (d.Box.X1+d.Box.X2)/2, (d.Box.Y1+d.Box.Y2)/2
		if x >= 0 && x < 1 && y >= 0 && y < 1 {
			s.sum.Heat[int(y*HeatRows)][int(x*HeatColumns)] += dt.Seconds()
		}
	}
	for label, n := range now {
		c := s.classes[label]
		c.Present += dt
		if n > c.Most {
			c.Most = n
			s.most[label] = Moment{At: at, Label: label, Count: n}
		}
	}
	s.counted(part, dt, tallies)
}

// fired are the rules that come true at a line.
func fired(w *rules.Watch, l Line, shown []inference.Detection,
	tallies []track.Tally,
) (all []Mark) {
	moment := rules.Moment{At: time.UnixMilli(l.At), Found: shown, Tallies: tallies}
	for _, f := range w.See(moment) {
		all = append(all, Mark{Rule: f.Rule.Title(), Labels: f.Labels})
	}
	return all
}

// rules takes in those that came true at a line.
func (s *surveyor) rules(l Line) {
	for _, m := range l.Rules {
		i := slices.IndexFunc(s.sum.Rules, func(r RuleSummary) bool { return r.Rule == m.Rule })
		if i < 0 && len(s.sum.Rules) == maxRules {
			continue
		}
		if i < 0 {
			s.sum.Rules = append(s.sum.Rules, RuleSummary{Rule: m.Rule})
			i = len(s.sum.Rules) - 1
		}
		if s.sum.Rules[i].Times++; s.fired < maxFired {
			s.fired++
			s.sum.Moments = append(s.sum.Moments, Moment{
				At: l.time(), Rule: m.Rule, Count: sum(m.Labels),
			})
		}
	}
}

// class is the summary of a detection's class, nil for one too many.
func (s *surveyor) class(d inference.Detection) *ClassSummary {
	c := s.classes[d.Label]
	if c == nil && len(s.classes) < maxSurveyed {
		c = &ClassSummary{Label: d.Label, Class: d.Class, Series: make([]float64, s.parts)}
		s.classes[d.Label] = c
		s.sum.Moments = append(s.sum.Moments, Moment{
			At: s.last, Label: d.Label, First: true, Count: 1,
		})
	}
	return c
}

// counted takes in what the lines and zones have counted.
func (s *surveyor) counted(part int, dt time.Duration, tallies []track.Tally) {
	for i, t := range tallies[:min(len(tallies), len(s.sum.Regions))] {
		r := &s.sum.Regions[i]
		in, out := sum(t.In), sum(t.Out)
		r.In[part] += float64(in - sum(r.Tally.In))
		r.Out[part] += float64(out - sum(r.Tally.Out))
		if r.Inside != nil {
			r.Inside[part] += float64(sum(t.Inside)) * dt.Seconds()
			s.dwells(i, t)
		}
		r.Tally = t
	}
}

// dwells finds out for how long those had been in a zone that have just left it: the counter knows
// the mean. Of several that leave at once each gets their mean.
func (s *surveyor) dwells(i int, t track.Tally) {
	r := &s.sum.Regions[i]
	for label, n := range t.Out {
		was := s.left[i][label]
		total := t.Dwell[label] * float64(n)
		if more := n - was.n; more > 0 {
			each := max(0, total-was.sum) / float64(more)
			for range more {
				r.Dwells = append(r.Dwells, time.Duration(each*float64(time.Second)))
			}
		}
		s.left[i][label] = stays{n, total}
	}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// end makes means of sums, and puts everything in order.
func (s *surveyor) end(seen map[string]int) *Summary {
	mean := func(series []float64) {
		for i, v := range series {
			if s.seconds[i] > 0 {
				series[i] = math.Round(v/s.seconds[i]*1000) / 1000
			}
		}
	}
	for label, c := range s.classes {
		mean(c.Series)
		c.Objects = max(seen[label], c.Most)
		s.sum.Classes = append(s.sum.Classes, *c)
		if m := s.most[label]; m.Count > 1 {
			s.sum.Moments = append(s.sum.Moments, m)
		}
	}
	for _, r := range s.sum.Regions {
		mean(r.Inside)
	}
	slices.SortFunc(s.sum.Classes, func(a, b ClassSummary) int {
		return cmp.Or(b.Objects-a.Objects, cmp.Compare(b.Present, a.Present),
			cmp.Compare(a.Label, b.Label))
	})
	slices.SortStableFunc(s.sum.Moments, func(a, b Moment) int { return cmp.Compare(a.At, b.At) })
	return &s.sum
}
