package tile

import (
	"time"

	"handlens/inference"
)

// blurSpeed is how far, in picture widths per second, something may move that must not be
// recognised: late boxes are enlarged by how far it could have moved since.
const blurSpeed = 0.6

// blurKey is what of a picture must not be recognised.
type blurKey struct {
	found []inference.Box
	lag   time.Duration // how much older the frame is that they were found in
	all   bool          // nothing is known yet: the whole picture
}

// blurOf returns what of a scene must not be recognised, where hides says whether there are such
// classes at all.
func blurOf(s Scene, hides bool) blurKey {
	if len(s.Blur) == 0 {
		// Before the first detection they could be anywhere.
		return blurKey{all: hides && s.DetectedFor.IsZero()}
	}
	k := blurKey{found: s.Blur}
	if s.Frame != nil && !s.DetectedFor.IsZero() {
		k.lag = max(0, s.Frame.Origin().Sub(s.DetectedFor))
	}
	return k
}

func (k blurKey) same(o blurKey) bool {
	return shared(k.found, o.found) && k.lag == o.lag && k.all == o.all
}

// boxes are those to be hidden, enlarged by what may have changed since they were found.
func (k blurKey) boxes() []inference.Box {
	if k.all {
		return []inference.Box{{X2: 1, Y2: 1}}
	}
	boxes := make([]inference.Box, len(k.found))
	grow := float32(blurSpeed * k.lag.Seconds())
	for i, b := range k.found {
		boxes[i] = inference.Box{
			X1: clamp01(b.X1 - grow), Y1: clamp01(b.Y1 - grow), X2: clamp01(b.X2 + grow),
			Y2: clamp01(b.Y2 + grow),
		}
	}
	return boxes
}
