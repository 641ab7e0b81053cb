// Package testmodel writes a tiny ONNX detector, for tests and experiments without a real model. It
// finds saturated red, green and blue patches, with one exact, predictable box for each colour, in
// each output layout that Handlens reads.
//
// What it computes, for each of the three colours, in the model's input of size × size pixels:
//
//	margin = channel - max(the two others)
//	soft   = 3 × 3 average of margin
//	mask   = soft > 0.4
//	box    = least and greatest column and row of the mask, in whole pixels
//	score  = Score if the mask has any pixel, else 0
//
// The margin is how saturated a pixel is, 0..1. The average ignores single noisy pixels and leaves
// edges where they are; blurred by video encoding, an edge still crosses near the half.
//
// The [Shaped] models also say that the patch is the ellipse within the box (32 prototypes and
// coefficients), or where a person's 17 keypoints lie in it ([Keypoints]).
//
// The [Rotated] models give the rectangle of the patch as it is turned, from its moments.
//
// Several patches of one colour give one box around all of them. The files are like those of any
// trainer: no other package knows this model.
package testmodel
