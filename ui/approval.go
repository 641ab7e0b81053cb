package ui

import (
	"context"
	"os"
	"runtime"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

const (
	// maxAsking bounds how many phones can wait for an answer; more are refused unasked.
	maxAsking = 8
	// unread is how long a question stands before it takes a yes, so that a second click or key,
	// meant for what was there before, lets nobody in.
	unread = 500 * time.Millisecond
)

// applicant is a phone that waits for an answer.
type applicant struct {
	from   Applicant
	answer chan Approval // with room for one
}

// say answers; the first answer counts.
func (a *applicant) say(given Approval) {
	select {
	case a.answer <- given:
	default:
	}
}

// applicants are the phones that wait, in the order in which they came. The question is about the
// first one. All of it belongs to the UI goroutine.
type applicants struct {
	w       *Window
	waiting []*applicant
	modal   *kit.Modal // nil while nobody waits
	more    *kit.Note  // how many wait behind the first one
	unread  time.Duration
}

// AskApproval asks whether that phone may send its picture here, and waits for the answer: a no
// also when ctx ends, the window closes, or too many others wait. Not to be called on the UI
// goroutine.
func (w *Window) AskApproval(ctx context.Context, from Applicant) Approval {
	defer w.asking.Add(-1)
	if w.asking.Add(1) > maxAsking {
		return Approval{}
	}
	from.Name = kit.Printable(from.Name, kit.MaxName)
	from.Address = kit.Printable(from.Address, kit.MaxName)
	a := &applicant{from: from, answer: make(chan Approval, 1)}
	key := w.tasks.Key("approval")
	w.queue.Post(key, func() { w.applicants.add(a) })
	select {
	case given := <-a.answer:
		return given
	case <-ctx.Done():
	case <-w.tasks.Context().Done():
	}
	// The key is the same, so a phone that is not in the line yet never will be.
	w.queue.Post(key, func() { w.applicants.remove(a) })
	return Approval{}
}

func (l *applicants) add(a *applicant) {
	if a.from.Name == "" {
		a.from.Name = kit.L("A phone")
	}
	l.waiting = append(l.waiting, a)
	l.next()
	l.w.callFor(a.from)
}

// remove takes a phone that gave up out of the line.
func (l *applicants) remove(a *applicant) {
	switch i := slices.Index(l.waiting, a); {
	case i == 0:
		l.modal.Close()
	case i > 0:
		l.waiting = slices.Delete(l.waiting, i, i+1)
		l.next()
	}
}

// next asks about the first phone, unless that is done already, and says how many wait behind it.
func (l *applicants) next() {
	if len(l.waiting) == 0 {
		l.w.win.SetTitle("Handlens")
		return
	}
	if l.modal == nil {
		l.ask(l.waiting[0])
	}
	text := ""
	if behind := len(l.waiting) - 1; behind > 0 {
		text = kit.N("One more phone is waiting.", "{{.Count}} more phones are waiting.", behind,
			nil)
	}
	l.more.Set(text, theme.ColorNamePlaceHolder)
	l.modal.Refresh()
}

// ask shows the question; closing it without an answer is a no.
func (l *applicants) ask(a *applicant) {
	shown := time.Now()
	yes := func(remember bool) func() {
		return func() {
			if time.Since(shown) >= l.unread {
				a.say(Approval{Allow: true, Remember: remember})
				l.modal.Close()
			}
		}
	}
	refuse := kit.NewButton(kit.L("Refuse"), nil, func() { l.modal.Close() })
	buttons := []*kit.Button{refuse, kit.NewButton(kit.L("Allow"), nil, yes(false))}
	if a.from.Lasting {
		buttons[1].Text = kit.L("Allow once")
		buttons = append(buttons, kit.NewButton(kit.L("Always allow"), nil, yes(true)))
	}
	buttons[1].Importance = widget.HighImportance
	name := kit.Heading(a.from.Name, theme.SizeNameHeadingText)
	address := widget.NewLabel(a.from.Address)
	l.more = kit.NewNote("")
	l.more.Set("", theme.ColorNamePlaceHolder)
	l.modal = l.w.modals.Show(a.from.question(), 400,
		container.New(layout.NewCustomPaddedVBoxLayout(-8), name, address, l.more.Object),
		func() {
			a.say(Approval{})
			l.modal = nil
			l.waiting = slices.DeleteFunc(l.waiting, func(o *applicant) bool { return o == a })
			l.next()
		}, buttons...)
	l.modal.Enter = yes(false)
	l.w.win.SetTitle(a.from.wants() + " – Handlens")
}

// question is what the person is asked.
func (a Applicant) question() string {
	if a.Watches {
		return kit.L("Let this device watch?")
	}
	return kit.L("Let this phone in?")
}

// wants says what it waits for.
func (a Applicant) wants() string {
	if a.Watches {
		return kit.L("{{.Name}} wants to watch", map[string]any{"Name": a.Name})
	}
	return kit.L("{{.Name}} wants to join", map[string]any{"Name": a.Name})
}

// callFor tells whoever looks at another window that somebody waits.
func (w *Window) callFor(from Applicant) {
	if !w.away.Load() {
		return
	}
	w.Notify("Handlens", from.wants())
}

// Notify has the desktop show something; false where it cannot be asked to. Any goroutine may call
// it.
func (w *Window) Notify(title, text string) bool {
	if !desktopTells() {
		return false
	}
	// On Linux this waits for another program to answer, which may never do so; the window neither
	// waits for it nor, when it closes, for its end.
	go w.app.SendNotification(fyne.NewNotification(kit.Printable(title, kit.MaxReason),
		kit.Printable(text, kit.MaxReason)))
	return true
}

// desktopTells says that the desktop can be asked to tell of something: without its message bus
// Fyne would start one.
func desktopTells() bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" ||
		os.Getenv("DBUS_SESSION_BUS_ADDRESS") != ""
}
