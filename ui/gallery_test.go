package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/media/record"
)

// fakeLibrary holds items that are on no disk.
type fakeLibrary struct {
	mu      sync.Mutex
	items   []LibraryItem
	problem error
	// thumbs counts the small pictures that were asked for, by path.
	thumbs map[string]int
}

func (l *fakeLibrary) List() ([]LibraryItem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.items), l.problem
}

func (l *fakeLibrary) Thumbnail(item LibraryItem) (image.Image, error) {
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

func (l *fakeLibrary) Delete(item LibraryItem) (func() error, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if item.Unfinished {
		return nil, errors.New("it is being recorded")
	}
	before := slices.Clone(l.items)
	l.items = slices.DeleteFunc(l.items, func(i LibraryItem) bool { return i.Path == item.Path })
	return func() error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.items = before
		return nil
	}, nil
}

func (l *fakeLibrary) Rename(item LibraryItem, name string) (LibraryItem, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.items, func(i LibraryItem) bool { return i.Path == item.Path })
	if name == "taken" {
		return item, errors.New("there is one of that name already")
	}
	l.items[i].Name, l.items[i].Path = name, "/lib/"+name
	return l.items[i], nil
}

func (l *fakeLibrary) Folder(LibraryKind) string { return "/lib" }

// within looks through an object and all that is in it.
func within[T fyne.CanvasObject](o fyne.CanvasObject, is func(T) bool) (T, bool) {
	if found, ok := o.(T); ok && is(found) {
		return found, true
	}
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inside = o.Objects
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	}
	for _, child := range inside {
		if found, ok := within(child, is); ok {
			return found, true
		}
	}
	var none T
	return none, false
}

// noon is when the gallery of a test is looked at.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// library makes n items; every third one is a film.
func library(n int) *fakeLibrary {
	l := &fakeLibrary{}
	for i := range n {
		item := LibraryItem{
			Name: fmt.Sprintf("item %d", i), Path: fmt.Sprintf("/lib/%d", i), Count: 1,
			Bytes: int64(1000 * (i + 1)), Taken: noon.Add(-time.Duration(i) * 9 * time.Hour),
		}
		if i%3 == 2 {
			item.Kind, item.Length = record.KindRecording, 95*time.Second
		}
		l.items = append(l.items, item)
	}
	return l
}

// enter opens the gallery and waits for its list.
func enter(t *testing.T, l *fakeLibrary) (*Window, *loop, *gallery) {
	t.Helper()
	w, turn := open(t, Config{Library: l})
	w.showGallery()
	g := w.gallery
	g.now = func() time.Time { return noon }
	turn.until(t, "the list", func() bool { return g.known })
	return w, turn, g
}

// pictured waits until all cells have what they can have.
func pictured(t *testing.T, turn *loop, g *gallery) {
	t.Helper()
	turn.until(t, "the pictures in view", func() bool {
		for _, cell := range g.grid.cells {
			if _, had := g.thumbs.get(cell.item); !had {
				return false
			}
		}
		return len(g.grid.cells) > 0
	})
}

func strike(w *Window, names ...fyne.KeyName) {
	for _, name := range names {
		press(w, name)
	}
}

func TestGalleryLooks(t *testing.T) {
	for name, l := range map[string]*fakeLibrary{
		"empty":   library(0),
		"problem": {problem: errors.New("the folder cannot be read")}, "items": library(7),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "items" {
				l.items[0].Count, l.items[0].Folder = 10, "/lib/burst"
				l.items[2].Unfinished = true
			}
			w, turn, g := enter(t, l)
			if name == "items" {
				pictured(t, turn, g)
				strike(w, fyne.KeyRight)
			}
			test.AssertRendersToMarkup(t, "gallery_"+name+".xml", w.win.Canvas())
		})
	}
}

func TestGalleryReadsWhatIsInViewAndKeepsLittle(t *testing.T) {
	l := library(3000)
	_, turn, g := enter(t, l)
	pictured(t, turn, g)
	if n := len(g.grid.cells); n > 60 {
		t.Errorf("%d cells for a screen", n)
	}
	for range 12 {
		g.choose(g.place() + 70)
		pictured(t, turn, g)
	}
	if n := len(g.thumbs.have); n != maxThumbs || len(g.thumbs.order) != maxThumbs {
		t.Errorf("%d small pictures are kept", n)
	}
	if n := len(g.grid.cells) + len(g.grid.free); n > 120 {
		t.Errorf("%d cells were made", n)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.thumbs) == 0 || len(l.thumbs) > 2900 {
		t.Errorf("%d small pictures were read", len(l.thumbs))
	}
	for path, n := range l.thumbs {
		if n != 1 {
			t.Errorf("that of %s was read %d times on the way down", path, n)
		}
	}
}

func TestGalleryKeys(t *testing.T) {
	w, turn, g := enter(t, library(23))
	at := func(want int, keys ...fyne.KeyName) {
		t.Helper()
		strike(w, keys...)
		if got := g.place(); got != want {
			t.Errorf("%v: item %d is chosen, want %d", keys, got, want)
		}
	}
	columns := g.grid.columns
	if columns < 2 {
		t.Fatalf("%d columns", columns)
	}
	at(0, fyne.KeyRight)
	at(1, fyne.KeyRight)
	at(1+columns, fyne.KeyDown)
	at(1, fyne.KeyUp)
	at(1, fyne.KeyUp)
	at(22, fyne.KeyEnd)
	at(22, fyne.KeyRight)
	if g.grid.scroll.Offset.Y == 0 {
		t.Error("the last item is not in view")
	}
	at(22, fyne.KeyDown)
	at(0, fyne.KeyHome)
	if g.grid.scroll.Offset.Y != 0 {
		t.Error("the first item is not in view")
	}
	at(0, fyne.KeyLeft)
	strike(w, fyne.KeyEscape)
	if w.gallery != nil || w.win.Canvas().Content() != fyne.CanvasObject(w.root) ||
		!w.root.Visible() {
		t.Error("Esc did not lead back")
	}
	strike(w, fyne.KeyG)
	if w.gallery == nil {
		t.Error("G did not open the gallery again")
	}
	turn.until(t, "the list", func() bool { return w.gallery.known })
}

func TestGalleryFilters(t *testing.T) {
	_, _, g := enter(t, library(9))
	test.Tap(g.head.filters[filmsOnly])
	if len(g.shown) != 3 || g.shown[0].Kind != record.KindRecording {
		t.Errorf("films: %v", g.shown)
	}
	test.Tap(g.head.filters[picturesOnly])
	if len(g.shown) != 6 || len(g.grid.cells) != 6 {
		t.Errorf("%d pictures, %d cells", len(g.shown), len(g.grid.cells))
	}
	g.items = g.items[2:3]
	g.show()
	if len(g.middle.Objects) != 1 || g.middle.Objects[0] == fyne.CanvasObject(g.grid) {
		t.Error("nothing is said where there are no pictures among films")
	}
}

func TestGalleryDeletesAndBringsBack(t *testing.T) {
	w, turn, g := enter(t, library(5))
	strike(w, fyne.KeyRight, fyne.KeyRight, fyne.KeyDelete)
	turn.until(t, "the item to go", func() bool {
		return len(g.items) == 4 && len(w.toasts.live) == 1
	})
	if item, ok := g.choice(); !ok || item.Path != "/lib/2" {
		t.Errorf("%q is chosen after its neighbour went", item.Path)
	}
	undo, ok := within(w.toasts.box, func(b *keyedButton) bool { return b.Text == "Undo" })
	if !ok {
		t.Fatal("there is no way back")
	}
	test.Tap(undo)
	turn.until(t, "the item to come back", func() bool {
		return len(g.items) == 5 && g.chosen == "/lib/1"
	})
}

func TestGalleryCannotDelete(t *testing.T) {
	l := library(1)
	l.items[0].Unfinished = true
	w, turn, g := enter(t, l)
	strike(w, fyne.KeyRight, fyne.KeyDelete)
	turn.until(t, "the reason", func() bool { return len(w.toasts.live) == 1 })
	if len(g.items) != 1 {
		t.Error("it went all the same")
	}
}

func TestGalleryRenames(t *testing.T) {
	w, turn, g := enter(t, library(4))
	strike(w, fyne.KeyRight, fyne.KeyF2)
	if len(w.sheets) != 1 {
		t.Fatal("nobody asks for the name")
	}
	entry := w.win.Canvas().Focused().(*nameEntry)
	if entry.Text != "item 0" || entry.SelectedText() != "item 0" {
		t.Errorf("the field has %q, %q of it marked", entry.Text, entry.SelectedText())
	}
	entry.SetText("taken")
	entry.OnSubmitted("taken")
	turn.until(t, "the reason", func() bool {
		_, ok := within(w.sheets[0].pop.Content, func(r *widget.RichText) bool {
			return r.Visible() && r.String() == "there is one of that name already"
		})
		return ok
	})
	// The name is free on the next try, which begins once the last one has ended.
	entry.SetText("bell")
	turn.until(t, "the new name", func() bool {
		if len(w.sheets) > 0 {
			entry.OnSubmitted("bell")
		}
		item, ok := g.choice()
		return ok && item.Name == "bell" && len(w.sheets) == 0
	})
	strike(w, fyne.KeyF2)
	strike(w, fyne.KeyEscape)
	if len(w.sheets) != 0 || w.gallery == nil {
		t.Error("Esc left more than the question")
	}
}

// opener remembers what the system was asked to open.
type opener struct {
	fyne.App
	mu    sync.Mutex
	asked []string
}

func (o *opener) OpenURL(u *url.URL) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, filepath.ToSlash(u.Path))
	return nil
}

func (o *opener) opened() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.asked)
}

func TestGalleryOpensAndFinds(t *testing.T) {
	l := library(3)
	l.items[1].Folder = "/lib/burst"
	w, turn, g := enter(t, l)
	o := &opener{App: w.app}
	w.app = o
	pictured(t, turn, g)

	cell := g.grid.cells["/lib/0"]
	test.Tap(cell)
	if g.chosen != "/lib/0" || len(o.opened()) != 0 {
		t.Error("one tap does not choose")
	}
	test.Tap(cell)
	turn.until(t, "the second tap to open it", func() bool {
		return slices.Equal(o.opened(), []string{"/lib/0"})
	})
	strike(w, fyne.KeyRight, fyne.KeyReturn)
	turn.until(t, "the folder of the burst", func() bool {
		return slices.Contains(o.opened(), "/lib/burst")
	})

	var revealed []string
	g.reveal = func(_ context.Context, path string) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		revealed = append(revealed, path)
		if len(revealed) == 1 {
			return nil
		}
		return errors.New("no file manager answers")
	}
	strike(w, fyne.KeyHome)
	g.find()
	turn.until(t, "the file manager", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return len(revealed) == 1
	})
	g.find()
	turn.until(t, "the folder instead", func() bool { return slices.Contains(o.opened(), "/lib") })

	cell.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(50, 90)})
	if w.win.Canvas().Overlays().Top() == nil {
		t.Error("no menu came")
	}
}

func TestGalleryFollowsWhatIsTaken(t *testing.T) {
	l := library(0)
	_, turn, g := enter(t, l)
	l.mu.Lock()
	l.items = library(2).items
	l.mu.Unlock()
	g.look()
	turn.until(t, "the new items", func() bool { return len(g.grid.cells) == 2 })
	l.mu.Lock()
	l.items[0].Bytes *= 2
	l.mu.Unlock()
	pictured(t, turn, g)
	g.look()
	turn.until(t, "another picture of the one that grew", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.thumbs["/lib/0"] == 2
	})
}

func TestMoments(t *testing.T) {
	for at, want := range map[time.Time]string{
		noon.Add(-time.Hour):      "today 11:00",
		noon.Add(-13 * time.Hour): "yesterday 23:00",
		noon.AddDate(0, 0, -2):    "2026-11-22 12:00",
		noon.AddDate(-1, 0, 0):    "2025-11-24 12:00",
	} {
		if got := momentText(at, noon); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The words over pictures can be read on them (WCAG 2.2, 1.4.3: 4.5 : 1).
func TestMarksCanBeRead(t *testing.T) {
	if c := contrast(onGlass, glass, color.White); c < 4.5 {
		t.Errorf("on a white picture the contrast is %.1f", c)
	}
	if c := contrast(onAmber, amberGlass, color.White); c < 4.5 {
		t.Errorf("the warning's contrast is %.1f", c)
	}
}
