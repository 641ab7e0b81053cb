package ui

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/inference/track"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// maxRegionName bounds the names of lines and zones, in characters.
const maxRegionName = 30

// regionList shows the lines and zones with what they counted, and makes, names and removes them.
// The tiles draw them. It belongs to the UI goroutine.
type regionList struct {
	object *fyne.Container
	tools  fyne.CanvasObject
	w      *Window
	rows   []*regionRow
	empty  *kit.Note
	listed []track.Region // those that have rows
	line   *kit.ToolButton
	zone   *kit.ToolButton
	edit   *kit.ToolButton
	moving bool // the pictures have handles on the points
}

type regionRow struct {
	object fyne.CanvasObject
	tally  *kit.Note
	chart  *chart // who was in a zone, or crossed a line
}

func newRegionList(w *Window) *regionList {
	r := &regionList{w: w, empty: kit.NewNote(kit.L("Draw a line to count who crosses it, or a " +
		"zone to " +
		"see who stays in it.")), object: container.NewVBox()}
	r.line = kit.NewToolButton(w.hints, kit.HintOf(kit.L("Add a line"), "I"), iconLine, func() {
		w.addRegion(true)
	})
	r.zone = kit.NewToolButton(w.hints, kit.HintOf(kit.L("Add a zone"), "Z"), iconZone, func() {
		w.addRegion(false)
	})
	r.edit = kit.NewToolButton(w.hints, kit.L("Move the points"), theme.DocumentCreateIcon(),
		func() {
			r.move(!r.moving)
		})
	r.edit.Hide()
	r.line.Importance, r.zone.Importance, r.edit.Importance = widget.LowImportance,
		widget.LowImportance, widget.LowImportance
	r.tools = container.New(layout.NewCustomPaddedHBoxLayout(0), r.edit, r.line, r.zone)
	r.object.Add(r.empty.Object)
	return r
}

// update shows the regions that are set and what the phones counted.
func (r *regionList) update(all []phoneStatus) {
	now := r.w.settings.Counted
	if !reflect.DeepEqual(names(now), names(r.listed)) || len(now) != len(r.rows) {
		r.build(now)
	}
	for i, row := range r.rows {
		row.tally.Set(tallyText(now[i], all), theme.ColorNamePlaceHolder)
		row.draw(now[i].Name, all)
	}
}

// draw shows how many were in a zone, or crossed a line, over the last minutes.
func (row *regionRow) draw(name string, all []phoneStatus) {
	var curves []curve
	if values := past(all, func(h *history, sum []int) { h.region(name, sum) }); values != nil {
		curves = []curve{{chartInk(), values}}
	}
	row.chart.set(curves)
}

// move gives the lines and zones on the pictures handles to drag their points by, or removes these.
func (r *regionList) move(on bool) {
	r.moving = on
	importance := widget.LowImportance
	if on {
		importance = widget.HighImportance
	}
	r.edit.SetStyle(theme.DocumentCreateIcon(), importance)
	for _, s := range r.w.live.phones {
		s.tile.EditRegions(r.handles())
	}
}

// handles is called with regions whose points were dragged; nil while none may be.
func (r *regionList) handles() func([]track.Region) {
	if !r.moving {
		return nil
	}
	return func(all []track.Region) {
		r.w.change(func(s *Settings) {
			for _, g := range all {
				// By name: the picture may show regions that were removed a moment ago.
				if i := slices.Index(names(s.Counted), g.Name); i >= 0 {
					s.Counted[i].Points = slices.Clone(g.Points)
				}
			}
		})
	}
}

func names(all []track.Region) (n []string) {
	for _, g := range all {
		n = append(n, g.Name)
	}
	return n
}

func (r *regionList) build(all []track.Region) {
	r.listed = slices.Clone(all)
	r.rows = nil
	r.object.Objects = nil
	for i, g := range all {
		r.rows = append(r.rows, r.newRow(i, g))
		r.object.Objects = append(r.object.Objects, r.rows[i].object)
	}
	if len(all) == 0 {
		r.object.Objects = append(r.object.Objects, r.empty.Object)
	}
	if len(all) == 0 && r.moving {
		r.move(false)
	}
	kit.SetVisible(r.edit, len(all) > 0)
	r.object.Refresh()
}

func (r *regionList) newRow(i int, g track.Region) *regionRow {
	row := &regionRow{tally: kit.NewNote(""), chart: newChart(26)}
	row.tally.Segment.Style.SizeName = theme.SizeNameCaptionText
	name := widget.NewLabelWithStyle(kit.Printable(g.Name, maxRegionName), fyne.TextAlignLeading,
		fyne.TextStyle{Bold: true})
	name.Truncation = fyne.TextTruncateEllipsis
	icon := iconZone
	if g.IsLine() {
		icon = iconLine
	}
	words := map[string]any{"Name": name.Text}
	rename := kit.NewToolButton(r.w.hints, kit.L("Rename {{.Name}}", words),
		theme.DocumentCreateIcon(), func() {
			r.w.renameRegion(i)
		})
	remove := kit.NewToolButton(r.w.hints, kit.L("Remove {{.Name}}", words), theme.DeleteIcon(),
		func() {
			r.w.removeRegion(i)
		})
	rename.Importance, remove.Importance = widget.LowImportance, widget.LowImportance
	mark := kit.Inset(6, widget.NewIcon(icon))
	top := container.NewBorder(nil, nil, mark,
		container.New(layout.NewCustomPaddedHBoxLayout(-2), rename, remove), name)
	row.object = container.NewVBox(
		container.New(layout.NewCustomPaddedVBoxLayout(-14), top, row.tally.Object),
		row.chart.object)
	return row
}

// addRegion lets the user draw a line or a zone: on the phone that is shown alone, or else on the
// first.
func (w *Window) addRegion(line bool) {
	chosen := w.live.chosen()
	if len(chosen) == 0 {
		return
	}
	if len(w.settings.Counted) >= tile.MaxRegions {
		w.toasts.add(kit.Notice{
			Kind: kit.Warning,
			Text: kit.L("There are {{.Most}} lines and zones already; remove one first.",
				map[string]any{"Most": tile.MaxRegions}),
		})
		return
	}
	if len(chosen) > 1 {
		w.live.enlarge(chosen[0].id) // it is drawn on one picture, and counts on all phones
	}
	chosen[0].tile.StartRegion(line, func(g track.Region) {
		w.change(func(s *Settings) {
			g.Name = freeName(s.Counted, g.IsLine())
			s.Counted = append(s.Counted, g)
			s.Regions = true // what was just drawn is to be seen
		})
	})
}

// freeName is the next name that no other has.
func freeName(all []track.Region, line bool) string {
	taken := names(all)
	for n := 1; ; n++ {
		name := kit.L("Zone {{.Number}}", map[string]any{"Number": n})
		if line {
			name = kit.L("Line {{.Number}}", map[string]any{"Number": n})
		}
		if !slices.Contains(taken, name) {
			return name
		}
	}
}

func (w *Window) renameRegion(i int) {
	before := w.settings.Counted[i].Name
	entry := kit.NewEntry(before)
	entry.SetText(before)
	var s *kit.Modal
	save := func() {
		name := kit.Printable(entry.Text, maxRegionName)
		w.change(func(v *Settings) {
			at := slices.Index(names(v.Counted), before)
			if at >= 0 && name != "" && !slices.Contains(names(v.Counted), name) {
				v.Counted[at].Name = name
			}
		})
		s.Close()
	}
	entry.OnSubmitted = func(string) { save() }
	cancel := kit.NewButton(kit.L("Cancel"), nil, func() { s.Close() })
	ok := kit.NewButton(kit.L("Rename"), nil, save)
	ok.Importance = widget.HighImportance
	s = w.modals.Show(kit.L("Rename {{.Name}}", map[string]any{"Name": before}), 360, entry,
		func() {},
		cancel, ok)
	w.win.Canvas().Focus(entry)
}

// removeRegion removes one and offers to bring it back.
func (w *Window) removeRegion(i int) {
	gone := w.settings.Counted[i]
	w.change(func(s *Settings) { s.Counted = slices.Delete(s.Counted, i, i+1) })
	w.toasts.add(kit.Notice{
		Kind: kit.Info, Text: kit.L("{{.Name}} was removed", map[string]any{"Name": gone.Name}),
		ActionLabel: kit.L("Undo"),
		Action: func() {
			w.queue.Post(w.tasks.Key("undo"), func() {
				w.change(func(s *Settings) {
					if !slices.Contains(names(s.Counted), gone.Name) {
						s.Counted = slices.Insert(s.Counted, min(i, len(s.Counted)), gone)
					}
				})
			})
		},
	})
}

// tallyText is what the phones counted at a region, in the same words as on the picture, and by
// class when there are several.
func tallyText(g track.Region, all []phoneStatus) string {
	sum := track.Tally{
		Region: g, In: make(map[string]int), Out: make(map[string]int),
		Inside: make(map[string]int), Dwell: make(map[string]float64),
	}
	for _, f := range all {
		for _, t := range f.tallies {
			if t.Region.Name != g.Name {
				continue
			}
			addCounts(sum.Inside, t.Inside)
			for label, d := range t.Dwell {
				before, now := float64(sum.Out[label]), float64(t.Out[label])
				if before+now > 0 {
					sum.Dwell[label] = (sum.Dwell[label]*before + d*now) / (before + now)
				}
			}
			addCounts(sum.In, t.In)
			addCounts(sum.Out, t.Out)
		}
	}
	return strings.Join(kit.NonEmpty(tile.TallyText(sum), byLabel(sum.In, sum.Out)), "\n")
}

func addCounts(sum, more map[string]int) {
	for label, n := range more {
		sum[label] += n
	}
}

// maxTallied is how many classes a region's counts are split into.
const maxTallied = 4

// byLabel splits the counts by class when there are several, the most frequent first.
func byLabel(in, out map[string]int) string {
	both := maps.Clone(in)
	addCounts(both, out)
	if len(both) < 2 {
		return ""
	}
	labels := slices.SortedFunc(maps.Keys(both), func(a, b string) int {
		if d := both[b] - both[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, l := range labels[:min(len(labels), maxTallied)] {
		name := kit.Printable(l, kit.MaxLabel)
		parts = append(parts, fmt.Sprintf("%s %d/%d", name, in[l], out[l]))
	}
	if len(labels) > maxTallied {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}
