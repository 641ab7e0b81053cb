package desktop

import (
	"time"

	"handlens/app/rules"
	"handlens/ui"
)

// ruleReader hands the window what it needs to know of rules.
type ruleReader struct{ *ruleKeeper }

// Try implements ui.Rules.
func (r ruleReader) Try(text string) error { return r.try(text) }

// Fired implements ui.Rules.
func (r ruleReader) Fired() map[string]time.Time { return r.fired() }

// Read implements ui.Rules.
func (ruleReader) Read(text string) (ui.RuleParts, error) {
	r, err := rules.Parse(text)
	if err != nil {
		return ui.RuleParts{}, err
	}
	p := ui.RuleParts{
		Name: r.Name, Classes: r.Classes, Missing: r.Missing, MoreThan: r.MoreThan,
		Seconds: r.Seconds, From: r.Hours.From, To: r.Hours.To, Every: r.Every,
	}
	switch r.Where {
	case rules.InZone:
		p.Zone = r.Place
	case rules.AcrossLine:
		p.Line = r.Place
	}
	for _, a := range r.Then {
		p.Then = append(p.Then, ui.RuleAction{
			Do: string(a.Do), To: a.To, Picture: a.Picture, Before: a.Before, After: a.After,
		})
	}
	return p, nil
}

// Write implements ui.Rules.
func (ruleReader) Write(p ui.RuleParts) string { return ruleOf(p).String() }

// Title implements ui.Rules.
func (ruleReader) Title(p ui.RuleParts) string { return ruleOf(p).Title() }

func ruleOf(p ui.RuleParts) rules.Rule {
	r := rules.Rule{
		Name: p.Name, Classes: p.Classes, Missing: p.Missing, MoreThan: p.MoreThan,
		Seconds: p.Seconds, Hours: rules.Hours{From: p.From, To: p.To}, Every: p.Every,
	}
	switch {
	case p.Zone != "":
		r.Where, r.Place = rules.InZone, p.Zone
	case p.Line != "":
		r.Where, r.Place = rules.AcrossLine, p.Line
	}
	for _, a := range p.Then {
		r.Then = append(r.Then, rules.Action{
			Do: rules.Kind(a.Do), To: a.To, Picture: a.Picture, Before: a.Before, After: a.After,
		})
	}
	return r
}
