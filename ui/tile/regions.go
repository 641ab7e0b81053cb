package tile

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/inference/overlay"
	"handlens/inference/track"
	"handlens/ui/kit"
)

const (
	regionStroke = 2.5
	regionRim    = 2 * boxOutline // on both sides together
	regionArrow  = 18             // how far the arrow reaches
	regionHead   = 7
	MaxRegions   = 32
	maxCorners   = 32
)

var regionShade = color.NRGBA{A: 0x90}

// regionMarks are the lines and zones on the canvas, with what they have counted.
type regionMarks struct {
	rims, inks strokes
	labelPool  []*regionLabel
}

// regionLabel is a region's name with a line of text below it.
type regionLabel struct {
	background *canvas.Rectangle
	name, text *canvas.Text
	size       fyne.Size
}

func newRegionLabel() *regionLabel {
	p := &regionLabel{
		background: canvas.NewRectangle(overlay.RegionColor),
		name:       canvas.NewText("", overlay.Ink(overlay.RegionColor)),
		text:       canvas.NewText("", overlay.Ink(overlay.RegionColor)),
	}
	p.background.CornerRadius = 3
	p.name.TextSize, p.text.TextSize = labelSize, labelSize
	p.name.TextStyle.Bold = true
	return p
}

func (p *regionLabel) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		p.background, p.name,
		p.text,
	}
}

func (p *regionLabel) set(name, text string) {
	if p.name.Text != name || p.text.Text != text || p.size.Height == 0 {
		p.name.Text, p.text.Text = name, text
		a, b := p.name.MinSize(), p.text.MinSize()
		if name == "" {
			a = fyne.Size{}
		}
		if text == "" {
			b = fyne.Size{}
		}
		p.size = fyne.NewSize(max(a.Width, b.Width)+2*labelPadX, a.Height+b.Height+2*labelPadY)
	}
	p.setVisible(true)
}

func (p *regionLabel) setVisible(on bool) {
	for _, o := range p.objects() {
		kit.SetVisible(o, on)
	}
}

// place puts the label above a point, but inside the picture.
func (p *regionLabel) place(over, at fyne.Position, size fyne.Size) {
	x := max(at.X, min(whole(over.X-p.size.Width/2), at.X+size.Width-p.size.Width))
	y := max(at.Y,
		min(whole(over.Y-p.size.Height-regionStroke-regionHead), at.Y+size.Height-p.size.Height))
	kit.SetBounds(p.background, x, y, p.size.Width, p.size.Height)
	y += labelPadY
	m := p.name.MinSize()
	kit.SetBounds(p.name, x+labelPadX, y, m.Width, m.Height)
	if p.name.Text != "" {
		y += m.Height
	}
	m = p.text.MinSize()
	kit.SetBounds(p.text, x+labelPadX, y, m.Width, m.Height)
}

// set draws the tallies' regions into the picture's rectangle and says whether there are new
// objects.
func (r *regionMarks) set(tallies []track.Tally, at fyne.Position, size fyne.Size) (grown bool) {
	r.rims.begin()
	r.inks.begin()
	used := 0
	for _, t := range tallies[:min(len(tallies), MaxRegions)] {
		points := onPicture(t.Region.Points, at, size)
		if len(points) < 2 {
			continue
		}
		top := points[0]
		for _, p := range points {
			if p.Y < top.Y {
				top = p
			}
		}
		if t.Region.IsLine() {
			r.draw(points)
			r.draw(arrow(points[0], points[1]))
		} else {
			r.draw(append(points, points[0]))
		}
		if used == len(r.labelPool) {
			r.labelPool = append(r.labelPool, newRegionLabel())
			grown = true
		}
		r.labelPool[used].set(kit.Printable(t.Region.Name, kit.MaxName), TallyText(t))
		r.labelPool[used].place(top, at, size)
		used++
	}
	for _, p := range r.labelPool[used:] {
		p.setVisible(false)
	}
	grown = r.rims.end() || grown
	return r.inks.end() || grown
}

func (r *regionMarks) draw(points []fyne.Position) {
	r.rims.polyline(points, regionStroke+regionRim, regionShade)
	r.inks.polyline(points, regionStroke, overlay.RegionColor)
}

// lines and labels are apart so that no label is crossed by a box.
func (r *regionMarks) lines() []fyne.CanvasObject {
	return append(r.rims.objects(), r.inks.objects()...)
}

func (r *regionMarks) labels() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, p := range r.labelPool {
		all = append(all, p.objects()...)
	}
	return all
}

// onPicture places points 0..1 in the picture's rectangle; NaN lies at its corner.
func onPicture(points []track.Point, at fyne.Position, size fyne.Size) []fyne.Position {
	placed := make([]fyne.Position, 0, len(points)+1)
	for _, p := range points[:min(len(points), maxCorners)] {
		placed = append(placed,
			fyne.NewPos(at.X+clamp01(p.X)*size.Width, at.Y+clamp01(p.Y)*size.Height))
	}
	return placed
}

// arrow points at right angles to the middle of a line, to its right as seen from a looking to b:
// where crossings count as in.
func arrow(a, b fyne.Position) []fyne.Position {
	dx, dy := b.X-a.X, b.Y-a.Y
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length < 1 {
		return nil
	}
	dx, dy = dx/length, dy/length
	// with y downwards the right of (dx, dy) is (-dy, dx)
	at := func(along, right float32) fyne.Position {
		return fyne.NewPos((a.X+b.X)/2+along*dx-right*dy, (a.Y+b.Y)/2+along*dy+right*dx)
	}
	tip := at(0, regionArrow)
	return []fyne.Position{
		at(0, 0), tip, at(-regionHead, regionArrow-regionHead), tip,
		at(regionHead, regionArrow-regionHead),
	}
}

// TallyText is what a region has counted, for example "in 3 · out 1".
func TallyText(t track.Tally) string {
	crossed := kit.L("in {{.In}} · out {{.Out}}",
		map[string]any{"In": total(t.In), "Out": total(t.Out)})
	if t.Region.IsLine() {
		return crossed
	}
	words := kit.JoinDots(kit.N("1 inside", "{{.Count}} inside", total(t.Inside), nil),
		crossed)
	if mean := meanDwell(t); mean > 0 {
		words = kit.JoinDots(words,
			kit.L("{{.Time}} each", map[string]any{"Time": kit.Seconds(mean)}))
	}
	return words
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// meanDwell is the mean over all classes of the time, in seconds, that those who left had spent in
// the zone.
func meanDwell(t track.Tally) float64 {
	var sum float64
	var n int
	for label, mean := range t.Dwell {
		if left := t.Out[label]; left > 0 && mean > 0 {
			sum, n = sum+mean*float64(left), n+left
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
