package ui

import (
	"context"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"handlens/media/record"
)

// galleryLook is how often an open gallery looks for what came or went meanwhile.
const galleryLook = 3 * time.Second

// gallery shows what was taken, in the place of everything else in the window. It belongs to the UI
// goroutine; what reads files runs beside it and ends when the gallery is left.
type gallery struct {
	w       *Window
	lib     Library
	ctx     context.Context
	cancel  context.CancelFunc
	now     func() time.Time
	reveal  func(ctx context.Context, path string) error
	looking sync.Mutex

	items   []LibraryItem // everything, newest first
	shown   []LibraryItem // those that the filter lets through
	filter  galleryFilter
	known   bool   // the first list has come
	problem string // why the last list did not come
	// chosen is the path of the item that keys and buttons are for; "" for none.
	chosen     string
	tappedPath string
	tappedAt   time.Time

	thumbs *galleryThumbs
	head   *galleryHead
	grid   *galleryGrid
	middle *fyne.Container // the grid, or words about why there is none
	object fyne.CanvasObject
}

// galleryFilter is which kinds are shown.
type galleryFilter int

const (
	allKinds galleryFilter = iota
	picturesOnly
	filmsOnly
)

func (f galleryFilter) takes(item LibraryItem) bool {
	switch f {
	case picturesOnly:
		return item.Kind == record.KindPicture
	case filmsOnly:
		return item.Kind == record.KindRecording
	}
	return true
}

// showGallery shows what was taken. Without a library it does nothing.
func (w *Window) showGallery() {
	if w.cfg.Library == nil || w.gallery != nil {
		return
	}
	w.gallery = newGallery(w)
	w.win.SetContent(w.gallery.object)
	w.gallery.begin()
}

// hideGallery goes back to the pictures.
func (w *Window) hideGallery() {
	g := w.gallery
	if g == nil {
		return
	}
	w.gallery = nil
	g.cancel()
	w.hints.hide(w.hints.over)
	w.win.Canvas().Unfocus()
	w.win.SetContent(w.root)
	w.showViews()
}

func newGallery(w *Window) *gallery {
	g := &gallery{w: w, lib: w.cfg.Library, now: time.Now, reveal: revealFile}
	g.ctx, g.cancel = context.WithCancel(w.ctx)
	g.thumbs = newGalleryThumbs(g)
	g.head = newGalleryHead(g)
	g.grid = newGalleryGrid(g)
	g.middle = container.NewStack()
	g.object = container.NewStack(container.NewBorder(g.head.object, nil, nil, nil, g.middle),
		w.toasts.box, w.hints.box)
	g.show()
	return g
}

// begin starts what runs beside the UI goroutine.
func (g *gallery) begin() {
	g.w.background(g.thumbs.run)
	g.w.background(func() {
		tick := time.NewTicker(galleryLook)
		defer tick.Stop()
		for {
			g.look()
			select {
			case <-tick.C:
			case <-g.ctx.Done():
				return
			}
		}
	})
}

// look reads the list and hands it to the UI goroutine; it does not run there.
func (g *gallery) look() {
	g.looking.Lock() // so that an older list never comes after a newer one
	defer g.looking.Unlock()
	items, err := g.lib.List()
	g.post("gallery list", func() { g.set(items, err) })
}

// post has f run on the UI goroutine, unless the gallery was left by then.
func (g *gallery) post(key string, f func()) {
	g.w.inbox.post(key, func() {
		if g.ctx.Err() == nil {
			f()
		}
	})
}

// set takes a new list in.
func (g *gallery) set(items []LibraryItem, err error) {
	problem := ""
	if err != nil {
		problem, items = plain(err.Error(), maxReason), nil
	}
	if g.known && problem == g.problem && slices.EqualFunc(items, g.items, sameItem) {
		return
	}
	first := !g.known
	g.known, g.problem, g.items = true, problem, items
	g.show()
	if first {
		g.focus()
	}
}

// focus gives the keys to the grid; without one they come by way of the window.
func (g *gallery) focus() {
	if slices.Contains(g.middle.Objects, fyne.CanvasObject(g.grid)) {
		g.w.win.Canvas().Focus(g.grid)
	} else {
		g.w.win.Canvas().Unfocus()
	}
}

// sameItem says whether there is nothing new to see of an item.
func sameItem(a, b LibraryItem) bool {
	return a.Path == b.Path && a.Name == b.Name && a.Bytes == b.Bytes && a.Length == b.Length &&
		a.Unfinished == b.Unfinished &&
		a.Count == b.Count && a.Taken.Equal(b.Taken)
}

// show brings everything in line with the items, the filter and the choice.
func (g *gallery) show() {
	at := g.place()
	g.shown = slices.Clone(g.items)
	g.shown = slices.DeleteFunc(g.shown, func(i LibraryItem) bool { return !g.filter.takes(i) })
	// What was chosen may be gone: then its neighbour is.
	if g.place() < 0 {
		g.chosen = ""
		if n := len(g.shown); at >= 0 && n > 0 {
			g.chosen = g.shown[min(at, n-1)].Path
		}
	}
	g.thumbs.keep(g.items)
	g.head.set()
	var middle fyne.CanvasObject = g.grid
	switch {
	case !g.known:
		middle = galleryWaiting()
	case g.problem != "":
		middle = galleryProblem(g)
	case len(g.shown) == 0:
		middle = galleryEmpty(g)
	}
	if len(g.middle.Objects) != 1 || middle != g.middle.Objects[0] {
		g.middle.Objects = []fyne.CanvasObject{middle}
		g.middle.Refresh()
	}
	g.grid.arrange()
}

// place is where the chosen item stands among those shown; -1 for nowhere.
func (g *gallery) place() int {
	return slices.IndexFunc(g.shown, func(i LibraryItem) bool { return i.Path == g.chosen })
}

// choice is the chosen item.
func (g *gallery) choice() (LibraryItem, bool) {
	if i := g.place(); i >= 0 {
		return g.shown[i], true
	}
	return LibraryItem{}, false
}

// choose makes the item at that place the chosen one and brings it into view.
func (g *gallery) choose(i int) {
	if len(g.shown) == 0 {
		return
	}
	i = min(max(0, i), len(g.shown)-1)
	g.chosen = g.shown[i].Path
	g.grid.reveal(i)
	g.grid.arrange()
	g.head.set()
}

// sift shows other kinds.
func (g *gallery) sift(f galleryFilter) {
	if g.filter != f {
		g.filter = f
		g.grid.scroll.ScrollToTop()
		g.show()
	}
	g.focus()
}

// doubleTap is how soon a second tap opens an item. Fyne's own double taps hold each single one
// back.
const doubleTap = 500 * time.Millisecond

// tapped chooses an item, and opens it the second time.
func (g *gallery) tapped(path string) {
	g.focus()
	now := g.now()
	twice := g.tappedPath == path && now.Sub(g.tappedAt) < doubleTap
	g.tappedPath, g.tappedAt = path, now
	g.choose(slices.IndexFunc(g.shown, func(i LibraryItem) bool { return i.Path == path }))
	if twice {
		g.tappedPath = ""
		g.open()
	}
}

// typed does what a key is for.
func (g *gallery) typed(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyG:
		g.w.hideGallery()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		g.open()
	case fyne.KeyDelete, fyne.KeyBackspace:
		g.remove()
	case fyne.KeyF2:
		g.rename()
	case fyne.KeyF5:
		g.w.background(g.look)
	default:
		g.walk(ev.Name)
	}
}

// walk chooses another item.
func (g *gallery) walk(key fyne.KeyName) {
	at, columns := g.place(), max(1, g.grid.columns)
	step := func(by int) {
		if at < 0 {
			by = 0
		}
		g.choose(max(at, 0) + by)
	}
	switch key {
	case fyne.KeyLeft:
		step(-1)
	case fyne.KeyRight:
		step(1)
	case fyne.KeyUp:
		if at < 0 || at >= columns {
			step(-columns)
		}
	case fyne.KeyDown:
		if at < 0 || at/columns < (len(g.shown)-1)/columns {
			step(columns)
		}
	case fyne.KeyPageUp:
		step(-columns * g.grid.page())
	case fyne.KeyPageDown:
		step(columns * g.grid.page())
	case fyne.KeyHome:
		g.choose(0)
	case fyne.KeyEnd:
		g.choose(len(g.shown) - 1)
	}
}
