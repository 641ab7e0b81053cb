package ui

import (
	"net/url"
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

// The values of Settings.Approve.
const (
	ApproveAuto = "auto"
	ApproveAsk  = "ask"
)

// MostPhones is the most that may be here at once.
const MostPhones = 8

// guardPanel is the modal that says who may join. It belongs to the UI goroutine.
type guardPanel struct {
	*panel
	rule    *kit.Note
	list    *fyne.Container
	known   []KnownPhone
	doubted string // the ID of the phone that is about to be revoked; "" for none
}

// showGuard shows who may join.
func (w *Window) showGuard() {
	if w.guard != nil {
		return
	}
	g := &guardPanel{panel: newPanel(w), rule: kit.NewNote(""), list: container.NewVBox()}
	w.guard = g
	for _, row := range []fyne.CanvasObject{g.approveRow(), g.rule.Object, g.phonesRow()} {
		g.body.Add(row)
	}
	if w.cfg.Guard != nil {
		g.body.Add(g.codeRow())
		g.body.Add(widget.NewSeparator())
		g.body.Add(panelTitle(kit.L("Phones that are always allowed")))
		g.body.Add(g.list)
	}
	for _, text := range w.tellsOthers() {
		note := kit.NewNote("")
		note.Set(text, theme.ColorNameWarning)
		g.body.Add(note.Object)
	}
	g.sayRule()
	g.show(kit.L("Who may join"), func() { w.guard = nil })
	w.guardChanged()
}

// tellsOthers are the sentences about what else learns of the phones, by the user's own wish.
func (w *Window) tellsOthers() (all []string) {
	if servers := w.cfg.ICEServers; len(servers) > 0 {
		all = append(all, kit.L("An ICE server is used: {{.Servers}}. Packets leave the local "+
			"network: it learns the addresses of this computer, of phones and of viewers, and a "+
			"TURN server passes their video on, encrypted.",
			map[string]any{"Servers": strings.Join(servers, ", ")}))
	}
	if u, err := url.Parse(w.settings.Broker); err == nil && u.Host != "" && w.cfg.Broker != nil {
		all = append(all, kit.L("The MQTT broker {{.Broker}} is told the names of phones, what "+
			"they count, and which rules fire; it gets no picture.",
			map[string]any{"Broker": kit.Printable(u.Host, kit.MaxReason)}))
	}
	if u, err := url.Parse(w.settings.Provider); err == nil && u.Host != "" {
		host := map[string]any{"Server": kit.Printable(u.Host, kit.MaxReason)}
		all = append(all, kit.L("Each picture that is looked at is sent to the server "+
			"{{.Server}}, as the numbers that the detector takes; nothing else is.", host))
		if u.Scheme != "https" {
			all = append(all, kit.L("What the server {{.Server}} is sent is not encrypted.", host))
		}
	}
	if u, err := url.Parse(w.settings.Forward); err == nil && u.Host != "" &&
		w.cfg.Forwarder != nil {
		all = append(all, kit.L("The video of phones is sent to {{.Host}}, without sound.",
			map[string]any{"Host": kit.Printable(u.Host, kit.MaxReason)}))
	}
	return all
}

// guardButton opens the panel from where the code is.
func (w *Window) guardButton() *kit.Button {
	b := kit.NewButton(kit.L("Who may join"), iconGuard, w.showGuard)
	b.Importance = widget.LowImportance
	return b
}

func (g *guardPanel) approveRow() fyne.CanvasObject {
	names := []string{kit.L("The code is enough"), kit.L("Ask for each new phone")}
	values := []string{ApproveAuto, ApproveAsk}
	choice := kit.NewSelect(func(name string) {
		if i := slices.Index(names, name); i >= 0 {
			g.w.change(func(s *Settings) { s.Approve = values[i] })
			g.sayRule()
			g.fit()
		}
	})
	choice.Options = names
	choice.Selected = names[max(0, slices.Index(values, g.w.settings.Approve))]
	return panelChoice(kit.L("New phones"), choice)
}

// sayRule says what the choice means.
func (g *guardPanel) sayRule() {
	text := kit.L("Whoever has scanned or typed the code can show a picture here.")
	if g.w.settings.Approve == ApproveAsk {
		text = kit.L("A phone with the code waits until it is let in here. One that is always " +
			"allowed is not asked for again.")
	}
	g.rule.Set(text, theme.ColorNamePlaceHolder)
}

func (g *guardPanel) phonesRow() fyne.CanvasObject {
	names := make([]string, MostPhones)
	for i := range names {
		names[i] = kit.N("1 phone", "{{.Count}} phones", i+1, nil)
	}
	choice := kit.NewSelect(func(name string) {
		if i := slices.Index(names, name); i >= 0 {
			g.w.change(func(s *Settings) { s.MaxPhones = i + 1 })
		}
	})
	choice.Options = names
	choice.Selected = names[g.w.settings.MaxPhones-1]
	return panelChoice(kit.L("At most"), choice)
}

func (g *guardPanel) codeRow() fyne.CanvasObject {
	return panelDeed(kit.L("The present code stops working. Phones that are here stay, and "+
		"those that are always allowed still join."),
		kit.NewButton(kit.L("New code"), theme.ViewRefreshIcon(), func() {
			g.act("guard renew", g.w.cfg.Guard.RenewCode,
				kit.L("There is a new code. The old one lets nobody in."), g.w.guardChanged)
		}))
}

// guardChanged reads again, if the panel is open, which phones are known.
func (w *Window) guardChanged() {
	if w.guard == nil || w.cfg.Guard == nil {
		return
	}
	w.tasks.Go(func() {
		known := w.cfg.Guard.Known()
		w.queue.Post("known phones", func() {
			if w.guard != nil {
				w.guard.fill(known)
			}
		})
	})
}

// fill lists the known phones.
func (g *guardPanel) fill(known []KnownPhone) {
	g.known = known
	g.list.RemoveAll()
	if len(known) == 0 {
		g.list.Add(
			kit.NewNote(kit.L("None yet. Answer a phone that asks with “Always allow”, and " +
				"it is listed here.")).Object)
	}
	for _, p := range known {
		if p.ID == g.doubted {
			g.list.Add(g.doubt(p))
		} else {
			g.list.Add(g.row(p))
		}
	}
	g.fit()
}

// row is one known phone.
func (g *guardPanel) row(p KnownPhone) fyne.CanvasObject {
	c := theme.ColorNamePlaceHolder
	if p.Here {
		c = theme.ColorNameSuccess
	}
	return panelDevice(knownName(p), knownDetail(p, time.Now()), c,
		kit.NewButton(kit.L("Revoke…"), nil, func() {
			g.doubted = p.ID
			g.fill(g.known)
		}))
}

// doubt asks whether a phone is really to be revoked.
func (g *guardPanel) doubt(p KnownPhone) fyne.CanvasObject {
	words := widget.NewLabel(
		kit.L("Revoke {{.Name}}? It is sent away, and a new code is made that "+
			"it does not know.", map[string]any{"Name": knownName(p)}))
	words.Wrapping = fyne.TextWrapWord
	over := func() {
		g.doubted = ""
		g.fill(g.known)
	}
	keep := kit.NewButton(kit.L("Cancel"), nil, over)
	revoke := kit.NewButton(kit.L("Revoke"), theme.DeleteIcon(), func() {
		over()
		g.act("guard revoke "+p.ID, func() error { return g.w.cfg.Guard.Revoke(p.ID) },
			kit.L("{{.Name}} was revoked, and there is a new code.",
				map[string]any{"Name": knownName(p)}), g.w.guardChanged)
	})
	revoke.Importance = widget.DangerImportance
	return kit.Card(container.NewVBox(words,
		container.NewHBox(layout.NewSpacer(), keep, revoke)))
}

func knownName(p KnownPhone) string {
	if name := kit.Printable(p.Name, kit.MaxName); name != "" {
		return name
	}
	return kit.L("A phone")
}

// knownDetail says since when a phone is known, and when it was here.
func knownDetail(p KnownPhone, now time.Time) string {
	seen := ""
	switch {
	case p.Here:
		seen = kit.L("here now")
	case !p.Seen.IsZero():
		seen = kit.L("last here {{.Time}}", map[string]any{"Time": kit.DaysAgo(p.Seen, now)})
	}
	added := ""
	if !p.Added.IsZero() {
		added = kit.L("let in {{.Time}}", map[string]any{"Time": kit.DaysAgo(p.Added, now)})
	}
	return kit.JoinDots(seen, added)
}
