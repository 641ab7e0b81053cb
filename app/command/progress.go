package command

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"handlens/app/cli"
)

// progress shows on a terminal how far a run through files is.
type progress struct {
	*cli.Meter
	files, done int           // of the run
	film        time.Duration // how long the current video is; 0 when nobody knows
}

func newProgress(stderr io.Writer) *progress { return &progress{Meter: cli.NewMeter(stderr, "")} }

// file is called before the n-th file, counted from 0.
func (p *progress) file(n int) {
	if p.done = n; p.files > 1 {
		p.Count(n, p.files)
	}
}

// filmBegin is called before the frames of a video, and end after them.
func (p *progress) filmBegin(path string, length time.Duration) (end func()) {
	p.film = length
	label := filepath.Base(path)
	if p.files > 1 {
		label = fmt.Sprintf("%d of %d, %s", p.done+1, p.files, label)
	}
	return p.Begin(label)
}

// frame is called before the n-th frame of a video, counted from 0.
func (p *progress) frame(n int, at time.Duration) {
	part := 0.0
	if p.film > 0 {
		part = float64(at) / float64(p.film)
	}
	p.Frames(n, part)
}
