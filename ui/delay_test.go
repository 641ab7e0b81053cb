package ui

import (
	"image"
	"strings"
	"sync"
	"testing"
	"time"

	"handlens/media"
)

// fakeDelay is a measurement that goes as the test says.
type fakeDelay struct {
	mu     sync.Mutex
	drawn  int
	now    Delay
	closed bool
}

func (d *fakeDelay) Code() image.Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drawn++
	return image.NewGray(image.Rect(0, 0, 14, 14))
}

func (d *fakeDelay) Delay() Delay {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *fakeDelay) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

func (d *fakeDelay) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

func TestMeasuresTheDelay(t *testing.T) {
	d := new(fakeDelay)
	var of string
	w, l := open(t, Config{
		Settings: DefaultSettings(), MeasureFirst: true,
		MeasureDelay: func(phone string) DelayTest { of = phone; return d },
	})
	join(t, w, l, 2)
	if w.delay == nil || of != "0" {
		t.Fatalf("the delay of %q is measured, want that of the first phone", of)
	}
	if said := w.delay.said.Label.Text; said != "The phone does not see the code yet" {
		t.Errorf("it says %q", said)
	}
	w.win.Canvas().Capture()
	before := func() int { d.mu.Lock(); defer d.mu.Unlock(); return d.drawn }()
	if before == 0 {
		t.Error("the code is not drawn")
	}
	d.mu.Lock()
	d.now = Delay{
		Seen: true, Readings: 42, Median: 118 * time.Millisecond, P95: 150 * time.Millisecond,
		Error: 17 * time.Millisecond,
	}
	d.mu.Unlock()
	l.Until(t, "the delay is said", func() bool {
		return w.delay.said.Label.Text == "118 ms from glass to glass" &&
			strings.Contains(w.delay.said.Detail.Segment.Text, "150 ms · 42 readings")
	})
	w.measureDelay() // there is one already
	w.RemovePhone("1", media.Reason{})
	l.Until(t, "the other phone is gone", func() bool { return w.live.find("1") == nil })
	if d.isClosed() {
		t.Error("it ended with another phone")
	}
	w.RemovePhone("0", media.Reason{})
	l.Until(t, "it ends with its phone", func() bool { return w.delay == nil && d.isClosed() })
}

func TestMeasuringEndsWithTheWindow(t *testing.T) {
	d := new(fakeDelay)
	w, l := open(t, Config{
		Settings: DefaultSettings(), MeasureDelay: func(string) DelayTest { return d },
	})
	w.measureDelay() // nobody is here
	join(t, w, l, 1)
	if w.delay != nil {
		t.Fatal("nobody asked for a measurement")
	}
	w.measureDelay()
	w.close()
	if !d.isClosed() {
		t.Error("it goes on")
	}
}
