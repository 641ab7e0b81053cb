package recording

import (
	"fmt"
	"slices"
	"strings"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/track"
)

// Filter says, after the fact, which of a recording's detections are shown.
type Filter struct {
	// Confidence is the least score, 0..1, of something new; 0 means inference.DefaultConfidence.
	// The objects are tracked again with it, from what the detector itself had found, so that the
	// outcome is that of a recording made with it. In a video an object stays until its score falls
	// below half of it; an export has nothing below it.
	Confidence float32
	// Classes are the labels that are shown; none for all. Blur are those that are made
	// unrecognisable.
	Classes, Blur []string
}

// check refuses labels that the model does not have.
func (f Filter) check(labels []string) error {
	if len(labels) == 0 {
		return nil
	}
	for _, label := range slices.Concat(f.Classes, f.Blur) {
		if !slices.Contains(labels, label) {
			return fmt.Errorf("the model of this recording knows no %q; it knows %s", label,
				some(labels))
		}
	}
	return nil
}

// some names a few labels.
func some(labels []string) string {
	const few = 8
	if len(labels) <= few {
		return strings.Join(labels, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(labels[:few], ", "), len(labels)-few)
}

func (f Filter) style() Style {
	return Style{
		View: overlay.View{Boxes: true, Labels: true, IDs: true},
		Shows: func(d inference.Detection) bool {
			return (len(f.Classes) == 0 || slices.Contains(f.Classes, d.Label)) &&
				track.Shown(d, f.Confidence)
		},
		Blurs: func(d inference.Detection) bool { return slices.Contains(f.Blur, d.Label) },
	}
}
