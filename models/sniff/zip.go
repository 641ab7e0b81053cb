package sniff

import (
	"archive/zip"
	"io"
	"path"
	"strings"
)

// maxListed bounds how many files of an archive are looked at.
const maxListed = 1 << 12

// archive says what a ZIP archive holds: several kinds of models are ZIP archives, too.
func archive(r io.ReaderAt, size int64) *Refusal {
	const kind = "ZIP"
	z, err := zip.NewReader(r, size)
	if err != nil {
		return &Refusal{Code: Broken} // cut off
	}
	found := make(map[string]bool)
	onnx := ""
	for _, f := range z.File[:min(len(z.File), maxListed)] {
		name := strings.ToLower(path.Base(f.Name))
		found[name], found[path.Ext(name)] = true, true
		if path.Ext(name) == ".onnx" && onnx == "" {
			onnx = f.Name
		}
	}
	switch {
	case onnx != "":
		return &Refusal{Code: ArchiveWith, Format: kind, File: onnx}
	case found["data.pkl"], found["constants.pkl"]:
		return &pyTorch
	case found["model.weights.h5"]:
		return &keras
	case found[".mlmodel"]:
		return &coreML
	case found["saved_model.pb"]:
		return &savedModel
	case found[".npy"]:
		return &Refusal{Code: OnlyWeights, Format: "NumPy"}
	}
	return &Refusal{Code: Archive, Format: kind}
}
