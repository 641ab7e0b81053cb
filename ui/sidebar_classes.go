package ui

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/inference/overlay"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

const (
	// maxClassRows bounds the rows; the search field finds the rest.
	maxClassRows = 40
	// maxMatches is how many classes a search shows.
	maxMatches = 12
)

// classList shows which classes were seen and how often, and switches each on and off. It belongs
// to the UI goroutine.
type classList struct {
	object fyne.CanvasObject
	tools  fyne.CanvasObject
	w      *Window

	search *kit.Entry
	rows   *fyne.Container
	all    []*classRow // made once and used again
	chart  *chart
	span   *kit.Note // what the chart shows
	note   *kit.Note
	order  []string // the labels seen, in the order in which they came, so that rows do not jump
}

// classRow is one class.
type classRow struct {
	object  *fyne.Container
	label   string
	swatch  *canvas.Rectangle
	name    *widget.Label
	counts  *widget.Label
	visible *kit.ToolButton
	blur    *kit.ToolButton
}

func newClassList(w *Window) *classList {
	c := &classList{w: w, note: kit.NewNote(""), span: kit.NewNote(""), chart: newChart(54)}
	c.span.Segment.Style.SizeName = theme.SizeNameCaptionText
	c.span.Object.Hide()
	c.search = kit.NewEntry(kit.L("Search a class"))
	c.search.Icon = theme.SearchIcon()
	c.search.OnChanged = func(string) { c.update(w.live.chosenStatus()) }
	c.rows = container.New(layout.NewCustomPaddedVBoxLayout(-4))
	c.object = container.NewVBox(c.search, c.rows, c.note.Object, c.chart.object,
		c.span.Object)
	tool := func(hint string, icon fyne.Resource, do func()) *kit.ToolButton {
		b := kit.NewToolButton(w.hints, hint, icon, do)
		b.Importance = widget.LowImportance
		return b
	}
	c.tools = container.New(layout.NewCustomPaddedHBoxLayout(0),
		tool(kit.L("Show all classes"), theme.VisibilityIcon(), func() {
			w.change(func(s *Settings) { s.Hidden = nil })
		}),
		tool(kit.L("Show no class"), theme.VisibilityOffIcon(), func() {
			w.change(func(s *Settings) { s.Hidden = c.known() })
		}),
		tool(kit.HintOf(kit.L("Reset the counts"), "0"), theme.ViewRefreshIcon(), w.resetCounts))
	return c
}

// known are all classes of the model and all seen, each once.
func (c *classList) known() []string {
	all := slices.Clone(c.w.model.model.Labels)
	for _, l := range c.order {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return all
}

// forget drops the classes seen, when the counts are reset.
func (c *classList) forget() { c.order = nil }

// update shows the classes of the phones, or those that are searched.
func (c *classList) update(all []phoneStatus) {
	counts := sumCounts(all)
	for _, n := range counts {
		if !slices.Contains(c.order, n.Label) {
			c.order = append(c.order, n.Label)
		}
	}
	shown := c.listed(counts)
	for len(c.all) < len(shown) {
		c.all = append(c.all, c.newRow())
	}
	changed := len(c.rows.Objects) != len(shown)
	for i, n := range shown {
		changed = c.all[i].set(n, c.w.settings) || changed
	}
	if len(c.rows.Objects) != len(shown) {
		c.rows.Objects = c.rows.Objects[:0]
		for _, r := range c.all[:len(shown)] {
			c.rows.Objects = append(c.rows.Objects, r.object)
		}
	}
	c.say(len(shown))
	c.draw(all, counts)
	if changed {
		c.rows.Refresh()
	}
}

// maxCurves is how many classes the chart shows.
const maxCurves = 6

// draw shows how many of the classes seen there were over the last minutes, the most frequent on
// top.
func (c *classList) draw(all []phoneStatus, counts []tile.ClassCount) {
	shown := slices.DeleteFunc(slices.Clone(counts), func(n tile.ClassCount) bool {
		return slices.Contains(c.w.settings.Hidden, n.Label)
	})
	var curves []curve
	for _, n := range shown[:min(len(shown), maxCurves)] {
		values := past(all, func(h *history, sum []int) { h.class(n.Label, sum) })
		if values != nil {
			curves = append(curves, curve{overlay.Color(n.Class), values})
		}
	}
	c.chart.set(curves)
	c.span.Set(spanWords(c.chart.most, all), theme.ColorNamePlaceHolder)
	kit.SetVisible(c.span.Object, c.chart.most > 0)
}

// say shows what the rows do not.
func (c *classList) say(shown int) {
	hidden := len(c.w.settings.Hidden)
	text := ""
	switch {
	case c.search.Text != "" && shown == 0:
		text = kit.L("The detector knows no such class")
	case c.search.Text == "" && shown == 0:
		text = kit.L("Nothing was seen yet")
	case hidden > 0:
		text = kit.N("Now / in all. One class is hidden.",
			"Now / in all. {{.Count}} classes are hidden.", hidden, nil)
	default:
		text = kit.L("Now / in all")
	}
	c.note.Set(text, theme.ColorNamePlaceHolder)
}

// listed returns the classes to show, in their order: without a search those seen and those
// blurred.
func (c *classList) listed(counts []tile.ClassCount) []tile.ClassCount {
	of := make(map[string]tile.ClassCount, len(counts))
	for _, n := range counts {
		of[n.Label] = n
	}
	labels := c.w.model.model.Labels
	get := func(label string) tile.ClassCount {
		if n, seen := of[label]; seen {
			return n
		}
		return tile.ClassCount{Label: label, Class: max(0, slices.Index(labels, label))}
	}
	var list []tile.ClassCount
	if what := strings.ToLower(strings.TrimSpace(c.search.Text)); what != "" {
		for _, l := range c.known() {
			if strings.Contains(strings.ToLower(l), what) {
				list = append(list, get(l))
			}
		}
		slices.SortStableFunc(list, func(a, b tile.ClassCount) int {
			return rankOf(a.Label, what) - rankOf(b.Label, what)
		})
		return list[:min(len(list), maxMatches)]
	}
	for _, l := range c.order {
		list = append(list, get(l))
	}
	// Blurred classes are always listed, so that their switch is easy to find.
	for _, l := range c.w.settings.Blurred {
		if !slices.Contains(c.order, l) {
			list = append(list, get(l))
		}
	}
	return list[:min(len(list), maxClassRows)]
}

// rankOf puts what begins with the word before what contains it.
func rankOf(label, what string) int {
	if strings.HasPrefix(strings.ToLower(label), what) {
		return 0
	}
	return 1
}

// sumCounts adds up what several phones see.
func sumCounts(all []phoneStatus) []tile.ClassCount {
	var sum []tile.ClassCount
	for _, f := range all {
		for _, n := range f.counts {
			i := slices.IndexFunc(sum, func(o tile.ClassCount) bool { return o.Label == n.Label })
			if i < 0 {
				sum = append(sum, n)
				continue
			}
			sum[i].Now += n.Now
			sum[i].Total += n.Total
		}
	}
	return sum
}

func (c *classList) newRow() *classRow {
	r := &classRow{
		swatch: canvas.NewRectangle(nil), name: widget.NewLabel(""),
		counts: widget.NewLabel(""),
	}
	r.swatch.CornerRadius = 3
	r.name.Truncation = fyne.TextTruncateEllipsis
	r.counts.Alignment = fyne.TextAlignTrailing
	r.visible = kit.NewToolButton(c.w.hints, "", theme.VisibilityIcon(), func() {
		c.w.change(func(s *Settings) { s.Hidden = toggled(s.Hidden, r.label) })
	})
	r.blur = kit.NewToolButton(c.w.hints, "", iconBlur, func() {
		c.w.change(func(s *Settings) { s.Blurred = toggled(s.Blurred, r.label) })
	})
	r.visible.Importance, r.blur.Importance = widget.LowImportance, widget.LowImportance
	swatch := container.New(layout.NewCustomPaddedLayout(0, 0, 6, 0),
		container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(12), r.swatch)))
	right := container.New(layout.NewCustomPaddedHBoxLayout(-2), r.counts, r.visible, r.blur)
	r.object = container.New(layout.NewBorderLayout(nil, nil, swatch, right), swatch, right, r.name)
	return r
}

// set shows a class and returns whether the row's size may have changed.
func (r *classRow) set(n tile.ClassCount, s Settings) (resized bool) {
	r.label = n.Label
	if c := overlay.Color(n.Class); r.swatch.FillColor != c {
		r.swatch.FillColor = c
		r.swatch.Refresh()
	}
	name := kit.Printable(n.Label, kit.MaxLabel)
	if r.name.Text != name {
		r.name.SetText(name)
	}
	counts := ""
	if n.Total > 0 || n.Now > 0 {
		counts = fmt.Sprintf("%d / %d", n.Now, n.Total)
	}
	if r.counts.Text != counts {
		resized = len(r.counts.Text) != len(counts)
		r.counts.SetText(counts)
	}
	words := map[string]any{"Class": name}
	hidden, blurred := slices.Contains(s.Hidden, n.Label), slices.Contains(s.Blurred, n.Label)
	if hidden {
		r.visible.Hint = kit.L("Show {{.Class}}", words)
		r.visible.SetStyle(theme.VisibilityOffIcon(), widget.LowImportance)
	} else {
		r.visible.Hint = kit.L("Hide {{.Class}}", words)
		r.visible.SetStyle(theme.VisibilityIcon(), widget.LowImportance)
	}
	if blurred {
		r.blur.Hint = kit.L("Stop blurring {{.Class}}", words)
		r.blur.SetStyle(iconBlur, widget.HighImportance)
	} else {
		r.blur.Hint = kit.L("Blur {{.Class}}, in recordings too", words)
		r.blur.SetStyle(iconBlur, widget.LowImportance)
	}
	return resized
}

// toggled takes a label out of the list, or puts it in.
func toggled(list []string, label string) []string {
	if i := slices.Index(list, label); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return append(list, label)
}
