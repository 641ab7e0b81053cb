package kit

import (
	"fmt"
	"sync"
	"testing"

	"handlens/ui/kit/kittest"
)

func TestInboxKeepsTheNewestOfEachKey(t *testing.T) {
	l := &kittest.Loop{}
	b := NewUIQueue(l.Do)
	var got []string
	b.Post("a", func() { got = append(got, "a0") })
	if l.Turn() != 0 {
		t.Fatal("something was handed over before the start")
	}
	b.Start()
	for i := range 1000 {
		b.Post("b", func() { got = append(got, fmt.Sprint("b", i)) })
		b.Post("c", func() { got = append(got, fmt.Sprint("c", i)) })
	}
	if n := l.Turn(); n != 1 {
		t.Errorf("the loop was asked %d times, want once", n)
	}
	if s := fmt.Sprint(got); s != "[a0 b999 c999]" {
		t.Errorf("what ran is %s", s)
	}
	if l.Turn() != 0 {
		t.Error("something is left")
	}
}

func TestInboxIsBoundedUnderAStorm(t *testing.T) {
	l := &kittest.Loop{}
	b := NewUIQueue(l.Do)
	b.Start()
	var senders sync.WaitGroup
	for s := range 8 {
		senders.Go(func() {
			for range 2000 {
				b.Post(fmt.Sprint("key ", s), func() {})
			}
		})
	}
	senders.Wait()
	if l.Most() != 1 {
		t.Errorf("up to %d calls waited, want 1", l.Most())
	}
	if len(b.work) != 8 || len(b.order) != 8 {
		t.Errorf("%d pieces of work wait, want 8", len(b.work))
	}
	l.Turn()
}

func TestInboxStopsAtClose(t *testing.T) {
	l := &kittest.Loop{}
	b := NewUIQueue(l.Do)
	b.Start()
	ran := 0
	b.Post("first", b.Close)
	b.Post("second", func() { ran++ })
	l.Turn()
	if b.Post("third", func() { ran++ }) {
		t.Error("a closed inbox took work")
	}
	l.Turn()
	if ran != 0 {
		t.Error("work ran after the close")
	}
}
