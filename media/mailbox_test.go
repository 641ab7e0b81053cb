package media

import (
	"context"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMailboxNewestWins(t *testing.T) {
	var released []int
	m := NewMailbox(func(v int) { released = append(released, v) })
	if _, ok := m.TryTake(); ok {
		t.Error("a new mailbox is not empty")
	}
	for v := 1; v <= 3; v++ {
		m.Put(v)
	}
	if v, ok := m.Take(context.Background()); !ok || v != 3 {
		t.Errorf("took %d, %v; want the newest, 3", v, ok)
	}
	if !slices.Equal(released, []int{1, 2}) {
		t.Errorf("released %v", released)
	}
	if puts, drops := m.Counts(); puts != 3 || drops != 2 {
		t.Errorf("%d puts, %d drops", puts, drops)
	}
	if _, ok := m.TryTake(); ok {
		t.Error("a value was taken twice")
	}
}

func TestMailboxTakeEndsWithItsContext(t *testing.T) {
	m := NewMailbox[int](nil)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	go func() {
		_, ok := m.Take(ctx)
		done <- ok
	}()
	cancel()
	if <-done {
		t.Error("took something from nothing")
	}
}

func TestMailboxClose(t *testing.T) {
	var released []int
	m := NewMailbox(func(v int) { released = append(released, v) })
	m.Put(1)
	m.Close()
	m.Close()
	m.Put(2)
	if !slices.Equal(released, []int{1, 2}) {
		t.Errorf("released %v, want what was inside and what came after", released)
	}
	if _, ok := m.Take(context.Background()); ok {
		t.Error("took from a closed mailbox")
	}
	if _, open := <-m.Ready(); open {
		if _, open := <-m.Ready(); open {
			t.Error("Ready is not closed")
		}
	}
}

func TestMailboxCloseWakesReaders(t *testing.T) {
	m := NewMailbox[int](nil)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, ok := m.Take(context.Background()); ok {
				t.Error("took something from nothing")
			}
		})
	}
	m.Close()
	wg.Wait()
}

func TestMailboxReady(t *testing.T) {
	m := NewMailbox[int](nil)
	m.Put(1)
	m.Put(2)
	<-m.Ready()
	if v, ok := m.TryTake(); !ok || v != 2 {
		t.Errorf("%d, %v", v, ok)
	}
	select {
	case <-m.Ready():
		t.Error("two puts into one slot gave two signals after the reader had caught up")
	default:
	}
}

// Frames that race through a mailbox are each released exactly once, by the reader or by the
// mailbox.
func TestMailboxReleasesEveryFrame(t *testing.T) {
	var pool Pool
	m := NewMailbox((*Frame).Release)
	var wg sync.WaitGroup
	const writers, each = 4, 500
	for range writers {
		wg.Go(func() {
			for range each {
				f, err := pool.Get(8, 8, I420)
				if err != nil {
					t.Error(err)
					return
				}
				m.Put(f)
			}
		})
	}
	read := make(chan uint64)
	go func() {
		var n uint64
		for {
			f, ok := m.Take(context.Background())
			if !ok {
				read <- n
				return
			}
			n++
			f.Release()
		}
	}()
	wg.Wait()
	_, dropsBefore := m.Counts()
	m.Close()
	n := <-read
	puts, drops := m.Counts()
	if puts != writers*each || n+drops > puts || n+drops+1 < puts || drops < dropsBefore {
		t.Errorf("%d puts, %d read, %d dropped", puts, n, drops)
	}
	if left := pool.Outstanding(); left != 0 {
		t.Errorf("%d frames were not released", left)
	}
}
