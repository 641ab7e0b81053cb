package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// The values of Settings.DetectOn. DetectOnAutomatic moves detection to where boxes are youngest.
const (
	DetectOnComputer  = "computer"
	DetectOnPhone     = "phone"
	DetectOnAutomatic = "auto"
)

// detectPlaces are the values in the order of the choice.
var detectPlaces = [...]string{DetectOnComputer, DetectOnPhone, DetectOnAutomatic}

// MoveWhy is why detection runs somewhere else from now on; 0: somebody wants it there.
type MoveWhy int

// The reasons: boxes were late where it ran, and the phone has stopped.
const (
	_ MoveWhy = iota
	MoveYounger
	MoveStopped
)

// placeChooser is the sidebar's part about where detection runs, and what it is like there. It
// belongs to the UI goroutine.
type placeChooser struct {
	object fyne.CanvasObject
	w      *Window
	choice *kit.Select
	// A line each: this computer's figures, the phone's, and what keeps the phone from it.
	lines [3]*widget.Label
}

func newPlaceChooser(w *Window) *placeChooser {
	c := &placeChooser{w: w}
	c.choice = kit.NewSelect(func(string) {
		if i := c.choice.SelectedIndex(); i >= 0 {
			w.change(func(s *Settings) { s.DetectOn = detectPlaces[i] })
		}
	})
	for _, p := range detectPlaces {
		c.choice.Options = append(c.choice.Options, placeText(p))
	}
	rows := []fyne.CanvasObject{container.NewBorder(nil, nil,
		kit.MinWidth(76, widget.NewLabel(kit.L("Detect on"))), nil, c.choice)}
	for i := range c.lines {
		c.lines[i] = widget.NewLabel("")
		c.lines[i].Wrapping = fyne.TextWrapWord
		c.lines[i].Importance = widget.LowImportance
		c.lines[i].Hide()
		rows = append(rows, c.lines[i])
	}
	c.object = container.NewVBox(rows...)
	return c
}

// placeText is a place as the choice names it.
func placeText(place string) string {
	switch place {
	case DetectOnPhone:
		return kit.L("The phone")
	case DetectOnAutomatic:
		return kit.L("Automatic")
	}
	return kit.L("This computer")
}

// settingsChanged shows what is set.
func (c *placeChooser) settingsChanged() {
	showSelected(c.choice, placeText(c.w.settings.DetectOn))
}

// update shows what the chosen phones say; with several of them there is no one answer.
func (c *placeChooser) update(all []phoneStatus) {
	var text [len(c.lines)]string
	if len(all) == 1 {
		text = placeLines(all[0].detection)
	}
	for i, l := range c.lines {
		if l.Text != text[i] {
			l.SetText(text[i])
		}
		kit.SetVisible(l, text[i] != "")
	}
}

// detectionStatus is what a phone's status has of where detection runs.
type detectionStatus struct {
	on              tile.Place
	computer, phone tile.PlaceFigures
	state           tile.PhoneDetector
}

// placeLines words it. The place where it runs is marked.
func placeLines(d detectionStatus) (lines [3]string) {
	mark := func(on bool, text string) string {
		if on {
			return "• " + text
		}
		return text
	}
	if words := d.computer.Words(); words != "" {
		lines[0] = mark(d.on == tile.OnComputer,
			kit.L("This computer: {{.Figures}}", map[string]any{"Figures": words}))
	}
	if words := d.phone.Words(); words != "" {
		lines[1] = mark(d.on == tile.OnPhone,
			kit.L("The phone: {{.Figures}}", map[string]any{"Figures": words}))
	}
	switch d.state {
	case tile.PhoneLoading:
		lines[2] = kit.L("The phone is loading its detector")
	case tile.PhoneSlow:
		lines[2] = kit.L("The phone is slow at it: this computer does better")
	case tile.PhoneNoMemory:
		lines[2] = kit.L("The phone has too little memory to detect")
	case tile.PhoneNoEngine:
		lines[2] = kit.L("The phone's browser cannot run a detector")
	case tile.PhoneNoModel:
		lines[2] = kit.L("The phone could not run this detector")
	}
	return lines
}

// DetectionMoved tells that detection runs somewhere else for the phone of that name.
func (w *Window) DetectionMoved(phone string, to tile.Place, why MoveWhy) {
	w.Notice(kit.Notice{Kind: kit.Info, Text: movedText(
		map[string]any{"Name": kit.Printable(phone, kit.MaxName)}, to, why)})
}

func movedText(name map[string]any, to tile.Place, why MoveWhy) string {
	switch {
	case to == tile.OnPhone && why == MoveYounger:
		return kit.L("{{.Name}} detects by itself now: boxes came late from this computer", name)
	case to == tile.OnPhone:
		return kit.L("{{.Name}} detects by itself now", name)
	case why == MoveStopped:
		return kit.L("{{.Name}} has stopped detecting: this computer goes on", name)
	case why == MoveYounger:
		return kit.L("This computer detects for {{.Name}} again: its boxes are younger", name)
	}
	return kit.L("This computer detects for {{.Name}} again", name)
}
