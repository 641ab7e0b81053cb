// Package sniff recognises what people often save instead of a model. It imports nothing of the
// program.
package sniff

import "bytes"

// HeadSize is how many bytes from the beginning of a file are enough for [Mistake].
const HeadSize = 64

// Mistake returns a sentence on what a file is that cannot be a model, and what to do about it. It
// looks at the file's beginning, which is shorter than HeadSize only where the file is. "" means
// that nothing is known against the file.
func Mistake(head []byte) string {
	if len(head) == 0 {
		return "the file is empty"
	}
	head = bytes.ToLower(bytes.TrimSpace(head[:min(len(head), HeadSize)]))
	switch {
	case bytes.HasPrefix(head, []byte("version https://git-lfs")):
		return "the file is a Git LFS pointer, not the model itself: download the model itself"
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")):
		return "the file is a web page, not a model: download the raw file"
	case bytes.HasPrefix(head, []byte("pk\x03\x04")):
		return "the file is a ZIP archive (a PyTorch checkpoint is one, too), not an ONNX model: " +
			"export it to ONNX"
	}
	return ""
}
