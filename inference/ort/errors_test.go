package ort

import (
	"errors"
	"testing"
)

// The texts are the engine's own, of release 1.30.
func TestShortCause(t *testing.T) {
	for text, want := range map[string]string{
		"Error loading temporary session: Load model from /tmp/a.onnx failed:Protobuf parsing " +
			"failed.": "the file is damaged or is not an ONNX model",
		"Error creating C session: Failed to load model because protobuf parsing " +
			"failed.": "the file is damaged or is not an ONNX model",
		"Error loading temporary session: Invalid model. Node input 't43' is not a graph input, " +
			"initializer, or output of a previous node.": "" +
			"Node input 't43' is not a graph input, initializer, or output of a previous node",
		`Error creating temporary session: This is an invalid model. In Node, ("Mul t23", Muh, "", -1) : ("t22": tensor(float),) -> ("t23",) , Error No Op registered for Muh`: "" +
			`Muh node "Mul t23": No Op registered for Muh`,
		"Error running network: Non-zero status code returned while running Reshape node. " +
			"Name:'/attn/Reshape' Status Message: " +
			"/onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:48 " +
			"onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, " +
			"onnxruntime::TensorShapeVector&, bool) input_shape_size == size was false. The " +
			"input tensor cannot be reshaped. Input shape:{1,2}\n\nStack": "" +
			`Reshape node "/attn/Reshape": The input tensor cannot be reshaped. Input shape:{1,2}`,
		"std::bad_alloc":   "it asks for more memory than there is",
		"\x01\x02":         "the engine gives no reason",
		"line 1\nline 2\n": "line 1",
	} {
		if got := shortCause("/tmp/a.onnx", text); got != want {
			t.Errorf("%q\nbecame %q\nnot    %q", text, got, want)
		}
	}
}

func TestModelErrorIsErrModel(t *testing.T) {
	err := newModelError("/a/b.onnx", "run", errors.New("it is ill"))
	if !errors.Is(err, ErrModel) || err.Error() != "model b.onnx does not run: it is ill" {
		t.Errorf("got %v", err)
	}
}
