// Package sniff recognises what people often save instead of a model. It imports nothing of the
// program.
package sniff

import "bytes"

// HeadSize is how many bytes from the beginning of a file are enough for [Mistake].
const HeadSize = 64

// Kind is what a file is that cannot be a model.
type Kind uint8

// The kinds; of Unknown files nothing speaks against a model.
const (
	Unknown Kind = iota
	Empty
	LFSPointer
	WebPage
	ZIPArchive
)

// Mistake says what a file is that cannot be a model. It looks at the file's beginning, which is
// shorter than HeadSize only where the file is.
func Mistake(head []byte) Kind {
	if len(head) == 0 {
		return Empty
	}
	head = bytes.ToLower(bytes.TrimSpace(head[:min(len(head), HeadSize)]))
	switch {
	case bytes.HasPrefix(head, []byte("version https://git-lfs")):
		return LFSPointer
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")):
		return WebPage
	case bytes.HasPrefix(head, []byte("pk\x03\x04")):
		return ZIPArchive
	}
	return Unknown
}

// Sentence says in English what the file is and what to do about it; "" for Unknown.
func (k Kind) Sentence() string {
	switch k {
	case Empty:
		return "the file is empty"
	case LFSPointer:
		return "the file is a Git LFS pointer, not the model itself: download the model itself"
	case WebPage:
		return "the file is a web page, not a model: download the raw file"
	case ZIPArchive:
		return "the file is a ZIP archive (a PyTorch checkpoint is one, too), not an ONNX model: " +
			"export it to ONNX"
	}
	return ""
}
