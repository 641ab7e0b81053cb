package ui

import (
	"fmt"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// sidebar is the column left of the pictures: what detects, what is shown of it, what is counted
// and what is kept. It belongs to the UI goroutine. Everything that is set here goes through
// [Window.change]; everything that is shown follows settingsChanged and update.
type sidebar struct {
	object fyne.CanvasObject
	w      *Window

	model      *modelChooser
	place      *placeChooser
	confidence *kit.Slider
	percent    *widget.Label
	classes    *classList
	regions    *regionList
	rules      *ruleList // nil without Config.Rules
	checks     []settingCheck
	replay     *kit.Select
}

// settingCheck is a switch for one of the settings.
type settingCheck struct {
	check *kit.Check
	of    func(*Settings) *bool
}

// sidebarWidth is that of the column.
const sidebarWidth = 292

func newSidebar(w *Window) *sidebar {
	s := &sidebar{w: w}
	s.model = newModelChooser(w)
	s.place = newPlaceChooser(w)
	s.classes = newClassList(w)
	s.regions = newRegionList(w)
	body := container.NewVBox(
		s.section(kit.L("Detector"), nil, container.NewVBox(s.model.object,
			s.place.object, s.confidenceRow())),
		s.section(kit.L("Classes"), s.classes.tools, s.classes.object),
		s.section(kit.L("Picture"), nil, container.NewGridWithColumns(2,
			s.check(kit.L("Boxes"), func(v *Settings) *bool { return &v.Boxes }),
			s.check(kit.L("Labels"), func(v *Settings) *bool { return &v.Labels }),
			s.check(kit.L("Numbers"), func(v *Settings) *bool { return &v.IDs }),
			s.check(kit.L("Trails"), func(v *Settings) *bool { return &v.Trails }),
		)),
		s.section(kit.L("Lines and zones"), s.regions.tools, container.NewVBox(
			s.check(kit.L("Show them"), func(v *Settings) *bool { return &v.Regions }),
			s.regions.object)),
	)
	if w.cfg.Rules != nil {
		s.rules = newRuleList(w)
		body.Add(s.section(kit.L("Rules"), s.rules.tools, s.rules.object))
	}
	body.Add(s.section(kit.L("Recording"), nil, s.recordingRows()))
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 12, 10, 14), body))
	s.object = scroll
	s.settingsChanged()
	return s
}

// section is a heading, with small buttons beside it or none, and what belongs to it on a card.
func (s *sidebar) section(title string, tools, body fyne.CanvasObject) fyne.CanvasObject {
	name := widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	head := container.NewBorder(nil, nil, nil, tools, name)
	return container.New(layout.NewCustomPaddedVBoxLayout(0), head,
		container.NewStack(kit.NewBackground(kit.ColorCard, kit.CardRadius), kit.Inset(6, body)))
}

func (s *sidebar) confidenceRow() fyne.CanvasObject {
	s.percent = widget.NewLabel("")
	s.confidence = kit.NewSlider(leastConfidence, mostConfidence, 0.01)
	s.confidence.OnChanged = func(c float64) { s.w.change(func(v *Settings) { v.Confidence = c }) }
	return container.NewBorder(nil, nil, widget.NewLabel(kit.L("Confidence")),
		kit.MinWidth(54, s.percent), s.confidence)
}

func (s *sidebar) recordingRows() fyne.CanvasObject {
	s.replay = kit.NewSelect(func(string) {
		if i := s.replay.SelectedIndex(); i >= 0 {
			s.w.change(func(v *Settings) { v.Replay = replays[i] })
		}
	})
	for _, d := range replays {
		s.replay.Options = append(s.replay.Options, spanChoice(d))
	}
	return container.New(layout.NewCustomPaddedVBoxLayout(0),
		s.check(kit.L("Sound of the phone"), func(v *Settings) *bool { return &v.KeepAudio }),
		s.check(kit.L("What was found, as data"), func(v *Settings) *bool { return &v.KeepData }),
		s.check(kit.L("A page about what happened"), func(v *Settings) *bool {
			return &v.KeepReport
		}),
		s.check(kit.L("The video without boxes too"), func(v *Settings) *bool {
			return &v.KeepClean
		}),
		container.NewBorder(nil, nil, widget.NewLabel(kit.L("Replay")), nil, s.replay),
	)
}

// check is a switch for one of the settings.
func (s *sidebar) check(text string, of func(*Settings) *bool) fyne.CanvasObject {
	c := kit.NewCheck(text, func(on bool) { s.w.change(func(v *Settings) { *of(v) = on }) })
	s.checks = append(s.checks, settingCheck{c, of})
	return c
}

// settingsChanged shows the settings, without calling anything.
func (s *sidebar) settingsChanged() {
	now := s.w.settings
	for _, c := range s.checks {
		c.check.ShowChecked(*c.of(&now))
	}
	if s.confidence.Value != now.Confidence {
		s.confidence.Value = now.Confidence
		s.confidence.Refresh()
	}
	if text := fmt.Sprintf("%d %%", int(math.Round(100*now.Confidence))); s.percent.Text != text {
		s.percent.SetText(text)
	}
	showSelected(s.replay, spanChoice(now.Replay))
	s.model.settingsChanged()
	s.place.settingsChanged()
	if s.rules != nil {
		s.rules.update()
	}
	s.update()
}

// spanChoice is a length of the past as a choice shows it.
func spanChoice(d time.Duration) string {
	if d < time.Minute {
		return kit.L("{{.Seconds}} s", map[string]any{"Seconds": int(d / time.Second)})
	}
	return kit.L("{{.Minutes}} min", map[string]any{"Minutes": int(d / time.Minute)})
}

// showSelected shows a choice that was made elsewhere, without calling OnChanged.
func showSelected(s *kit.Select, option string) {
	if s.Selected != option {
		s.Selected = option
		s.Refresh()
	}
}

// update shows what the chosen phones say.
func (s *sidebar) update() {
	all := s.w.live.chosenStatus()
	s.place.update(all)
	s.classes.update(all)
	s.regions.update(all)
}
