package kittest

import (
	"testing"
	"time"

	"handlens/media"
)

// Frames is the newest frame of a phone that a test makes up. It is for one goroutine at a time.
type Frames struct {
	Pool   media.Pool
	newest *media.Frame
}

// Put makes a grey frame the newest. It was received so many seconds after 1970 as its number says.
func (s *Frames) Put(t *testing.T, seq uint64, w, h int, grey byte) {
	t.Helper()
	f, err := s.Pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Plane[0][0] = grey
	f.Seq, f.Received = seq, time.Unix(int64(seq), 0)
	s.Set(f)
}

// Set makes f, which it takes over, the newest frame.
func (s *Frames) Set(f *media.Frame) {
	if s.newest != nil {
		s.newest.Release()
	}
	s.newest = f
}

// Newest is the newest frame, which still belongs to s; nil before the first.
func (s *Frames) Newest() *media.Frame { return s.newest }

// End gives the newest frame back and checks that nobody else holds any.
func (s *Frames) End(t *testing.T) {
	t.Helper()
	s.Set(nil)
	if n := s.Pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}
