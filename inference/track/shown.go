package track

import "handlens/inference"

// keepShare is how far below the threshold what is tracked may sink and still be shown, as a share
// of it.
const keepShare = 0.5

// Shown says whether a detection is to be seen under that threshold: it is certain enough, or it
// belongs to something that was and is at least half as certain, so that what trembles about the
// threshold does not flicker.
func Shown(d inference.Detection, confidence float32) bool {
	return d.Score >= confidence || d.Track > 0 && d.Score >= keepShare*confidence
}
