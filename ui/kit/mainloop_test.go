package kit

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"handlens/media/waittest"
)

// Fyne's test app has no event loop: it runs at once what it is given, as the real one does when
// its loop has ended.
func TestPostAfterTheEndOfTheLoop(t *testing.T) {
	defer test.NewApp().Quit()
	b := NewUIQueue(Do)
	b.Start()
	ran, posted := false, make(chan bool)
	go func() { posted <- b.Post("late", func() { ran = true }) }()
	waittest.Receive(t, "Post returns", posted)
	b.Close()
	if ran {
		t.Error("it ran on the goroutine of the caller")
	}
}

func TestOnMain(t *testing.T) {
	if onMain() {
		t.Error("a test does not run on the main goroutine")
	}
}
