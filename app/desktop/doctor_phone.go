package desktop

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/media/reach"
	"handlens/media/visit"
	"handlens/ui"
)

// CheckPhone runs the app without its window until a phone has come as far as a box, and says each
// step of its way. It is an error when none does.
func CheckPhone(ctx context.Context, c cli.PhoneCheck, stdout, stderr io.Writer) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.Wait > 0 {
		within, cancel = context.WithTimeout(within, c.Wait)
		defer cancel()
	}
	check := &phoneCheck{done: cancel, port: c.Port, began: time.Now()}
	o := *newOptions()
	o.noWindow, o.phone = true, check
	o.port, o.address, o.own = c.Port, c.Address, c.Own
	o.Model, o.DataDir = c.Model, c.DataDir
	o.given = map[string]bool{"model": c.Model != ""}
	lines := stdout
	if c.JSON {
		lines = stderr
	}
	if err := runApp(within, o, io.Discard, lines); err != nil {
		return err
	}
	if c.JSON {
		if err := check.writeJSON(stdout); err != nil {
			return err
		}
	}
	if check.found() {
		return nil
	}
	if err := cli.Interrupted(ctx); err != nil {
		return fmt.Errorf("%w; %s", err, check.lastWord())
	}
	return fmt.Errorf("within %v %s", c.Wait, check.lastWord())
}

// phoneCheck is the frontend of `handlens doctor --phone`. Any goroutine may call it.
type phoneCheck struct {
	noListener
	done context.CancelFunc
	// What says lines, and who is suspected, once the app is made.
	console *console
	around  *surroundings

	mu     sync.Mutex
	port   int
	began  time.Time
	nobody []reach.Suspect // those that were said
	all    []visit.Visit   // newest first
	told   map[string]*toldVisit
	last   string // the visit that the last line was about
	box    time.Duration
	boxed  bool
}

// toldVisit is what was said of one visit.
type toldVisit struct {
	lit   [visit.Box + 1]bool
	line  visitLine // of its problem
	ended bool
}

// nobodyAfter is how long nobody may come before somebody is suspected.
const nobodyAfter = 10 * time.Second

// Run implements frontend.
func (p *phoneCheck) Run(ctx context.Context) error { return p.console.Run(ctx) }

// Approve implements frontend. The code is enough here.
func (p *phoneCheck) Approve(context.Context, session.Visitor) ui.Approval {
	return ui.Approval{Allow: true}
}

// OfferRepair implements frontend. Recordings are not the subject.
func (p *phoneCheck) OfferRepair(string, func()) {}

// Notify implements frontend. No rule is looked for here.
func (p *phoneCheck) Notify(string, string) error { return nil }

// Crashed implements frontend.
func (p *phoneCheck) Crashed(report string) { p.console.Crashed(report) }

// Fault implements listener.
func (p *phoneCheck) Fault(err error) { p.console.Fault(err) }

// Model implements listener: without one there is no box.
func (p *phoneCheck) Model(st modelState) {
	if st.State == session.ModelFailed {
		p.console.Model(st)
	}
}

// Pairing implements listener.
func (p *phoneCheck) Pairing(offer pairingOffer) {
	p.mu.Lock()
	p.port = offer.Port
	p.mu.Unlock()
	p.console.Pairing(offer)
	p.console.say("Waiting for a phone …")
}

// Visit implements listener: each rung is a line.
func (p *phoneCheck) Visit(v visit.Visit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.toldOf(v)
	for _, r := range visit.Rungs() {
		if v.Lit[r] && !told.lit[r] {
			told.lit[r] = true
			p.head(v)
			p.console.say("  ✓ %6.2f s  %s", v.At[r].Seconds(), cli.RungWords(r))
		}
	}
	if v.Lit[visit.Box] && !p.boxed {
		p.boxed, p.box = true, v.At[visit.Box]
		p.keep(v)
		p.console.say("\nA phone can join: %.2f s from its first sign to the first box.",
			p.box.Seconds())
		p.done()
	}
}

// Visits implements listener: a problem that lasts is said, with its likely causes.
func (p *phoneCheck) Visits(all []visit.Visit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boxed {
		return
	}
	p.all = all
	if len(all) == 0 {
		p.sayNobody()
	}
	now := time.Now()
	for _, v := range all {
		told := p.toldOf(v)
		line := &told.line
		if v.Over && !told.ended {
			told.ended = true
			p.head(v)
			p.console.say("    it has gone: %s",
				cmp.Or(v.Reason.String(), "nothing more was heard"))
		}
		if v.Problem != line.problem {
			line.problem, line.since = v.Problem, now
		}
		if v.Problem == visit.NoProblem || line.said[v.Problem] || v.Over ||
			now.Sub(line.since) < tellAfter {
			continue
		}
		line.said[v.Problem] = true
		p.head(v)
		p.console.say("  %s           %s", problemMark(v.Problem), cli.ProblemWords(v.Problem))
		p.suspect(p.around.suspects(v))
	}
}

// problemMark tells what only takes its time from what is wrong.
func problemMark(of visit.Problem) string {
	switch of {
	case visit.AwaitingTap, visit.CameraAsking, visit.AwaitingApproval, visit.OverTCP,
		visit.ModelLoading, visit.NothingFound:
		return "·"
	}
	return "✗"
}

// sayNobody says why nobody may come: at once what is sure, and the rest after a while.
func (p *phoneCheck) sayNobody() {
	suspects := p.around.nobody()
	if len(suspects) == 0 || len(p.nobody) > 0 {
		return
	}
	first := suspects[0]
	sure := first.Code == reach.SuspectNoNetwork || first.Code == reach.SuspectAddress ||
		first.Firewall.State == reach.FirewallBlocks
	if !sure && time.Since(p.began) < nobodyAfter {
		return
	}
	p.nobody = suspects
	p.console.say("\nNobody has come yet.")
	p.suspect(suspects)
}

func (p *phoneCheck) suspect(all []reach.Suspect) {
	for _, s := range all {
		p.console.say("    likely:  %s", cli.SuspectWords(s, p.port))
	}
}

// head says whose lines follow, when the last one was about another.
func (p *phoneCheck) head(v visit.Visit) {
	if p.last != v.ID {
		p.last = v.ID
		p.console.say("\n%s", visitName(v))
	}
}

// visitName is what to call whoever comes.
func visitName(v visit.Visit) string {
	if v.Name == "" {
		return v.Address.String()
	}
	return v.Name + " (" + v.Address.String() + ")"
}

func (p *phoneCheck) toldOf(v visit.Visit) *toldVisit {
	if p.told == nil {
		p.told = map[string]*toldVisit{}
	}
	told := p.told[v.ID]
	if told == nil {
		told = &toldVisit{line: visitLine{said: map[visit.Problem]bool{}}}
		p.told[v.ID] = told
	}
	return told
}

// keep has a visit among all as it is now.
func (p *phoneCheck) keep(v visit.Visit) {
	for i := range p.all {
		if p.all[i].ID == v.ID {
			p.all[i] = v
			return
		}
	}
	p.all = append([]visit.Visit{v}, p.all...)
}

func (p *phoneCheck) found() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.boxed
}

// lastWord says how far the one came that came furthest, and why no further.
func (p *phoneCheck) lastWord() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.all) == 0 {
		if suspects := p.around.nobody(); len(suspects) > 0 {
			return "nobody came: " + cli.SuspectWords(suspects[0], p.port)
		}
		return "nobody came"
	}
	best, top := p.all[0], visit.TCP
	for _, v := range p.all {
		// Of several tries that came as far, the one that had a problem says more.
		if r, _ := v.Top(); r > top || r == top && best.Problem == visit.NoProblem {
			best, top = v, r
		}
	}
	text := fmt.Sprintf("%s came as far as this: %s", visitName(best), cli.RungWords(top))
	if words := cli.ProblemWords(best.Problem); words != "" {
		text += ". " + words
	}
	return text
}

// writeJSON writes what came of it as one object.
func (p *phoneCheck) writeJSON(w io.Writer) error {
	type suspectJSON struct {
		Suspect string `json:"suspect"`
		Text    string `json:"text"`
	}
	type rungJSON struct {
		Rung string  `json:"rung"`
		MS   float64 `json:"ms"`
	}
	type visitJSON struct {
		Address  string        `json:"address"`
		Name     string        `json:"name,omitempty"`
		Rungs    []rungJSON    `json:"rungs"`
		Problem  string        `json:"problem,omitempty"`
		Text     string        `json:"text,omitempty"`
		Suspects []suspectJSON `json:"suspects,omitempty"`
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	suspects := func(all []reach.Suspect) (out []suspectJSON) {
		for _, s := range all {
			out = append(out, suspectJSON{s.Code.String(), cli.SuspectWords(s, p.port)})
		}
		return out
	}
	visits := []visitJSON{}
	for _, v := range p.all {
		one := visitJSON{
			Address: v.Address.String(), Name: v.Name, Rungs: []rungJSON{},
			Problem: v.Problem.String(), Text: cli.ProblemWords(v.Problem),
			Suspects: suspects(p.around.suspects(v)),
		}
		for _, r := range visit.Rungs() {
			if v.Lit[r] {
				one.Rungs = append(one.Rungs, rungJSON{r.String(), ms(v.At[r])})
			}
		}
		visits = append(visits, one)
	}
	var nobody []suspectJSON
	if len(visits) == 0 {
		nobody = suspects(p.around.nobody())
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Fine     bool          `json:"fine"`
		Visits   []visitJSON   `json:"visits"`             // newest first
		Suspects []suspectJSON `json:"suspects,omitempty"` // why nobody came
	}{p.boxed, visits, nobody})
}
