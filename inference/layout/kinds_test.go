package layout

import (
	"errors"
	"strings"
	"testing"
)

func TestOtherKindsAreNamed(t *testing.T) {
	picture := Tensor{Name: "pixel_values", Type: Float32, Shape: []int64{1, 3, 640, 640}}
	for name, want := range map[string]string{
		"input_ids": "text", "attention_mask": "text", "txt_feats": "text",
		"point_coords": "SAM", "image_embeddings": "SAM", "input_features": "sound",
	} {
		_, err := RecogniseInput([]Tensor{
			picture, {Name: name, Type: Int64, Shape: []int64{1, 7}},
		}, nil)
		e, ok := errors.AsType[*Error](err)
		if !ok || !e.NoDetector || !strings.Contains(e.Error(), want) ||
			!strings.Contains(e.Error(), name) || strings.Contains(e.Error(), "not understood") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"orig_target_sizes", "pixel_mask", "im_shape", "scale_factor"} {
		if err := otherKind([]Tensor{picture, {Name: name}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
