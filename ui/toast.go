package ui

import (
	"image"
	_ "image/jpeg" // pictures in notices
	_ "image/png"
	"os"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/draw"

	"handlens/media"
	"handlens/ui/kit"
)

const (
	maxToasts   = 3
	toastWidth  = 340
	toastMargin = 12
	toastGap    = 8
	// belowBadges leaves the badges in a picture's upper right corner free.
	belowBadges = 50
	// aboveScrub leaves the bar free that scrubs a paused picture.
	aboveScrub = 64
	toastStays = 7 * time.Second
	// failureStays is longer, since the user has to do something.
	failureStays = 15 * time.Second
	thumbWidth   = 88
	thumbHeight  = 56
)

// toasts are the notices that stand for a while. Over pictures they hang below the upper right
// corner, where they leave free what is worked with: the bar below, the one that scrubs, the
// figures and the badges. They belong to the UI goroutine.
type toasts struct {
	w      *Window
	box    *fyne.Container
	layout *toastLayout
	live   []*toast
}

type toast struct {
	object fyne.CanvasObject
	timer  *time.Timer // nil for one that stays until it is removed
}

func newToasts(w *Window) *toasts {
	t := &toasts{w: w}
	t.layout = &toastLayout{}
	t.box = container.New(t.layout)
	return t
}

// add shows a notice and removes it after a while; the oldest makes room.
func (t *toasts) add(n kit.Notice) {
	stays := toastStays
	if n.Kind == kit.Failure || n.Kind == kit.Warning {
		stays = failureStays
	}
	t.addFor(n, stays)
}

// addFor shows a notice for that long.
func (t *toasts) addFor(n kit.Notice, stays time.Duration) {
	one := &toast{}
	one.object = t.build(n, func() { t.remove(one) })
	key := t.w.tasks.Key("toast")
	one.timer = time.AfterFunc(stays, func() { t.w.queue.Post(key, func() { t.remove(one) }) })
	t.insert(one)
}

// addLasting shows something that stays until it is removed, on a card with an edge in that colour.
func (t *toasts) addLasting(c fyne.ThemeColorName, body fyne.CanvasObject) *toast {
	one := &toast{object: toastCard(c, body)}
	t.insert(one)
	return one
}

// insert adds a notice; the oldest of those with a timer makes room.
func (t *toasts) insert(one *toast) {
	for len(t.live) >= maxToasts {
		i := max(0, slices.IndexFunc(t.live, func(o *toast) bool { return o.timer != nil }))
		t.remove(t.live[i])
	}
	t.live = append(t.live, one)
	t.box.Add(one.object)
	t.box.Refresh() // Add alone has nothing painted, and all else may stand still
}

func (t *toasts) remove(one *toast) {
	for i, o := range t.live {
		if o == one {
			if one.timer != nil {
				one.timer.Stop()
			}
			t.live = append(t.live[:i:i], t.live[i+1:]...)
			t.box.Remove(one.object)
			t.box.Refresh()
			return
		}
	}
}

// within puts the notices into a part of the window, at its lower end, or below its upper end by
// that much.
func (t *toasts) within(where area, below float32) {
	if t.layout.where != where || t.layout.below != below {
		t.layout.where, t.layout.below = where, below
		t.box.Refresh()
	}
}

func (t *toasts) clear() {
	for len(t.live) > 0 {
		t.remove(t.live[0])
	}
}

// build makes the notice's card: a bar in the kind's colour, the picture, the words, and what can
// be done.
func (t *toasts) build(n kit.Notice, dismiss func()) fyne.CanvasObject {
	colors := map[kit.NoticeKind]fyne.ThemeColorName{
		kit.Info: theme.ColorNamePrimary, kit.Success: theme.ColorNameSuccess,
		kit.Warning: theme.ColorNameWarning, kit.Failure: theme.ColorNameError,
	}
	words := widget.NewLabel(kit.Printable(n.Text, 2*kit.MaxReason))
	words.Wrapping = fyne.TextWrapWord
	act := func() {
		dismiss()
		if n.Action != nil {
			t.w.tasks.Go(n.Action)
		}
	}
	middle := container.NewVBox(words)
	if n.ActionLabel != "" && n.Action != nil {
		b := kit.NewButton(n.ActionLabel, nil, act)
		b.Importance = widget.HighImportance
		middle.Add(container.NewHBox(layout.NewSpacer(), b))
	}
	done := kit.NewButton("", theme.CancelIcon(), dismiss)
	done.Importance = widget.LowImportance
	var left fyne.CanvasObject
	if n.Picture != "" {
		left = t.thumbnail(n.Picture, act)
	}
	body := container.NewBorder(nil, nil, left, container.NewVBox(done), middle)
	return toastCard(colors[n.Kind], body)
}

// toastCard is a raised card with an edge in that colour.
func toastCard(c fyne.ThemeColorName, body fyne.CanvasObject) fyne.CanvasObject {
	bar := kit.NewBackground(c, 2)
	strip := container.NewBorder(nil, nil,
		container.NewGridWrap(fyne.NewSize(4, 10), layout.NewSpacer()), nil, kit.Inset(6, body))
	edge := container.New(&edgeLayout{}, bar, strip)
	back := kit.NewBackground(theme.ColorNameSeparator, kit.CardRadius)
	return container.NewStack(back,
		kit.Inset(1,
			container.NewStack(kit.NewBackground(theme.ColorNameOverlayBackground, kit.CardRadius),
				edge)))
}

// thumbnail shows a picture file small; it is read off the UI goroutine.
func (t *toasts) thumbnail(path string, tapped func()) fyne.CanvasObject {
	img := canvas.NewImageFromImage(nil)
	img.FillMode = canvas.ImageFillContain
	img.ScaleMode = canvas.ImageScaleFastest
	key := t.w.tasks.Key("thumbnail")
	t.w.tasks.Go(func() {
		small, err := readThumbnail(path)
		if err != nil {
			return // the text says where it is
		}
		t.w.queue.Post(key, func() {
			img.Image = small
			img.Refresh()
		})
	})
	tap := newTapArea(tapped)
	return container.New(layout.NewCustomPaddedLayout(4, 4, 0, 6),
		container.NewVBox(container.NewGridWrap(fyne.NewSize(thumbWidth, thumbHeight),
			container.NewStack(img, tap))))
}

// readThumbnail reads a picture file and shrinks it, to twice the units for finer screens.
func readThumbnail(path string) (*image.RGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, _, err := image.DecodeConfig(f)
	if err != nil {
		return nil, err
	}
	if c.Width < 1 || c.Height < 1 || c.Width > media.MaxSide || c.Height > media.MaxSide {
		return nil, image.ErrFormat
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(f)
	if err != nil {
		return nil, err
	}
	size := kit.Fit(c.Width, c.Height, 2*thumbWidth, 2*thumbHeight)
	small := image.NewRGBA(image.Rectangle{Max: size})
	draw.ApproxBiLinear.Scale(small, small.Rect, img, img.Bounds(), draw.Src, nil)
	return small, nil
}

// toastLayout stacks the notices at the right of a part of the window and leaves the rest alone.
type toastLayout struct {
	where area    // all of the window while it is zero
	below float32 // from the upper end; at the lower end while it is 0
}

// MinSize asks for nothing: notices lie over what is there.
func (*toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout places the newest nearest to the end that they hang on. Those that the window has no room
// for wait until others went.
func (l *toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	where := l.where
	if where.size.IsZero() {
		where.size = size
	}
	width := min(toastWidth, where.size.Width-2*toastMargin)
	x := where.at.X + where.size.Width - toastMargin - width
	room := where.size.Height - 2*toastMargin
	if l.below > 0 {
		room = where.size.Height - l.below - aboveScrub
	}
	var used float32
	for i, object := range slices.Backward(objects) {
		// A wrapped text knows its height only once it knows its width.
		object.Resize(fyne.NewSize(width, object.MinSize().Height))
		h := object.MinSize().Height
		y := where.at.Y + l.below + used
		if l.below == 0 {
			y = where.at.Y + where.size.Height - toastMargin - used - h
		}
		kit.SetBounds(object, x, y, width, h)
		used += h
		kit.SetVisible(object, used <= room || i == len(objects)-1)
		used += toastGap
	}
}

// edgeLayout sets a thin bar at the left of what it lies on.
type edgeLayout struct{}

// MinSize is that of what it lies on.
func (*edgeLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[1].MinSize() }

// Layout sets the bar inside the left edge.
func (*edgeLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	kit.SetBounds(o[0], 6, 8, 4, size.Height-16)
	kit.SetBounds(o[1], 0, 0, size.Width, size.Height)
}

// tapArea is invisible and can be tapped.
type tapArea struct {
	widget.BaseWidget
	tapped func()
}

func newTapArea(tapped func()) *tapArea {
	t := &tapArea{tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped implements fyne.Tappable.
func (t *tapArea) Tapped(*fyne.PointEvent) { t.tapped() }

// CreateRenderer implements fyne.Widget.
func (t *tapArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}
