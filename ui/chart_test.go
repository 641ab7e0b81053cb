package ui

import (
	"image"
	"image/color"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"handlens/inference/track"
	"handlens/ui/tile"
)

func TestChartDrawsSteps(t *testing.T) {
	open(t, Config{})
	red, blue := color.NRGBA{R: 255, A: 255}, color.NRGBA{B: 255, A: 255}
	c := newChart(20)
	c.raster.Resize(fyne.NewSize(40, 20))
	if c.set([]curve{{red, []int{0, 0}}}); c.object.Visible() {
		t.Error("a chart of nothing is shown")
	}
	c.set([]curve{{red, []int{0, 2}}, {blue, []int{1, 1}}})
	if !c.object.Visible() || c.most != 2 {
		t.Errorf("shown: %v, at most %d", c.object.Visible(), c.most)
	}
	img := c.paint(40, 20).(*image.NRGBA)
	for _, p := range []struct {
		x, y int
		want color.NRGBA
	}{
		{5, 19, red}, {30, 0, red}, {20, 10, red}, // along the bottom, at the top, and up between
		{5, 5, color.NRGBA{}}, {30, 9, color.NRGBA{R: 255, A: 0x30}},
	} {
		if got := img.NRGBAAt(p.x, p.y); got != p.want {
			t.Errorf("at %d, %d is %v, want %v", p.x, p.y, got, p.want)
		}
	}
	blues := 0
	for y := range 20 {
		if img.NRGBAAt(5, y) == blue {
			blues++
		}
	}
	if blues == 0 {
		t.Error("the curve behind is not seen")
	}
	c.paint(0, 0)
	c.paint(1, 1)
}

// What several phones have seen over the last minutes stands in the sidebar, once there is
// something to see.
func TestSidebarShowsTheLastMinutes(t *testing.T) {
	cfg := Config{Settings: DefaultSettings()}
	cfg.Settings.Counted = []track.Region{{Name: "Zone", Points: make([]track.Point, 4)}}
	w, l := open(t, cfg)
	join(t, w, l, 2)
	side := w.live.sidebar
	say := func(seconds int) {
		for i, s := range w.live.phones {
			h := new(history)
			at := time.Unix(1_750_000_000, 0)
			counts := []tile.ClassCount{{Label: "dog", Now: i + 1, Total: 3}}
			for range seconds {
				h.note(at, counts, []track.Tally{{
					Region: cfg.Settings.Counted[0], Inside: map[string]int{"dog": 1},
				}})
				at = at.Add(historyStep)
			}
			w.live.setStatus(s.id, phoneStatus{counts: counts, history: h, steps: h.step})
		}
	}
	if say(chartSoon - 1); side.classes.chart.object.Visible() {
		t.Error("a chart is shown before there is anything in it")
	}
	say(65)
	if c := side.classes.chart; !c.object.Visible() || c.most != 3 || len(c.curves) != 1 {
		t.Errorf("the chart has %v", c.curves)
	}
	if got := side.classes.span.Segment.Text; got != "The last 1:05 min, at most 3 at once" {
		t.Errorf("it says %q", got)
	}
	if c := side.regions.rows[0].chart; !c.object.Visible() || c.most != 2 {
		t.Errorf("the zone's has %v", c.curves)
	}
	w.change(func(s *Settings) { s.Hidden = []string{"dog"} })
	if side.classes.chart.object.Visible() {
		t.Error("a hidden class is drawn")
	}
}
