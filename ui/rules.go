package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// maxRuleText bounds a rule's sentence where it is shown, in characters.
const maxRuleText = 300

const (
	// ruleQuiet is how long a rule of a phone is not spoken of again: it may come true each second,
	// and the list says when it last did.
	ruleQuiet = time.Minute
	// ruleStays is how long such a notice stands: it is short, and lies over the picture.
	ruleStays = 4 * time.Second
)

// RuleFired says that a rule has come true. Any goroutine may call it.
func (w *Window) RuleFired(rule, phone string) {
	text := kit.JoinDots(kit.Printable(rule, kit.MaxReason), kit.Printable(phone, kit.MaxName))
	now := time.Now()
	w.queue.Post("rule "+text, func() {
		list := w.live.sidebar.rules
		if list == nil {
			return
		}
		if now.Sub(list.said[text]) >= ruleQuiet {
			maps.DeleteFunc(list.said, func(_ string, at time.Time) bool {
				return now.Sub(at) >= ruleQuiet
			})
			list.said[text] = now
			w.toasts.addFor(kit.Notice{Kind: kit.Info, Text: text}, ruleStays)
		}
		list.refresh()
	})
}

// ruleList shows the rules with when they fired, and makes, changes, tries and removes them. It
// belongs to the UI goroutine.
type ruleList struct {
	object *fyne.Container
	tools  fyne.CanvasObject
	w      *Window
	rows   []*ruleRow
	listed []Rule // those that have rows
	fired  map[string]time.Time
	said   map[string]time.Time // when a notice spoke of a rule and a phone
}

type ruleRow struct {
	object fyne.CanvasObject
	detail *kit.Note
	text   string // the sentence, as Rules.Write makes it; "" for one that is not understood
	does   string
}

func newRuleList(w *Window) *ruleList {
	r := &ruleList{w: w, object: container.NewVBox(), said: make(map[string]time.Time)}
	add := kit.NewToolButton(w.hints, kit.L("Add a rule"), theme.ContentAddIcon(), func() {
		w.editRule(-1)
	})
	add.Importance = widget.LowImportance
	r.tools = add
	r.build()
	return r
}

// update shows the rules that are set.
func (r *ruleList) update() {
	if !slices.Equal(r.listed, r.w.settings.Rules) {
		r.build()
		r.refresh()
	}
}

// refresh asks when the rules fired last, and shows it.
func (r *ruleList) refresh() {
	w := r.w
	if w.cfg.Rules == nil || len(r.rows) == 0 {
		return
	}
	w.tasks.Once("rules fired", func() {
		fired := w.cfg.Rules.Fired()
		w.queue.Post(w.tasks.Key("rules fired"), func() {
			r.fired = maps.Clone(fired)
			for _, row := range r.rows {
				row.say(r.fired)
			}
		})
	})
}

// say shows what the rule does, and when it fired last.
func (row *ruleRow) say(fired map[string]time.Time) {
	if row.text == "" {
		return
	}
	last, color := "", theme.ColorNamePlaceHolder
	if at, ok := fired[row.text]; ok {
		last, color = kit.When(at, time.Now()), theme.ColorNameSuccess
	}
	row.detail.Set(kit.JoinDots(row.does, last), color)
}

// doesWords are what a rule does, in short.
func doesWords(then []RuleAction) string {
	var all []string
	for _, a := range then {
		all = append(all, deedWord(a.Do))
	}
	return strings.Join(all, ", ")
}

// deedWord names what a rule can do.
func deedWord(do string) string {
	switch do {
	case "snapshot":
		return kit.L("picture")
	case "clip":
		return kit.L("video")
	case "sound":
		return kit.L("sound")
	case "notify":
		return kit.L("notification")
	case "command":
		return kit.L("command")
	}
	if do == "mqtt" {
		return "MQTT"
	}
	return do // webhook
}

// RuleFailed says what a rule could not do, and why. Any goroutine may call it.
func (w *Window) RuleFailed(rule, do string, why error) {
	w.Notice(kit.Notice{
		Kind: kit.Failure,
		Text: kit.L("{{.Name}}: {{.What}} failed ({{.Why}})", map[string]any{
			"Name": kit.Printable(rule, kit.MaxReason), "What": deedWord(do),
			"Why": kit.Printable(why.Error(), kit.MaxReason),
		}),
	})
}

func (r *ruleList) build() {
	r.listed = slices.Clone(r.w.settings.Rules)
	r.rows = nil
	r.object.Objects = nil
	for i, rule := range r.listed {
		row := r.newRow(i, rule)
		r.rows = append(r.rows, row)
		r.object.Objects = append(r.object.Objects, row.object)
	}
	if len(r.listed) == 0 {
		r.object.Objects = append(r.object.Objects, kit.NewNote(kit.L("Say what is to be done "+
			"when something happens: a picture, a video, a sound, a message.")).Object)
	}
	r.object.Refresh()
}

func (r *ruleList) newRow(i int, rule Rule) *ruleRow {
	row := &ruleRow{detail: kit.NewNote("")}
	title := rule.Text
	parts, err := r.w.cfg.Rules.Read(rule.Text)
	if err == nil {
		row.text, title = r.w.cfg.Rules.Write(parts), r.w.cfg.Rules.Title(parts)
		row.does = doesWords(parts.Then)
	}
	title = kit.Printable(title, maxRuleText)
	on := kit.NewCheck("", func(on bool) {
		r.w.change(func(s *Settings) {
			if i < len(s.Rules) && s.Rules[i].Text == rule.Text {
				s.Rules[i].Off = !on
			}
		})
	})
	on.Checked = !rule.Off
	words := map[string]any{"Name": kit.Printable(title, kit.MaxName)}
	edit := kit.NewToolButton(r.w.hints, kit.L("Change {{.Name}}", words),
		theme.DocumentCreateIcon(), func() { r.w.editRule(i) })
	remove := kit.NewToolButton(r.w.hints, kit.L("Remove {{.Name}}", words), theme.DeleteIcon(),
		func() { r.w.removeRule(i) })
	edit.Importance, remove.Importance = widget.LowImportance, widget.LowImportance
	sentence := kit.NewNote(title)
	sentence.Segment.Style.ColorName = theme.ColorNameForeground
	row.detail.Segment.Style.SizeName = theme.SizeNameCaptionText
	if err != nil {
		row.detail.Set(kit.L("Not understood: {{.Why}}",
			map[string]any{"Why": kit.Printable(err.Error(), kit.MaxReason)}),
			theme.ColorNameError)
	} else {
		row.say(r.fired)
	}
	tools := container.New(layout.NewCustomPaddedHBoxLayout(-2), edit, remove)
	top := container.NewBorder(nil, nil, on, nil, sentence.Object)
	below := container.NewBorder(nil, nil, nil, middled(tools), row.detail.Object)
	row.object = container.New(layout.NewCustomPaddedVBoxLayout(-10), top, below)
	return row
}

// removeRule removes one and offers to bring it back.
func (w *Window) removeRule(i int) {
	gone := w.settings.Rules[i]
	w.change(func(s *Settings) { s.Rules = slices.Delete(s.Rules, i, i+1) })
	w.toasts.add(kit.Notice{
		Kind: kit.Info, Text: kit.L("The rule was removed"), ActionLabel: kit.L("Undo"),
		Action: func() {
			w.queue.Post(w.tasks.Key("undo"), func() {
				w.change(func(s *Settings) {
					s.Rules = slices.Insert(s.Rules, min(i, len(s.Rules)), gone)
				})
			})
		},
	})
}
