package ui

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// ruleEditor is the modal in which a rule is made: choices that write its sentence, and the
// sentence itself, which can say more than the choices. It belongs to the UI goroutine.
type ruleEditor struct {
	*panel
	at    int // of the rule in the settings; -1 for a new one
	parts RuleParts

	text    *kit.Entry
	choices []ruleChoice
	checks  []ruleCheck
	filling bool // the choices are being shown: what they say is not the user's word
	save    *kit.Button
	try     *kit.Button
}

// ruleChoice is one of the parts of a rule that there is a choice for.
type ruleChoice struct {
	choice  *kit.Select
	options func(RuleParts) []ruleOption // the one that the rule has is among them
}

// ruleOption is one that can be chosen.
type ruleOption struct {
	name string
	is   func(RuleParts) bool
	make func(*RuleParts)
}

// ruleCheck is something to be done or not.
type ruleCheck struct {
	check *kit.Check
	do    RuleAction
}

// editRule opens the editor for a rule of the settings, or for a new one.
func (w *Window) editRule(at int) {
	if w.cfg.Rules == nil {
		return
	}
	if at < 0 && len(w.settings.Rules) >= maxRules {
		return
	}
	e := &ruleEditor{panel: newPanel(w), at: at}
	e.parts = RuleParts{Every: 60, Then: []RuleAction{{Do: "snapshot"}}}
	if labels := w.model.model.Labels; slices.Contains(labels, "person") {
		e.parts.Classes = []string{"person"}
	}
	text := w.cfg.Rules.Write(e.parts)
	if at >= 0 {
		text = w.settings.Rules[at].Text
	}
	e.build()
	e.text.SetText(text)
	title := kit.L("When something happens")
	e.modal = w.modals.Show(title, 0, container.NewBorder(nil, e.said.Object, nil, nil, e.scroll),
		func() { e.closed = true }, e.try,
		kit.NewButton(kit.L("Cancel"), nil, func() { e.modal.Close() }), e.save)
	e.fit()
}

// build makes the rows.
func (e *ruleEditor) build() {
	e.text = kit.NewEntry(kit.L("The rule as a sentence"))
	e.text.MultiLine = true
	e.text.Wrapping = fyne.TextWrapWord
	e.text.SetMinRowsVisible(3)
	e.text.OnChanged = func(string) { e.read() }
	e.save = kit.NewButton(kit.L("Save"), nil, e.done)
	e.save.Importance = widget.HighImportance
	e.try = kit.NewButton(kit.L("Try it now"), nil, func() {
		text := e.text.Text
		e.act("rule try", func() error { return e.w.cfg.Rules.Try(text) },
			kit.L("Done as if it had happened."), func() {})
	})
	row := func(name string, options func(RuleParts) []ruleOption) {
		c := ruleChoice{options: options}
		c.choice = kit.NewSelect(func(string) { e.chosen(c.choice, options) })
		e.choices = append(e.choices, c)
		e.body.Add(panelChoice(name, c.choice))
	}
	row(kit.L("When"), e.classOptions)
	row(kit.L("Where"), e.placeOptions)
	row(kit.L("How many"), countOptions)
	row(kit.L("For how long"), longOptions)
	row(kit.L("At what hours"), hourOptions)
	row(kit.L("At most"), everyOptions)
	e.body.Add(widget.NewSeparator())
	e.body.Add(panelTitle(kit.L("Then")))
	grid := container.NewGridWithColumns(2)
	for _, c := range []struct {
		name string
		do   RuleAction
	}{
		{kit.L("Save a picture"), RuleAction{Do: "snapshot"}},
		{kit.L("Save a video of it"), RuleAction{Do: "clip", Before: 5, After: 5}},
		{kit.L("Make a sound"), RuleAction{Do: "sound"}},
		{kit.L("Show a notification"), RuleAction{Do: "notify"}},
	} {
		check := kit.NewCheck(c.name, func(on bool) { e.checked(c.do, on) })
		e.checks = append(e.checks, ruleCheck{check, c.do})
		grid.Add(check)
	}
	e.body.Add(grid)
	e.body.Add(widget.NewSeparator())
	e.body.Add(e.text)
	e.body.Add(kit.NewNote(kit.L("The sentence can say more: person or dog, a name (Gate: when " +
		"…), webhook ADDRESS, command \"…\".")).Object)
}

// read shows what the sentence says.
func (e *ruleEditor) read() {
	parts, err := e.w.cfg.Rules.Read(e.text.Text)
	if err != nil {
		e.said.Set(kit.L("Not understood: {{.Why}}",
			map[string]any{"Why": kit.Printable(err.Error(), kit.MaxReason)}),
			theme.ColorNameError)
		e.save.Disable()
		e.try.Disable()
		e.fit()
		return
	}
	e.parts = parts
	e.said.Set("", theme.ColorNameSuccess)
	e.save.Enable()
	e.try.Enable()
	e.filling = true
	defer func() { e.filling = false }()
	for _, c := range e.choices {
		var names []string
		selected := ""
		for _, o := range c.options(parts) {
			names = append(names, o.name)
			if selected == "" && o.is(parts) {
				selected = o.name
			}
		}
		c.choice.Options, c.choice.Selected = names, selected
		c.choice.Refresh()
	}
	for _, c := range e.checks {
		c.check.ShowChecked(slices.ContainsFunc(parts.Then, func(a RuleAction) bool {
			return a.Do == c.do.Do
		}))
	}
	e.fit()
}

// write makes the sentence anew.
func (e *ruleEditor) write(change func(*RuleParts)) {
	if e.filling {
		return
	}
	parts := e.parts
	parts.Then = slices.Clone(parts.Then)
	change(&parts)
	e.text.SetText(e.w.cfg.Rules.Write(parts))
}

func (e *ruleEditor) chosen(choice *kit.Select, options func(RuleParts) []ruleOption) {
	for _, o := range options(e.parts) {
		if o.name == choice.Selected && !o.is(e.parts) {
			e.write(o.make)
			return
		}
	}
}

func (e *ruleEditor) checked(do RuleAction, on bool) {
	e.write(func(p *RuleParts) {
		p.Then = slices.DeleteFunc(p.Then, func(a RuleAction) bool { return a.Do == do.Do })
		if on {
			p.Then = append(p.Then, do)
		}
	})
}

// done takes the rule over.
func (e *ruleEditor) done() {
	text := strings.TrimSpace(e.text.Text)
	e.w.change(func(s *Settings) {
		if e.at < 0 || e.at >= len(s.Rules) {
			s.Rules = append(s.Rules, Rule{Text: text})
			return
		}
		s.Rules[e.at].Text = text
	})
	e.modal.Close()
}

// own adds the option that a rule has when it is none of the others.
func own(options []ruleOption, p RuleParts, name string) []ruleOption {
	if slices.ContainsFunc(options, func(o ruleOption) bool { return o.is(p) }) {
		return options
	}
	same := func(RuleParts) bool { return true }
	return append(options, ruleOption{name: name, is: same, make: func(*RuleParts) {}})
}

func (e *ruleEditor) classOptions(p RuleParts) []ruleOption {
	options := []ruleOption{{
		name: kit.L("anything"), is: func(p RuleParts) bool { return len(p.Classes) == 0 },
		make: func(p *RuleParts) { p.Classes = nil },
	}}
	for _, label := range e.w.model.model.Labels {
		options = append(options, ruleOption{
			name: kit.Printable(label, kit.MaxLabel),
			is:   func(p RuleParts) bool { return len(p.Classes) == 1 && p.Classes[0] == label },
			make: func(p *RuleParts) { p.Classes = []string{label} },
		})
	}
	return own(options, p, kit.Printable(strings.Join(p.Classes, ", "), kit.MaxReason))
}

func (e *ruleEditor) placeOptions(p RuleParts) []ruleOption {
	place := func(name, zone, line string, missing bool) ruleOption {
		return ruleOption{
			name: name,
			is: func(p RuleParts) bool {
				return p.Zone == zone && p.Line == line && p.Missing == missing
			},
			make: func(p *RuleParts) {
				p.Zone, p.Line, p.Missing = zone, line, missing
				if missing || line != "" && p.Seconds == 0 {
					p.MoreThan = 0
				}
			},
		}
	}
	options := []ruleOption{
		place(kit.L("is in the picture"), "", "", false),
		place(kit.L("is missing"), "", "", true),
	}
	for _, g := range e.w.settings.Counted {
		words := map[string]any{"Name": kit.Printable(g.Name, maxRegionName)}
		if g.IsLine() {
			options = append(options,
				place(kit.L("crosses {{.Name}}", words), "", g.Name, false))
			continue
		}
		options = append(options, place(kit.L("is in {{.Name}}", words), g.Name, "", false),
			place(kit.L("is missing in {{.Name}}", words), g.Name, "", true))
	}
	return own(options, p, kit.Printable(p.Zone+p.Line, kit.MaxReason))
}

func countOptions(p RuleParts) []ruleOption {
	var options []ruleOption
	for _, n := range []int{0, 1, 2, 3, 5, 10, 20} {
		name := kit.L("at least one")
		if n > 0 {
			name = kit.L("more than {{.Number}}", map[string]any{"Number": n})
		}
		options = append(options, ruleOption{
			name: name, is: func(p RuleParts) bool { return p.MoreThan == n },
			make: func(p *RuleParts) {
				p.MoreThan = n
				if n > 0 && p.Line != "" && p.Seconds == 0 {
					p.Seconds = 60
				}
				p.Missing = p.Missing && n == 0
			},
		})
	}
	return own(options, p, fmt.Sprint(p.MoreThan))
}

func longOptions(p RuleParts) []ruleOption {
	var options []ruleOption
	for _, s := range []float64{0, 1, 3, 5, 10, 30, 60, 300, 600} {
		name := span(s)
		if s == 0 {
			name = kit.L("at once")
		}
		options = append(options, ruleOption{
			name: name, is: func(p RuleParts) bool { return p.Seconds == s },
			make: func(p *RuleParts) {
				p.Seconds = s
				if s == 0 && p.Line != "" {
					p.MoreThan = 0
				}
			},
		})
	}
	return own(options, p, span(p.Seconds))
}

func everyOptions(p RuleParts) []ruleOption {
	var options []ruleOption
	for _, s := range []float64{0, 10, 60, 600, 3600} {
		name := kit.L("once in {{.Time}}", map[string]any{"Time": span(s)})
		if s == 0 {
			name = kit.L("each time")
		}
		options = append(options, ruleOption{
			name: name, is: func(p RuleParts) bool { return p.Every == s },
			make: func(p *RuleParts) { p.Every = s },
		})
	}
	return own(options, p, span(p.Every))
}

func hourOptions(p RuleParts) []ruleOption {
	options := []ruleOption{{
		name: kit.L("at any hour"), is: func(p RuleParts) bool { return p.From == p.To },
		make: func(p *RuleParts) { p.From, p.To = 0, 0 },
	}}
	for _, h := range [][2]int{{22, 6}, {6, 22}, {8, 18}, {18, 8}} {
		from, to := h[0]*60, h[1]*60
		options = append(options, ruleOption{
			name: hours(from, to), is: func(p RuleParts) bool {
				return p.From == from && p.To == to
			},
			make: func(p *RuleParts) { p.From, p.To = from, to },
		})
	}
	return own(options, p, hours(p.From, p.To))
}

func hours(from, to int) string {
	return fmt.Sprintf("%02d:%02d–%02d:%02d", from/60, from%60, to/60, to%60)
}

// span is a length of time as a choice shows it.
func span(seconds float64) string {
	switch {
	case seconds >= 3600 && seconds == float64(int(seconds/3600))*3600:
		return kit.L("{{.Hours}} h", map[string]any{"Hours": seconds / 3600})
	case seconds >= 60 && seconds == float64(int(seconds/60))*60:
		return kit.L("{{.Minutes}} min", map[string]any{"Minutes": seconds / 60})
	}
	return kit.L("{{.Seconds}} s", map[string]any{"Seconds": seconds})
}
