package layout

import "strings"

// otherKind says what kind of model it is that wants something else than a picture, by the names of
// its inputs; nil when none of them tells.
func otherKind(inputs []Tensor) error {
	for i := range inputs {
		name := strings.ToLower(inputs[i].Name)
		for _, k := range otherKinds {
			for _, part := range k.inputs {
				if strings.Contains(name, part) {
					return &Error{
						What: "the model is " + k.what + " (it has an input " +
							inputs[i].describe() + ")",
						Hint: k.hint, NoDetector: true,
					}
				}
			}
		}
	}
	return nil
}

// otherKinds are models that look at pictures in ways that a live view has no use for; inputs are
// parts of names that no detector's inputs have.
var otherKinds = []struct {
	inputs     []string
	what, hint string
}{
	{
		[]string{
			"input_ids", "attention_mask", "token_type_ids", "text_token", "position_ids",
			"text_feat", "txt_feats", "text_embed", "tokens", "prompt",
		},
		"prompted with a text, as Grounding DINO, OWL-ViT and YOLO-World are",
		"Handlens shows pictures to a model and has no text for it; models of this kind are " +
			"exported " +
			"with fixed classes instead (YOLO-World and YOLOE: model.set_classes([…]) before " +
			"model.export(format=\"onnx\"))",
	},
	{
		[]string{"point_coords", "point_labels", "image_embedding", "mask_input"},
		"prompted with points, as SAM is",
		"Handlens shows pictures to a model and has no points for it; a model of instance " +
			"segmentation (YOLO11-seg, for example) outlines things by itself",
	},
	{
		[]string{"input_features", "audio", "waveform", "mel_spec"},
		"a model of sound",
		"Handlens runs detectors of things in pictures: choose one of those",
	},
}
