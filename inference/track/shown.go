package track

import "handlens/inference"

// keepShare is the share of the threshold that the score of a tracked object needs to stay shown.
const keepShare = 0.5

// Shown tells whether a detection is shown under a threshold, 0..1: its score reaches that, or half
// of it if the object is tracked, so that an object does not flicker when its score varies around
// the threshold.
func Shown(d inference.Detection, confidence float32) bool {
	return d.Score >= confidence || d.Track > 0 && d.Score >= keepShare*confidence
}
