package track

import (
	"testing"

	"handlens/inference"
)

func TestShown(t *testing.T) {
	for _, c := range []struct {
		score float32
		track int
		want  bool
	}{{0.4, 0, true}, {0.39, 0, false}, {0.39, 7, true}, {0.2, 7, true}, {0.12, 7, false}} {
		if got := Shown(inference.Detection{Score: c.score, Track: c.track}, 0.4); got != c.want {
			t.Errorf("score %g, track %d: %v at 0.4", c.score, c.track, got)
		}
	}
}
