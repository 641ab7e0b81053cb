package ui

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

// AppID is the app's name towards the desktop and in the paths of its preferences.
const AppID = "app.handlens.desktop"

// Window is the one window of the app.
type Window struct {
	cfg Config
	app fyne.App
	win fyne.Window

	mu     sync.RWMutex // held for reading while something is handed to the UI goroutine
	closed bool
}

// New makes the app and its window and shows nothing yet. It belongs on the main goroutine.
func New(cfg Config) *Window {
	a := app.NewWithID(AppID)
	w := &Window{cfg: cfg, app: a, win: a.NewWindow("Handlens")}
	w.win.SetContent(widget.NewLabel("Handlens"))
	w.win.SetCloseIntercept(w.close)
	return w
}

// Run shows the window and blocks, on the main goroutine, until it was closed.
func (w *Window) Run() {
	w.win.ShowAndRun()
	if w.cfg.OnClosed != nil {
		w.cfg.OnClosed()
	}
}

// Quit closes the window.
func (w *Window) Quit() { w.do(w.close) }

func (w *Window) close() {
	w.mu.Lock()
	was := w.closed
	w.closed = true
	w.mu.Unlock()
	if !was {
		w.win.Close()
	}
}

// do runs f on the UI goroutine, soon and without waiting; once the window is closed it does nothing.
func (w *Window) do(f func()) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return false
	}
	fyne.Do(f)
	return true
}

// SetPairing shows how to get here.
func (w *Window) SetPairing(p Pairing) {}

// SetStage shows how far a phone has come.
func (w *Window) SetStage(s Stage) {}

// SetModel shows the state of the detector.
func (w *Window) SetModel(m Model) {}

// AddPhone shows a phone's picture until RemovePhone.
func (w *Window) AddPhone(p Phone) {}

// RemovePhone takes a phone's picture away and says why.
func (w *Window) RemovePhone(id, reason string) {}

// Notice shows a sentence in the corner.
func (w *Window) Notice(n Notice) {}

// AskApproval asks whether that phone may send its picture here, and waits for the answer; false when ctx ends or the window closes.
func (w *Window) AskApproval(ctx context.Context, name, address string) bool { return false }
