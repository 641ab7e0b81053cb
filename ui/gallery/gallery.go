package gallery

import (
	"context"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"handlens/ui/kit"
)

// reloadEvery is how often an open gallery reads the list again.
const reloadEvery = 3 * time.Second

// Gallery shows what was taken, instead of everything else in the window. It belongs to the UI
// goroutine; what reads files runs beside it and ends when the gallery is left.
type Gallery struct {
	cfg     Config
	ctx     context.Context
	cancel  context.CancelFunc
	now     func() time.Time
	reveal  func(ctx context.Context, path string) error
	loading sync.Mutex

	items   []Item // everything, newest first
	shown   []Item // those that pass the filter
	filter  kindFilter
	loaded  bool   // the first list was read
	problem string // why the last list could not be read
	// chosenPath is the path of the item that keys and buttons are for; "" for none.
	chosenPath string
	tappedPath string
	tappedAt   time.Time

	thumbnails *thumbnails
	header     *header
	grid       *grid
	middle     *fyne.Container // the grid, or a message why there is none
	Object     fyne.CanvasObject
}

// kindFilter is which kinds are shown, or what rules had taken.
type kindFilter int

const (
	allKinds kindFilter = iota
	picturesOnly
	recordingsOnly
	rulesOnly
)

func (f kindFilter) accepts(item Item) bool {
	switch f {
	case picturesOnly:
		return item.Kind == KindPicture
	case recordingsOnly:
		return item.Kind == KindRecording
	case rulesOnly:
		return item.Rule != ""
	}
	return true
}

// Config is what a gallery works with.
type Config struct {
	Library Library
	// Canvas is that of the window in which the gallery stands.
	Canvas fyne.Canvas
	Tasks  *kit.Tasks
	Modals *kit.Modals
	Hints  *kit.Hints
	// Leave is called when the user wants to go back.
	Leave func()
	// Notify shows a notice; any goroutine may call it.
	Notify func(kit.Notice)
	// OpenFile opens a file or a folder in the program that the desktop has for it. It does not run
	// on the UI goroutine.
	OpenFile func(path string)
}

// New makes a gallery, which reads nothing before Start. Its Object is what it shows.
func New(cfg Config) *Gallery {
	g := &Gallery{cfg: cfg, now: time.Now, reveal: Reveal}
	g.ctx, g.cancel = context.WithCancel(cfg.Tasks.Context())
	g.thumbnails = newThumbnails(g)
	g.header = newHeader(g)
	g.grid = newGrid(g)
	g.middle = container.NewStack()
	g.Object = container.NewBorder(g.header.object, nil, nil, nil, g.middle)
	g.show()
	return g
}

// Start begins to read the library, on goroutines of the gallery's Tasks.
func (g *Gallery) Start() {
	g.cfg.Tasks.Go(g.thumbnails.run)
	g.cfg.Tasks.Go(func() {
		tick := time.NewTicker(reloadEvery)
		defer tick.Stop()
		for {
			g.reload()
			select {
			case <-tick.C:
			case <-g.ctx.Done():
				return
			}
		}
	})
}

// Stop ends those goroutines and drops what they have still queued.
func (g *Gallery) Stop() { g.cancel() }

// reload reads the list and hands it to the UI goroutine; it does not run there.
func (g *Gallery) reload() {
	g.loading.Lock() // so that an older list never comes after a newer one
	defer g.loading.Unlock()
	items, err := g.cfg.Library.List()
	g.post("gallery list", func() { g.set(items, err) })
}

// post runs f on the UI goroutine, unless the gallery was stopped by then.
func (g *Gallery) post(key string, f func()) {
	g.cfg.Tasks.Queue.Post(key, func() {
		if g.ctx.Err() == nil {
			f()
		}
	})
}

// set takes a new list.
func (g *Gallery) set(items []Item, err error) {
	problem := ""
	if err != nil {
		problem, items = kit.ErrorWords(err), nil
	}
	if g.loaded && problem == g.problem && slices.EqualFunc(items, g.items, sameItem) {
		return
	}
	first := !g.loaded
	g.loaded, g.problem, g.items = true, problem, items
	g.show()
	if first {
		g.focus()
	}
}

// focus gives the grid the focus; where there is no grid, keys come from the window.
func (g *Gallery) focus() {
	if slices.Contains(g.middle.Objects, fyne.CanvasObject(g.grid)) {
		g.cfg.Canvas.Focus(g.grid)
	} else {
		g.cfg.Canvas.Unfocus()
	}
}

// sameItem says whether two states of an item look the same.
func sameItem(a, b Item) bool {
	return a.Path == b.Path && a.Name == b.Name && a.Bytes == b.Bytes && a.Length == b.Length &&
		a.Unfinished == b.Unfinished && a.Rule == b.Rule &&
		a.Count == b.Count && a.Taken.Equal(b.Taken)
}

// show brings everything in line with the items, the filter and the choice.
func (g *Gallery) show() {
	at := g.chosenIndex()
	g.shown = slices.Clone(g.items)
	g.shown = slices.DeleteFunc(g.shown, func(i Item) bool { return !g.filter.accepts(i) })
	// Where the chosen item is gone, its neighbour is chosen.
	if g.chosenIndex() < 0 {
		g.chosenPath = ""
		if n := len(g.shown); at >= 0 && n > 0 {
			g.chosenPath = g.shown[min(at, n-1)].Path
		}
	}
	g.thumbnails.prune(g.items)
	g.header.update()
	var middle fyne.CanvasObject = g.grid
	switch {
	case !g.loaded:
		middle = loadingMessage()
	case g.problem != "":
		middle = errorMessage(g)
	case len(g.shown) == 0:
		middle = emptyMessage(g)
	}
	if len(g.middle.Objects) != 1 || middle != g.middle.Objects[0] {
		g.middle.Objects = []fyne.CanvasObject{middle}
		g.middle.Refresh()
	}
	g.grid.arrange()
}

// chosenIndex is where the chosen item stands among those shown; -1 for nowhere.
func (g *Gallery) chosenIndex() int {
	return slices.IndexFunc(g.shown, func(i Item) bool { return i.Path == g.chosenPath })
}

// chosenItem is the chosen item.
func (g *Gallery) chosenItem() (Item, bool) {
	if i := g.chosenIndex(); i >= 0 {
		return g.shown[i], true
	}
	return Item{}, false
}

// choose makes that item the chosen one and scrolls it into view.
func (g *Gallery) choose(i int) {
	if len(g.shown) == 0 {
		return
	}
	i = min(max(0, i), len(g.shown)-1)
	g.chosenPath = g.shown[i].Path
	g.grid.scrollTo(i)
	g.grid.arrange()
	g.header.update()
}

// setFilter shows other kinds.
func (g *Gallery) setFilter(f kindFilter) {
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

// tap chooses an item; a second tap opens it.
func (g *Gallery) tap(path string) {
	g.focus()
	now := g.now()
	twice := g.tappedPath == path && now.Sub(g.tappedAt) < doubleTap
	g.tappedPath, g.tappedAt = path, now
	g.choose(slices.IndexFunc(g.shown, func(i Item) bool { return i.Path == path }))
	if twice {
		g.tappedPath = ""
		g.open()
	}
}

// TypedKey handles a key.
func (g *Gallery) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyG:
		g.cfg.Leave()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		g.open()
	case fyne.KeyDelete, fyne.KeyBackspace:
		g.delete()
	case fyne.KeyF2:
		g.rename()
	case fyne.KeyF5:
		g.cfg.Tasks.Go(g.reload)
	default:
		g.moveChoice(ev.Name)
	}
}

// moveChoice chooses another item.
func (g *Gallery) moveChoice(key fyne.KeyName) {
	at, columns := g.chosenIndex(), max(1, g.grid.columns)
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
