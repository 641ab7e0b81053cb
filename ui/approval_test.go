package ui

import (
	"context"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit/kittest"
)

// asked has a phone ask, and waits until it is in the line.
func asked(ctx context.Context, t *testing.T, w *Window, l *kittest.Loop, from Applicant,
) chan Approval {
	t.Helper()
	line := len(w.applicants.waiting) + 1
	answer := make(chan Approval, 1)
	go func() { answer <- w.AskApproval(ctx, from) }()
	l.Until(t, "the phone is in the line", func() bool { return len(w.applicants.waiting) == line })
	return answer
}

// says whether the question holds that text.
func questionSays(w *Window, text string) bool {
	_, ok := kittest.Find(w.modals.Top().Object(), func(l *widget.Label) bool {
		return l.Text == text
	})
	return ok
}

var anna = Applicant{Name: "Anna's\nphone", Address: "192.168.1.7", Lasting: true}

func TestApproval(t *testing.T) {
	w, l := open(t, Config{})
	w.applicants.unread = 0
	tap := func(button string) func() {
		return func() {
			t.Helper()
			b := findButton(w.modals.Top().Object(), button)
			if b == nil {
				t.Fatalf("there is no button %s", button)
			}
			test.Tap(b)
		}
	}
	key := func(name fyne.KeyName) func() { return func() { press(w, name) } }
	once := anna
	once.Lasting = false
	for _, c := range []struct {
		name string
		from Applicant
		do   func()
		want Approval
	}{
		{"Allow once", anna, tap("Allow once"), Approval{Allow: true}},
		{"Always allow", anna, tap("Always allow"), Approval{Allow: true, Remember: true}},
		{"Refuse", anna, tap("Refuse"), Approval{}},
		{"Enter", anna, key(fyne.KeyReturn), Approval{Allow: true}},
		{"Esc", anna, key(fyne.KeyEscape), Approval{}},
		{"Allow", once, tap("Allow"), Approval{Allow: true}},
	} {
		answer := asked(t.Context(), t, w, l, c.from)
		checkQuestion(t, w, c.from.Lasting)
		press(w, fyne.KeySpace)
		c.do()
		if got := <-answer; got != c.want {
			t.Errorf("%s answered %+v", c.name, got)
		}
		if w.modals.Len() != 0 || w.win.Title() != "Handlens" {
			t.Errorf("after %s %d questions stand, and the window is called %q", c.name,
				w.modals.Len(), w.win.Title())
		}
	}
}

// checkQuestion checks what the question about Anna's phone says.
func checkQuestion(t *testing.T, w *Window, lasting bool) {
	t.Helper()
	if !questionSays(w, "Anna's phone") || !questionSays(w, "192.168.1.7") {
		t.Error("the question does not say who asks")
	}
	if always := findButton(w.modals.Top().Object(), "Always allow"); (always != nil) != lasting {
		t.Error("a phone is offered to be known that cannot be, or the other way round")
	}
	if got := w.win.Title(); got != "Anna's phone wants to join – Handlens" {
		t.Errorf("while a phone waits the window is called %q", got)
	}
}

// TestApprovalOfAViewer asks for one that wants to watch in other words.
func TestApprovalOfAViewer(t *testing.T) {
	w, l := open(t, Config{})
	viewer := Applicant{Name: "Chrome", Address: "192.168.1.9", Watches: true}
	answer := asked(t.Context(), t, w, l, viewer)
	if got := w.win.Title(); got != "Chrome wants to watch – Handlens" {
		t.Errorf("the window is called %q", got)
	}
	if viewer.question() != "Let this device watch?" || anna.question() != "Let this phone in?" {
		t.Errorf("asked is %q and %q", viewer.question(), anna.question())
	}
	press(w, fyne.KeyEscape)
	if got := <-answer; got != (Approval{}) {
		t.Errorf("answered %+v", got)
	}
}

func TestNoApprovalByAWindowThatCloses(t *testing.T) {
	w, l := open(t, Config{})
	answer := asked(t.Context(), t, w, l, anna)
	w.close()
	if got := <-answer; got != (Approval{}) {
		t.Error("a closing window let a phone in")
	}
	if got := w.AskApproval(t.Context(), anna); got != (Approval{}) {
		t.Error("a closed window let a phone in")
	}
}

// TestApprovalLine asks about one phone at a time, says how many wait, and forgets those that gave
// up.
func TestApprovalLine(t *testing.T) {
	w, l := open(t, Config{})
	w.applicants.unread = 0
	more := func() string { return w.applicants.more.Segment.Text }
	var answers [4]chan Approval
	var give [4]context.CancelFunc
	for i := range answers {
		var ctx context.Context
		ctx, give[i] = context.WithCancel(t.Context())
		defer give[i]()
		answers[i] = asked(ctx, t, w, l, Applicant{Name: fmt.Sprint("phone ", i)})
	}
	if w.modals.Len() != 1 || !questionSays(w, "phone 0") ||
		more() != "3 more phones are waiting." {
		t.Errorf("%d questions stand, and %q", w.modals.Len(), more())
	}
	give[2]()
	if got := <-answers[2]; got != (Approval{}) {
		t.Error("a phone that gave up was let in")
	}
	l.Until(t, "two are left behind the first", func() bool {
		return more() == "2 more phones are waiting."
	})
	give[0]()
	<-answers[0]
	l.Until(t, "the next one is asked for", func() bool { return questionSays(w, "phone 1") })
	if more() != "One more phone is waiting." {
		t.Errorf("of the last one it says %q", more())
	}
	press(w, fyne.KeyReturn)
	if got := <-answers[1]; !got.Allow {
		t.Error("the second phone was not let in")
	}
	if !questionSays(w, "phone 3") || w.applicants.more.Object.Visible() {
		t.Errorf("of the last phone it says %q", more())
	}
	give[3]()
	<-answers[3]
	l.Until(t, "the question went", func() bool { return w.modals.Len() == 0 })
}

// A click or key that was meant for what was there before the question lets nobody in.
func TestApprovalIsNotGivenByAccident(t *testing.T) {
	w, l := open(t, Config{})
	w.applicants.unread = 1 << 40
	answer := asked(t.Context(), t, w, l, Applicant{Name: "phone", Lasting: true})
	press(w, fyne.KeyReturn)
	test.Tap(findButton(w.modals.Top().Object(), "Allow once"))
	test.Tap(findButton(w.modals.Top().Object(), "Always allow"))
	if w.modals.Len() != 1 || len(answer) > 0 {
		t.Error("it was taken for an answer")
	}
	test.Tap(findButton(w.modals.Top().Object(), "Refuse"))
	if got := <-answer; got != (Approval{}) {
		t.Errorf("refused, it is %+v", got)
	}
}

// While another window has the focus, the desktop tells that a phone waits.
func TestApprovalCallsForAttention(t *testing.T) {
	w, l := open(t, Config{})
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	told := make(chan *fyne.Notification, 2)
	w.app = tellingApp{w.app, told}
	ctx, cancel := context.WithCancel(t.Context())
	asked(ctx, t, w, l, Applicant{Name: "first"})
	w.away.Store(true)
	answer := asked(ctx, t, w, l, Applicant{Name: "second"})
	if n := <-told; n.Content != "second wants to join" {
		t.Errorf("the desktop tells %q", n.Content)
	}
	cancel()
	<-answer
}

// tellingApp notes what the desktop is to tell.
type tellingApp struct {
	fyne.App
	told chan<- *fyne.Notification
}

func (a tellingApp) SendNotification(n *fyne.Notification) { a.told <- n }
