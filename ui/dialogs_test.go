package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestApproval(t *testing.T) {
	w, l := open(t, Config{})
	ask := func(ctx context.Context) chan bool {
		answer := make(chan bool, 1)
		go func() {
			answer <- w.AskApproval(ctx, Applicant{
				Name: "Anna's\nphone", Address: "192.168.1.7",
			}).Allow
		}()
		return answer
	}
	for _, c := range []struct {
		button string
		want   bool
	}{{"Allow", true}, {"Refuse", false}} {
		answer := ask(t.Context())
		l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
		button := findButton(w.modals.Top().Object(), c.button)
		if button == nil {
			t.Fatalf("there is no button %s", c.button)
		}
		test.Tap(button)
		if got := <-answer; got != c.want || w.modals.Len() != 0 {
			t.Errorf("%s answered %v", c.button, got)
		}
	}
	answer := ask(t.Context())
	l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
	press(w, fyne.KeyEscape)
	if <-answer {
		t.Error("Esc let the phone in")
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer = ask(ctx)
	l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
	cancel()
	if <-answer {
		t.Error("a phone that left was let in")
	}
	l.Until(t, "the question went", func() bool { return w.modals.Len() == 0 })
	answer = ask(t.Context())
	l.Until(t, "the question stands", func() bool { return w.modals.Len() == 1 })
	w.close()
	if <-answer {
		t.Error("a closing window let a phone in")
	}
	if w.AskApproval(t.Context(), Applicant{Name: "x"}).Allow {
		t.Error("a closed window let a phone in")
	}
}
