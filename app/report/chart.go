package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-analyze/charts"
)

// chart is one in both colours; the page shows the one that fits.
type chart struct{ Light, Dark template.HTML }

const (
	chartWidth, chartHeight = 920, 260
	// maxSeries is how many lines a chart has at most; more are hard to tell apart.
	maxSeries = 8
)

// series is a line of a chart.
type series struct {
	name   string
	values []float64
}

// shade makes what a chart is drawn in of the page's own colours.
func shade(dark bool) charts.ColorPalette {
	text, grid := charts.ColorFromHex("#3d4652"), charts.ColorFromHex("#d9dee5")
	if dark {
		text, grid = charts.ColorFromHex("#c5ccd6"), charts.ColorFromHex("#343d49")
	}
	var colours []charts.Color
	for _, hex := range []string{
		"#1f9e8f", "#d95f3b", "#3f7fd9", "#b8860b", "#9257c2", "#c2477f", "#5b8c2a", "#7a7f87",
	} {
		colours = append(colours, charts.ColorFromHex(hex))
	}
	return charts.GetTheme(charts.ThemeLight).WithTextColor(text).WithLegendTextColor(text).
		WithXAxisColor(grid).WithYAxisColor(grid).WithXAxisTextColor(text).
		WithYAxisTextColor(text).WithAxisSplitLineColor(grid).WithSeriesColors(colours).
		WithBackgroundColor(charts.ColorTransparent)
}

// both draws a chart twice.
func both(draw func(p *charts.Painter, theme charts.ColorPalette) error) (c chart, err error) {
	for _, dark := range []bool{false, true} {
		p := charts.NewPainter(charts.PainterOptions{
			OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: chartHeight,
		})
		if err := draw(p, shade(dark)); err != nil {
			return chart{}, err
		}
		b, err := p.Bytes()
		if err != nil {
			return chart{}, err
		}
		// It comes from the library, which escapes what it is given.
		svg := template.HTML(scalable(string(b))) //nolint:gosec // see above
		if dark {
			c.Dark = svg
		} else {
			c.Light = svg
		}
	}
	return c, nil
}

// scalable has a picture fill its column instead of being so many pixels wide.
func scalable(svg string) string {
	size := fmt.Sprintf(` width="%d" height="%d"`, chartWidth, chartHeight)
	box := fmt.Sprintf(` viewBox="0 0 %d %d"`, chartWidth, chartHeight)
	svg = strings.Replace(svg, size, "", 1)
	if !strings.Contains(svg, "viewBox") {
		svg = strings.Replace(svg, "<svg", "<svg"+box, 1)
	}
	return svg
}

// overTime draws how many there were along the recording.
func overTime(all []series, step time.Duration) (chart, error) {
	if len(all) > maxSeries {
		all = all[:maxSeries]
	}
	var values [][]float64
	var names []string
	most, parts := 0.0, 0
	for _, s := range all {
		values, names = append(values, s.values), append(names, s.name)
		most, parts = max(most, slices.Max(s.values)), len(s.values)
	}
	labels := make([]string, parts)
	for i := range labels {
		labels[i] = clock(time.Duration(i) * step)
	}
	return both(func(p *charts.Painter, theme charts.ColorPalette) error {
		opt := charts.NewLineChartOptionWithData(values)
		opt.Theme = theme
		opt.XAxis.Labels = labels
		opt.XAxis.LabelCount = 9
		opt.XAxis.BoundaryGap = new(false)
		opt.Legend.SeriesNames = names
		opt.Legend.Show = new(len(names) > 1)
		opt.Symbol = charts.Symbol{Shape: charts.SymbolNone}
		opt.LineStrokeWidth = 1.6
		opt.FillArea = new(len(names) == 1)
		opt.FillOpacity = 60
		opt.YAxis[0].Min = new(0.0)
		opt.YAxis[0].Max = new(max(1, math.Ceil(most)))
		opt.ValueFormatter = plain
		return p.LineChart(opt)
	})
}

// bars draws one series of bars.
func bars(labels []string, values []float64) (chart, error) {
	return both(func(p *charts.Painter, theme charts.ColorPalette) error {
		opt := charts.NewBarChartOptionWithData([][]float64{values})
		opt.Theme = theme
		opt.CategoryAxis.Labels = labels
		opt.Legend.Show = new(false)
		opt.ValueAxis[0].Min = new(0.0)
		opt.ValueFormatter = plain
		return p.BarChart(opt)
	})
}

// plain writes a number without useless places.
func plain(v float64) string {
	if v == math.Trunc(v) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// clock is a time of the recording, as 1:05 or 1:00:05.
func clock(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// histogram sorts times into classes of whole seconds, at most so many.
func histogram(times []time.Duration, most int) (labels []string, counts []float64) {
	if len(times) == 0 {
		return nil, nil
	}
	longest := slices.Max(times).Seconds()
	width := 1.0
	for _, w := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 14400} {
		if width = w; longest/w < float64(most) {
			break
		}
	}
	n := min(int(longest/width)+1, most)
	counts = make([]float64, n)
	for _, t := range times {
		counts[min(int(t.Seconds()/width), n-1)]++
	}
	for i := range n {
		labels = append(labels, fmt.Sprintf("%s–%s", short(float64(i)*width),
			short(float64(i+1)*width)))
	}
	return labels, counts
}

// short is a time as 5 or 1:30.
func short(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("%.0f", seconds)
	}
	return clock(time.Duration(seconds * float64(time.Second)))
}
