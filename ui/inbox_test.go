package ui

import (
	"fmt"
	"sync"
	"testing"
)

func TestInboxKeepsTheNewestOfEachKey(t *testing.T) {
	l := &loop{}
	b := newInbox()
	b.do = l.do
	var got []string
	b.post("a", func() { got = append(got, "a0") })
	if l.turn() != 0 {
		t.Fatal("something was handed over before the start")
	}
	b.start()
	for i := range 1000 {
		b.post("b", func() { got = append(got, fmt.Sprint("b", i)) })
		b.post("c", func() { got = append(got, fmt.Sprint("c", i)) })
	}
	if n := l.turn(); n != 1 {
		t.Errorf("the loop was asked %d times, want once", n)
	}
	if s := fmt.Sprint(got); s != "[a0 b999 c999]" {
		t.Errorf("what ran is %s", s)
	}
	if l.turn() != 0 {
		t.Error("something is left")
	}
}

func TestInboxIsBoundedUnderAStorm(t *testing.T) {
	l := &loop{}
	b := newInbox()
	b.do = l.do
	b.start()
	var senders sync.WaitGroup
	for s := range 8 {
		senders.Go(func() {
			for range 2000 {
				b.post(fmt.Sprint("key ", s), func() {})
			}
		})
	}
	senders.Wait()
	if l.most != 1 {
		t.Errorf("up to %d calls waited, want 1", l.most)
	}
	if len(b.work) != 8 || len(b.order) != 8 {
		t.Errorf("%d pieces of work wait, want 8", len(b.work))
	}
	l.turn()
}

func TestInboxStopsAtClose(t *testing.T) {
	l := &loop{}
	b := newInbox()
	b.do = l.do
	b.start()
	ran := 0
	b.post("first", b.close)
	b.post("second", func() { ran++ })
	l.turn()
	if b.post("third", func() { ran++ }) {
		t.Error("a closed inbox took work")
	}
	l.turn()
	if ran != 0 {
		t.Error("work ran after the close")
	}
}
