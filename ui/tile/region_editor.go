package tile

import (
	"image/color"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/inference/track"
	"handlens/ui/kit"
)

const (
	doubleClick  = 400 * time.Millisecond
	nearby       = 8 // units within which two positions are the same
	handleRadius = 6
	grabRadius   = 14   // so that points are easy to hit
	cursorStep   = 0.01 // of the picture, by an arrow key
	minCorners   = 3
	minRegion    = 0.005 // of the picture: smaller ones are slips of the hand
)

// rubberInk is the colour of a region that is being drawn.
var rubberInk = color.NRGBA{R: 0xff, G: 0xd5, B: 0x4a, A: 0xff}

// regionEditor is a line or a zone that is being drawn on a tile, or the handles of those that are
// there.
type regionEditor struct {
	on, line bool
	done     func(track.Region)
	points   []track.Point
	cursor   track.Point // where the next point would be
	byKeys   bool        // the cursor was moved by keys
	clicked  time.Time   // the last click

	// changed gets the regions after one was dragged; nil while they cannot be edited.
	changed func([]track.Region)
	edited  []track.Region // while a point is dragged, and until the tallies have followed
	grabbed [2]int         // region and point; -1 while nothing is dragged
	moved   bool
	start   fyne.Position // where the drag began

	rims, inks strokes
	handles    []*canvas.Circle
	hint       *badge
}

func newRegionEditor() *regionEditor {
	return &regionEditor{
		grabbed: [2]int{-1, -1},
		hint:    newBadge(overlayBackground, overlayInk, overlayQuiet),
	}
}

func (d *regionEditor) begin(line bool, done func(track.Region)) {
	d.on, d.line, d.done = true, line, done
	d.points, d.cursor, d.byKeys, d.clicked = nil, track.Point{X: 0.5, Y: 0.5}, false, time.Time{}
	d.release()
}

func (d *regionEditor) end() {
	d.on, d.done, d.points = false, nil, nil
	d.release()
}

func (d *regionEditor) release() { d.edited, d.grabbed, d.moved = nil, [2]int{-1, -1}, false }

// click sets a point where the cursor is; a second click at the same place closes a zone.
func (d *regionEditor) click(now time.Time, at fyne.Position, size fyne.Size) {
	again := len(d.points) > 0 && d.near(d.points[len(d.points)-1], d.cursor, at, size)
	double := again && now.Sub(d.clicked) < doubleClick
	d.clicked = now
	switch {
	case again && !double:
	case d.line:
		if !again {
			d.points = append(d.points, d.cursor)
		}
		if len(d.points) == 2 {
			d.finish()
		}
	case double, len(d.points) >= minCorners && d.near(d.points[0], d.cursor, at, size):
		d.finish()
	case len(d.points) < maxCorners:
		d.points = append(d.points, d.cursor)
	}
}

// finish hands the region over when it is one.
func (d *regionEditor) finish() {
	enough := len(d.points) == 2 && d.line || len(d.points) >= minCorners && !d.line
	if !enough || extent(d.points) < minRegion {
		return
	}
	done, region := d.done, track.Region{Points: slices.Clone(d.points)}
	d.end()
	if done != nil {
		done(region)
	}
}

// key handles a key while drawing, and says whether it had a use.
func (d *regionEditor) key(name fyne.KeyName, fast bool, at fyne.Position, size fyne.Size) bool {
	step := float32(cursorStep)
	if fast {
		step *= 5
	}
	switch name {
	case fyne.KeyLeft:
		d.cursor.X -= step
	case fyne.KeyRight:
		d.cursor.X += step
	case fyne.KeyUp:
		d.cursor.Y -= step
	case fyne.KeyDown:
		d.cursor.Y += step
	case fyne.KeySpace:
		d.click(time.Time{}, at, size)
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		d.enter(at, size)
		return true
	case fyne.KeyBackspace, fyne.KeyDelete:
		d.points = d.points[:max(0, len(d.points)-1)]
		return true
	default:
		return false
	}
	d.cursor = track.Point{X: clamp01(d.cursor.X), Y: clamp01(d.cursor.Y)}
	d.byKeys = true
	return true
}

// enter sets a point where the keys moved the cursor, or else finishes the region.
func (d *regionEditor) enter(at fyne.Position, size fyne.Size) {
	fresh := len(d.points) == 0 || !d.near(d.points[len(d.points)-1], d.cursor, at, size)
	if d.byKeys && fresh {
		d.click(time.Time{}, at, size)
		return
	}
	d.finish()
}

func (d *regionEditor) near(a, b track.Point, at fyne.Position, size fyne.Size) bool {
	p := onPicture([]track.Point{a, b}, at, size)
	return distance(p[0], p[1]) <= nearby
}

// grab takes hold of a region's point at that place, if there is one; false when not.
func (d *regionEditor) grab(pos fyne.Position, regions []track.Region, at fyne.Position,
	size fyne.Size,
) bool {
	best := float32(grabRadius)
	for i, r := range regions {
		for k, p := range onPicture(r.Points, at, size) {
			if dist := distance(p, pos); dist <= best {
				best, d.grabbed = dist, [2]int{i, k}
			}
		}
	}
	if d.grabbed[0] < 0 {
		return false
	}
	d.edited = make([]track.Region, len(regions))
	for i, r := range regions {
		d.edited[i] = track.Region{Name: r.Name, Points: slices.Clone(r.Points)}
	}
	return true
}

// drag moves the point that was grabbed.
func (d *regionEditor) drag(to track.Point) {
	d.edited[d.grabbed[0]].Points[d.grabbed[1]] = to
	d.moved = true
}

// drop ends a drag and reports it.
func (d *regionEditor) drop() {
	d.grabbed = [2]int{-1, -1}
	if d.moved && d.changed != nil {
		d.changed(d.edited)
	}
	d.moved = false
}

// follow drops the dragged regions once the tallies show them, or have changed in another way.
func (d *regionEditor) follow(tallies []track.Tally) {
	if d.edited == nil || d.grabbed[0] >= 0 {
		return
	}
	same := slices.EqualFunc(d.edited, tallies, func(r track.Region, t track.Tally) bool {
		return r.Name == t.Region.Name && len(r.Points) == len(t.Region.Points)
	})
	there := same && slices.EqualFunc(d.edited, tallies, func(r track.Region, t track.Tally) bool {
		return slices.Equal(r.Points, t.Region.Points)
	})
	if there || !same {
		d.edited = nil
	}
}

// instructions say what to do next.
func (d *regionEditor) instructions() []string {
	switch {
	case d.on && d.line && len(d.points) == 0:
		return []string{
			kit.L("Click where the line begins"),
			kit.L("or move with the arrow keys and press Enter · Esc gives up"),
		}
	case d.on && d.line:
		return []string{
			kit.L("Click where the line ends"),
			kit.L("crossings towards the arrow count as in · Esc gives up"),
		}
	case d.on && len(d.points) < minCorners:
		return []string{
			kit.L("Click the corners of the zone"),
			kit.L("or move with the arrow keys and press Enter · Esc gives up"),
		}
	case d.on:
		return []string{
			kit.L("Double-click or Enter closes the zone"),
			kit.L("Backspace takes the last corner away · Esc gives up"),
		}
	case d.changed != nil:
		return []string{kit.L("Drag the corners where they belong")}
	}
	return nil
}

// set draws the new region over the picture's rectangle, or the handles of the regions that can be
// edited; it returns whether there are new objects.
func (d *regionEditor) set(regions []track.Region, at fyne.Position, size fyne.Size) (grown bool) {
	d.rims.begin()
	d.inks.begin()
	var handles []fyne.Position
	if d.on {
		handles = onPicture(d.points, at, size)
		cursor := onPicture([]track.Point{d.cursor}, at, size)[0]
		d.draw(handles)
		if n := len(handles); n > 0 {
			d.draw([]fyne.Position{handles[n-1], cursor})
			if d.line {
				d.draw(arrow(handles[n-1], cursor))
			} else if n > 1 {
				d.inks.add(cursor, handles[0], 1, rubberInk)
			}
		}
		if d.byKeys {
			const arm = 12
			d.draw([]fyne.Position{cursor.AddXY(-arm, 0), cursor.AddXY(arm, 0)})
			d.draw([]fyne.Position{cursor.AddXY(0, -arm), cursor.AddXY(0, arm)})
		}
	} else if d.changed != nil {
		for _, r := range regions {
			handles = append(handles, onPicture(r.Points, at, size)...)
		}
	}
	grown = d.rims.end()
	grown = d.inks.end() || grown
	return d.setHandles(handles) || grown
}

func (d *regionEditor) draw(points []fyne.Position) {
	d.rims.polyline(points, regionStroke+regionRim, regionShade)
	d.inks.polyline(points, regionStroke, rubberInk)
}

func (d *regionEditor) setHandles(places []fyne.Position) (grown bool) {
	for len(d.handles) < len(places) {
		c := canvas.NewCircle(rubberInk)
		c.StrokeColor, c.StrokeWidth = regionShade, 2
		d.handles = append(d.handles, c)
		grown = true
	}
	for i, c := range d.handles {
		kit.SetVisible(c, i < len(places))
		if i < len(places) {
			kit.SetBounds(c, places[i].X-handleRadius, places[i].Y-handleRadius, 2*handleRadius,
				2*handleRadius)
		}
	}
	return grown
}

func (d *regionEditor) objects() []fyne.CanvasObject {
	all := append(d.rims.objects(), d.inks.objects()...)
	for _, c := range d.handles {
		all = append(all, c)
	}
	return append(all, d.hint.objects()...)
}

func distance(a, b fyne.Position) float32 {
	return float32(math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)))
}

// extent is the longer side of the rectangle around the points.
func extent(points []track.Point) float32 {
	low, high := points[0], points[0]
	for _, p := range points {
		low = track.Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
		high = track.Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
	}
	return max(high.X-low.X, high.Y-low.Y)
}
