package ui

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
)

// AppID is the app's name towards the desktop and in the paths of its preferences.
const AppID = "app.handlens.desktop"

const (
	// lonelyAfter is how long nobody may come before the window says what could be wrong.
	lonelyAfter = 45 * time.Second
	// maxWaitingNotices bounds notices that the UI goroutine has not seen yet.
	maxWaitingNotices = 8
)

// Window is the one window of the app.
type Window struct {
	cfg   Config
	app   fyne.App
	win   fyne.Window
	inbox *inbox

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup // everything that runs beside the UI goroutine

	serial  atomic.Uint64
	notices atomic.Uint64
	asking  atomic.Int64

	// What follows belongs to the UI goroutine.
	settings Settings
	hints    *hints
	model    *modelPanel
	first    *pairingView // the whole window while no phone is here
	beside   *pairingView // the panel beside the pictures
	live     *liveView
	toasts   *toasts
	gallery  *gallery // nil while closed
	root     *fyne.Container
	stage    Stage
	lonely   bool
	alone    *time.Timer
	saving   map[string]bool // what is under way and need not be begun twice, see once
	sheets   []*sheet        // those that are open, the topmost last
	shifted  func() bool     // says that Shift is held
	running  bool            // Fyne's loop turns
	closing  bool

	keySheet, modelSheet *sheet // nil while closed
}

// New makes the app and its window and shows nothing yet. It belongs on the main goroutine.
func New(cfg Config) *Window {
	// Fyne makes its cache's folder, but not the one above it, and complains when that is missing.
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700) // Fyne says it better when this fails
	}
	app.SetMetadata(fyne.AppMetadata{
		ID: AppID, Name: "Handlens", Version: cfg.Version,
		// We keep Fyne's rule of threads, so it need not check it at each call.
		Migrations: map[string]bool{"fyneDo": true},
	})
	a := app.NewWithID(AppID)
	unknown := useLanguage(cfg.Translations, cfg.Settings.Language)
	if cfg.Languages == nil {
		// useLanguage has said what is wrong with them
		cfg.Languages, _ = languages(cfg.Translations)
	}
	w := newWindow(cfg, a, newInbox())
	if unknown != nil {
		w.Notice(Notice{Kind: Warning, Text: unknown.Error()})
	}
	return w
}

func newWindow(cfg Config, a fyne.App, b *inbox) *Window {
	w := &Window{cfg: cfg, app: a, inbox: b, saving: make(map[string]bool), shifted: func() bool {
		return false
	}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	if len(cfg.Icon) > 0 {
		a.SetIcon(fyne.NewStaticResource("handlens.png", cfg.Icon))
	}
	w.settings = cfg.Settings.Sane()
	a.Settings().SetTheme(newTheme(look(w.settings.Look)))
	w.win = a.NewWindow("Handlens")
	w.win.SetMaster()
	w.win.SetPadded(false)
	w.toasts = newToasts(w)
	w.hints = newHints()
	w.model = newModelPanel(w)
	w.first = newPairingView(w, false)
	w.beside = newPairingView(w, true)
	w.live = newLiveView(w, w.beside)
	w.live.object.Hide()
	w.model.changed = w.live.modelChanged
	w.root = container.NewStack(w.first.object, w.live.object, w.toasts.box, w.hints.box)
	w.win.SetContent(w.root)
	w.win.Resize(w.savedSize())
	w.bindKeys()
	w.win.SetOnDropped(w.dropped)
	w.win.SetCloseIntercept(w.close)
	w.setStage(Stage{})
	return w
}

// Run shows the window and blocks, on the main goroutine, until it was closed.
func (w *Window) Run() {
	w.inbox.start()
	if !w.closing {
		w.running = true
		w.app.Lifecycle().SetOnStarted(func() { w.inbox.post("place", w.restoreCorner) })
		w.win.ShowAndRun()
		w.running = false
	}
	w.close() // when Fyne ended by itself, for example at SIGTERM
	w.tasks.Wait()
	if w.cfg.OnClosed != nil {
		w.cfg.OnClosed()
	}
}

// Quit closes the window. Any goroutine may call it, also before Run, which then returns at once.
func (w *Window) Quit() { w.inbox.post("quit", w.close) }

// close ends everything that the window owns; on the UI goroutine.
func (w *Window) close() {
	if w.closing {
		return
	}
	w.closing = true
	if w.running {
		w.savePlace()
	}
	w.inbox.close()
	w.cancel()
	w.alone.Stop()
	w.toasts.clear()
	if w.running {
		w.win.Close()
	}
}

// background runs f beside the UI goroutine; Run waits for its end.
func (w *Window) background(f func()) {
	w.tasks.Go(f)
}

// key makes a key of the inbox that nobody else has.
func (w *Window) key(what string) string { return fmt.Sprint(what, " ", w.serial.Add(1)) }

// SetPairing shows how to get here.
func (w *Window) SetPairing(p Pairing) {
	w.inbox.post("pairing", func() {
		w.first.setPairing(p)
		w.beside.setPairing(p)
	})
}

// SetStage shows how far a phone has come.
func (w *Window) SetStage(s Stage) {
	w.inbox.post("stage", func() { w.setStage(s) })
}

func (w *Window) setStage(s Stage) {
	w.stage, w.lonely = s, false
	if w.alone != nil {
		w.alone.Stop()
	}
	w.alone = time.AfterFunc(lonelyAfter, func() {
		w.inbox.post("lonely", func() {
			w.lonely = w.stage.State == Waiting
			w.sayStage()
		})
	})
	w.sayStage()
}

func (w *Window) sayStage() {
	w.first.setStage(w.stage, w.lonely)
	w.beside.setStage(w.stage, w.lonely && w.live.side.Visible())
}

// SetModel shows the state of the detector.
func (w *Window) SetModel(m Model) {
	w.inbox.post("model", func() { w.model.set(m) })
}

// AddPhone shows a phone's picture until RemovePhone. A phone of the same ID takes the place of the
// one before.
func (w *Window) AddPhone(p Phone) {
	w.inbox.post("phone "+p.ID(), func() { w.addPhone(p) })
}

func (w *Window) addPhone(p Phone) {
	if old := w.live.find(p.ID()); old != nil {
		old.stop()
		w.live.remove(old)
	}
	id := p.ID()
	pt := &painter{phone: p, convert: w.cfg.Convert(), now: time.Now}
	t := newTile(p.Name(), pt)
	pt.show = t.show
	paint := "paint " + id
	pt.publish = func(f func()) bool { return w.inbox.post(paint, f) }
	if w.cfg.Shown != nil {
		t.onShown = func(seq uint64, origin time.Time) { w.cfg.Shown(id, seq, origin, time.Now()) }
	}
	t.setTime(
		func(on bool) { w.hold(id, on) },
		func(at time.Duration) {
			if w.cfg.Seek != nil {
				w.cfg.Seek(id, at)
			}
		})
	t.setLooks(w.settings)
	t.editRegions(w.live.sidebar.regions.handles())
	ctx, cancel := context.WithCancel(w.ctx)
	w.background(func() { pt.run(ctx) })
	w.live.add(&seat{id: id, tile: t, stop: cancel})
	told := "facts " + id
	w.background(func() {
		watch(ctx, p, func(f facts) { w.inbox.post(told, func() { w.live.learned(id, f) }) })
	})
	w.showPairing(false)
	w.showViews()
}

// RemovePhone takes a phone's picture away and says why; an empty reason says nothing.
func (w *Window) RemovePhone(id, reason string) {
	w.inbox.post("phone "+id, func() {
		s := w.live.find(id)
		if s == nil {
			return
		}
		s.stop()
		w.live.remove(s)
		if reason = plain(heard(reason), maxReason); reason != "" {
			w.toasts.add(Notice{
				Kind: Info,
				Text: L("{{.Name}} left: {{.Why}}",
					map[string]any{"Name": s.tile.name, "Why": reason}),
			})
		}
		w.showViews()
	})
}

// showViews shows the pictures when there are any, else how to get some.
func (w *Window) showViews() {
	live := len(w.live.tiles) > 0
	if !live && w.win.FullScreen() {
		w.toggleFullScreen()
	}
	show(w.first.object, !live)
	show(w.live.object, live)
	w.placeToasts()
	if !live {
		w.setStage(w.stage)
	}
	w.root.Refresh()
}

// placeToasts keeps the notices off the control bar.
func (w *Window) placeToasts() {
	if w.live.object.Visible() && w.live.bottom.Visible() {
		w.toasts.keepFree(w.live.bottom.MinSize().Height)
		return
	}
	w.toasts.keepFree(0)
}

// Notice shows a sentence in the corner for a while.
func (w *Window) Notice(n Notice) {
	slot := w.notices.Add(1) % maxWaitingNotices
	w.inbox.post(fmt.Sprint("notice ", slot), func() { w.toasts.add(n) })
}

// openFile opens a file in the program that the desktop has for it.
func (w *Window) openFile(path string) {
	u := &url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	if err := w.app.OpenURL(u); err != nil {
		w.Notice(Notice{
			Kind: Failure,
			Text: L("This computer could not open {{.Path}}: {{.Why}}",
				map[string]any{"Path": path, "Why": err.Error()}),
		})
	}
}
