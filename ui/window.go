package ui

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"

	"handlens/media"
	"handlens/ui/gallery"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// AppID names the app to the desktop and in the paths of its preferences.
const AppID = "app.handlens.desktop"

const (
	// maxWaitingNotices bounds notices that the UI goroutine has not seen yet.
	maxWaitingNotices = 8
)

// Window is the one window of the app.
type Window struct {
	cfg   Config
	app   fyne.App
	win   fyne.Window
	queue *kit.UIQueue

	tasks  *kit.Tasks // everything that runs beside the UI goroutine
	modals *kit.Modals

	closed  chan struct{} // closed when the window closes
	notices atomic.Uint64
	asking  atomic.Int64
	away    atomic.Bool // another program's window has the focus

	// What follows belongs to the UI goroutine.
	settings Settings
	hints    *kit.Hints
	model    *modelPanel
	doctor   *doctor
	first    *pairingView // the whole window while no phone is here
	beside   *pairingView // the panel beside the pictures
	live     *liveView
	toasts   *toasts
	gallery  *gallery.Gallery // nil while closed
	root     *fyne.Container
	shifted  func() bool // says that Shift is held
	running  bool        // Fyne's event loop runs
	closing  bool

	applicants            applicants
	guard                 *guardPanel // nil while closed
	share                 *sharePanel // likewise
	broker                *brokerPanel
	forward               *forwardPanel
	viewers               []Viewer    // who watches in a browser
	keysModal, modelModal *kit.Modal  // likewise
	delay                 *delayView  // likewise
	offer                 *modelOffer // likewise
}

// New makes the app and its window and shows nothing yet. It belongs on the main goroutine.
func New(cfg Config) *Window {
	// Fyne makes its cache's folder, but not the one above it, and complains when that is missing.
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700) // Fyne reports it when this fails
	}
	app.SetMetadata(fyne.AppMetadata{
		ID: AppID, Name: "Handlens", Version: cfg.Version,
		// We follow Fyne's threading rules, so it need not check each call.
		Migrations: map[string]bool{"fyneDo": true},
	})
	quieten()
	a := app.NewWithID(AppID)
	unknown := kit.UseLanguage(cfg.Translations, cfg.Settings.Language)
	if cfg.Languages == nil {
		// UseLanguage reports what is wrong with them
		cfg.Languages, _ = kit.Languages(cfg.Translations)
	}
	w := newWindow(cfg, a, kit.NewUIQueue(kit.Do))
	if unknown != nil {
		w.Notice(kit.Notice{Kind: kit.Warning, Text: unknown.Error()})
	}
	return w
}

func newWindow(cfg Config, a fyne.App, b *kit.UIQueue) *Window {
	w := &Window{
		cfg: cfg, app: a, queue: b, tasks: kit.NewTasks(b), closed: make(chan struct{}),
		shifted: func() bool { return false },
	}
	if len(cfg.Icon) > 0 {
		a.SetIcon(fyne.NewStaticResource("handlens.png", cfg.Icon))
	}
	w.settings = cfg.Settings.Sane()
	a.Settings().SetTheme(kit.NewTheme(kit.Appearance(w.settings.Appearance)))
	w.win = a.NewWindow("Handlens")
	w.win.SetMaster()
	w.win.SetPadded(false)
	w.modals = kit.NewModals(w.win.Canvas())
	w.applicants = applicants{w: w, unread: unread}
	w.toasts = newToasts(w)
	w.hints = kit.NewHints()
	w.model = newModelPanel(w)
	w.doctor = newDoctor(w)
	w.first = newPairingView(w, false)
	w.beside = newPairingView(w, true)
	w.live = newLiveView(w, w.beside)
	w.live.object.Hide()
	w.model.changed = w.live.modelChanged
	w.root = container.NewStack(w.first.object, w.live.object, w.toasts.box, w.hints.Object)
	w.win.SetContent(w.root)
	w.win.Resize(w.savedSize())
	w.bindKeys()
	w.win.SetOnDropped(w.dropped)
	w.win.SetCloseIntercept(w.close)
	w.doctor.update()
	a.Lifecycle().SetOnExitedForeground(func() { w.away.Store(true) })
	a.Lifecycle().SetOnEnteredForeground(func() { w.away.Store(false) })
	return w
}

// Run shows the window and blocks, on the main goroutine, until it was closed.
func (w *Window) Run() {
	w.queue.Start()
	if !w.closing {
		w.running = true
		w.app.Lifecycle().SetOnStarted(func() { w.queue.Post("place", w.restoreCorner) })
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
func (w *Window) Quit() { w.queue.Post("quit", w.close) }

// Closing is closed when the window begins to close. Any goroutine may wait for it.
func (w *Window) Closing() <-chan struct{} { return w.closed }

// Raise shows the window above all others. Any goroutine may call it.
func (w *Window) Raise() {
	w.queue.Post("raise", func() {
		w.win.RequestFocus()
		w.raiseNative()
	})
}

// close ends everything that the window owns; on the UI goroutine.
func (w *Window) close() {
	if w.closing {
		return
	}
	w.closing = true
	close(w.closed)
	if w.running {
		w.saveGeometry()
	}
	w.queue.Close()
	w.tasks.Cancel()
	if w.delay != nil {
		w.delay.test.Close()
	}
	w.doctor.close()
	w.toasts.clear()
	if w.running {
		w.win.Close()
	}
}

// SetPairing shows how to get here.
func (w *Window) SetPairing(p Pairing) {
	w.queue.Post("pairing", func() {
		w.first.setPairing(p)
		w.beside.setPairing(p)
		w.doctor.setPairing(p)
		w.linkChanged() // it holds the same address
	})
}

// SetModel shows the state of the detector.
func (w *Window) SetModel(m Model) {
	w.queue.Post("model", func() { w.model.set(m) })
}

// AddPhone shows a phone's picture until RemovePhone. It replaces a phone of the same ID.
func (w *Window) AddPhone(p Phone) {
	w.queue.Post("phone "+p.ID(), func() { w.addPhone(p) })
}

func (w *Window) addPhone(p Phone) {
	if old := w.live.find(p.ID()); old != nil {
		old.stop()
		w.live.remove(old)
	}
	id := p.ID()
	t := tile.New(w.tileConfig(p))
	t.EditRegions(w.live.sidebar.regions.handles())
	ctx, cancel := context.WithCancel(w.tasks.Context())
	w.tasks.Go(func() { t.Paint(ctx) })
	w.live.add(&phoneView{id: id, phone: p, tile: t, stop: cancel})
	key := "status " + id
	w.tasks.Go(func() {
		pollStatus(ctx, p, func(f phoneStatus) {
			w.queue.Post(key, func() { w.live.setStatus(id, f) })
		})
	})
	w.showPairing(false)
	w.showViews()
	w.guardChanged()
	if w.cfg.MeasureFirst {
		w.measureDelay()
	}
}

// tileConfig is what a phone's tile is made from.
func (w *Window) tileConfig(p Phone) tile.Config {
	id := p.ID()
	return tile.Config{
		Phone: p, Convert: w.cfg.Convert(), Status: statusWords, Limit: limitWords,
		Publish: func(f func()) bool { return w.queue.Post("paint "+id, f) },
		Pause:   func(on bool) { w.setPaused(id, on) },
		Options: w.settings.displayOptions(),
		Shown:   func(seq uint64, origin time.Time) { p.Shown(seq, origin, time.Now()) },
		Seek:    p.Seek,
		Resume:  func() { w.pauseCamera(id, false) },
	}
}

// RemovePhone takes a phone's picture away and says why, unless there is no reason.
func (w *Window) RemovePhone(id string, reason media.Reason) {
	w.queue.Post("phone "+id, func() {
		s := w.live.find(id)
		if s == nil {
			return
		}
		s.stop()
		w.phoneLeft(id)
		w.live.remove(s)
		if why := reasonWords(reason); why != "" {
			w.toasts.add(kit.Notice{
				Kind: kit.Info,
				Text: kit.L("{{.Name}} left: {{.Why}}",
					map[string]any{"Name": s.tile.Name(), "Why": why}),
			})
		}
		w.showViews()
		w.guardChanged()
	})
}

// showViews shows the phones, or how to pair one while there are none.
func (w *Window) showViews() {
	live := len(w.live.phones) > 0
	if !live && w.win.FullScreen() {
		w.toggleFullScreen()
	}
	kit.SetVisible(w.first.object, !live)
	kit.SetVisible(w.live.object, live)
	w.layOutToasts()
	if !live {
		w.doctor.wait()
	}
	w.doctor.update()
	w.root.Refresh()
}

// layOutToasts keeps the notices clear of what is worked with.
func (w *Window) layOutToasts() {
	if w.live.object.Visible() && w.gallery == nil {
		w.toasts.within(w.live.shown, belowBadges)
		return
	}
	w.toasts.within(area{}, 0)
}

// Notice shows a notice in the corner for a while.
func (w *Window) Notice(n kit.Notice) {
	key := fmt.Sprint("notice ", w.notices.Add(1)%maxWaitingNotices)
	w.queue.Post(key, func() { w.toasts.add(n) })
}

// Fault tells of something that went wrong with the phone of that name; "" for none.
func (w *Window) Fault(phone string, err error) {
	text := faultSentence(err)
	if phone != "" {
		text = phone + ": " + text
	}
	w.Notice(Notice{Kind: Failure, Text: text})
}

// openFile opens a file in the program that the desktop has for it.
func (w *Window) openFile(path string) {
	u := &url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	if err := w.app.OpenURL(u); err != nil {
		w.Notice(kit.Notice{
			Kind: kit.Failure,
			Text: kit.L("This computer could not open {{.Path}}: {{.Why}}",
				map[string]any{"Path": path, "Why": kit.ErrorWords(err)}),
		})
	}
}
