package ffmpeg

// #include "shim.h"
import "C"

import (
	"math"
	"time"

	"github.com/asticode/go-astiav"
)

// fileClock turns a stream's time stamps into time since its first frame. Streams without stamps
// (raw H.264, some AVI) advance by the frame rate.
type fileClock struct {
	tick    float64 // seconds
	step    time.Duration
	started bool
	first   int64
	last    time.Duration
}

// fallbackFPS is taken for a stream that tells neither time nor rate.
const fallbackFPS = 25

func newFileClock(base astiav.Rational, fps float64) fileClock {
	if fps <= 0 {
		fps = fallbackFPS
	}
	c := fileClock{step: time.Duration(float64(time.Second) / fps), last: -1}
	if base.Num() > 0 && base.Den() > 0 {
		c.tick = float64(base.Num()) / float64(base.Den())
	}
	return c
}

// at returns the time of the frame that was just received and must be asked once for each. It
// never goes back.
func (c *fileClock) at(p *avFrame) time.Duration {
	t := c.last + c.step
	if c.last < 0 {
		t = 0
	}
	if ts := int64(p.c().best_effort_timestamp); ts != astiav.NoPtsValue && c.tick > 0 {
		if !c.started {
			c.started, c.first = true, ts
		}
		if s := float64(ts-c.first) * c.tick; s >= 0 && s < maxSeconds {
			t = time.Duration(math.Round(s * float64(time.Second)))
		}
	}
	c.last = max(t, c.last)
	return c.last
}

// maxSeconds bounds times that a file claims: ten years.
const maxSeconds = 10 * 365 * 24 * 3600

// maxFPS bounds the rate a file claims.
const maxFPS = 1000

// rate returns a stream's frames a second, 0 when unknown.
func rate(s *astiav.Stream) float64 {
	for _, r := range []astiav.Rational{s.AvgFrameRate(), s.RFrameRate()} {
		if r.Num() <= 0 || r.Den() <= 0 {
			continue
		}
		if fps := float64(r.Num()) / float64(r.Den()); fps <= maxFPS {
			return fps
		}
	}
	return 0
}

// length returns how long the video is, 0 when unknown.
func length(f *astiav.FormatContext, s *astiav.Stream) time.Duration {
	seconds := 0.0
	if base := s.TimeBase(); s.Duration() > 0 && base.Den() > 0 {
		seconds = float64(s.Duration()) * float64(base.Num()) / float64(base.Den())
	} else if f.Duration() > 0 {
		seconds = float64(f.Duration()) / float64(astiav.TimeBase)
	}
	if seconds <= 0 || seconds > maxSeconds {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}
