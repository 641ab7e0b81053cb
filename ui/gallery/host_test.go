package gallery

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"handlens/ui/kit"
	"handlens/ui/kit/kittest"
)

// fakeLibrary holds items that are on no disk.
type fakeLibrary struct {
	mu      sync.Mutex
	items   []Item
	problem error
	// thumbs counts the small pictures that were asked for, by path.
	thumbs map[string]int
}

func (l *fakeLibrary) List() ([]Item, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.items), l.problem
}

func (l *fakeLibrary) Thumbnail(item Item) (image.Image, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.thumbs == nil {
		l.thumbs = make(map[string]int)
	}
	l.thumbs[item.Path]++
	if item.Unfinished {
		return nil, errors.New("there is nothing to see in it")
	}
	img := image.NewRGBA(image.Rect(0, 0, 32, 18))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	return img, nil
}

func (l *fakeLibrary) Delete(item Item) (func() error, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if item.Unfinished {
		return nil, errors.New("it is being recorded")
	}
	before := slices.Clone(l.items)
	l.items = slices.DeleteFunc(l.items, func(i Item) bool { return i.Path == item.Path })
	return func() error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.items = before
		return nil
	}, nil
}

func (l *fakeLibrary) Rename(item Item, name string) (Item, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.items, func(i Item) bool { return i.Path == item.Path })
	if name == "taken" {
		return item, errors.New("there is one of that name already")
	}
	l.items[i].Name, l.items[i].Path = name, "/lib/"+name
	return l.items[i], nil
}

func (l *fakeLibrary) Report(_ context.Context, item Item) (string, error) {
	if item.Name == "item 5" {
		return "", errors.New("the data makes no sense")
	}
	return item.Path + " report.html", nil
}

func (l *fakeLibrary) Folder(Kind) string { return "/lib" }

// noon is when the gallery of a test is looked at.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// library makes n items; every third one is a recording.
func library(n int) *fakeLibrary {
	l := &fakeLibrary{}
	for i := range n {
		item := Item{
			Name: fmt.Sprintf("item %d", i), Path: fmt.Sprintf("/lib/%d", i), Count: 1,
			Bytes: int64(1000 * (i + 1)), Taken: noon.Add(-time.Duration(i) * 9 * time.Hour),
		}
		if i%3 == 2 {
			item.Kind, item.Length = KindRecording, 95*time.Second
		}
		l.items = append(l.items, item)
	}
	return l
}

// host is a window with a gallery in it.
type host struct {
	*Gallery
	*kittest.Loop
	canvas fyne.Canvas
	left   bool // the gallery asked to be closed

	mu      sync.Mutex
	notices []kit.Notice
	opened  []string
}

// enter opens a gallery, waits for its list, and checks at the end that no goroutine is left.
func enter(t *testing.T, l *fakeLibrary) *host {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceAuto))
	before := goleak.IgnoreCurrent()
	h := &host{Loop: &kittest.Loop{}}
	queue := kit.NewUIQueue(h.Do)
	tasks, hints := kit.NewTasks(queue), kit.NewHints()
	win := a.NewWindow("")
	win.SetPadded(false)
	win.Resize(fyne.NewSize(1000, 700))
	h.canvas = win.Canvas()
	h.Gallery = New(Config{
		Library: l, Canvas: h.canvas, Tasks: tasks, Modals: kit.NewModals(h.canvas), Hints: hints,
		Leave: func() { h.left = true },
		Notify: func(n kit.Notice) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.notices = append(h.notices, n)
		},
		OpenFile: func(path string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.opened = append(h.opened, path)
		},
	})
	h.now = func() time.Time { return noon }
	win.SetContent(container.NewStack(h.Object, hints.Object))
	h.canvas.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if h.cfg.Modals.Len() == 0 {
			h.TypedKey(ev)
		} else if ev.Name == fyne.KeyEscape {
			h.cfg.Modals.Top().Close()
		}
	})
	t.Cleanup(func() {
		queue.Close()
		tasks.Cancel()
		tasks.Wait()
		goleak.VerifyNone(t, before)
	})
	queue.Start()
	h.Start()
	h.Until(t, "the list", func() bool { return h.loaded })
	return h
}

// said is how many notices came, and the last of them.
func (h *host) said() (n int, last kit.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n = len(h.notices); n > 0 {
		last = h.notices[n-1]
	}
	return n, last
}

// hasOpened says whether the desktop was asked to open that path.
func (h *host) hasOpened(path string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.opened, path)
}

// strike sends keys as the driver does: to what has the focus, else to the canvas.
func (h *host) strike(names ...fyne.KeyName) {
	for _, name := range names {
		ev := &fyne.KeyEvent{Name: name}
		if f := h.canvas.Focused(); f != nil {
			f.TypedKey(ev)
		} else {
			h.canvas.OnTypedKey()(ev)
		}
	}
}

// pictured waits until all cells have what they can have.
func (h *host) pictured(t *testing.T) {
	t.Helper()
	h.Until(t, "the pictures in view", func() bool {
		for _, cell := range h.grid.cells {
			if _, had := h.thumbnails.get(cell.item); !had {
				return false
			}
		}
		return len(h.grid.cells) > 0
	})
}
