package sniff

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headSize is how many bytes from the beginning of a file tell what it is.
const headSize = 4096

// The ways from other formats to ONNX.
const (
	fromPyTorch = "yolo export model=best.pt format=onnx (Ultralytics), torch.onnx.export (PyTorch)"
	fromTFLite  = "python -m tf2onnx.convert --tflite model.tflite --output model.onnx"
	fromSaved   = "python -m tf2onnx.convert --saved-model FOLDER --output model.onnx"
	fromGraph   = "python -m tf2onnx.convert --graphdef model.pb --inputs … --outputs … " +
		"--output model.onnx"
	fromKeras  = `keras.saving.load_model("model.keras").export("model.onnx", format="onnx")`
	fromPaddle = "paddle2onnx --model_dir . --model_filename model.pdmodel " +
		"--params_filename model.pdiparams --save_file model.onnx"
)

var (
	pyTorch    = Refusal{Code: OtherModel, Format: "PyTorch", Command: fromPyTorch}
	tfLite     = Refusal{Code: OtherModel, Format: "TensorFlow Lite", Command: fromTFLite}
	savedModel = Refusal{Code: OtherModel, Format: "TensorFlow (SavedModel)", Command: fromSaved}
	graphDef   = Refusal{Code: OtherModel, Format: "TensorFlow (GraphDef)", Command: fromGraph}
	keras      = Refusal{Code: OtherModel, Format: "Keras", Command: fromKeras}
	paddle     = Refusal{Code: OtherModel, Format: "PaddlePaddle", Command: fromPaddle}
	tensorRT   = Refusal{Code: Compiled, Format: "TensorRT"}
	openVINO   = Refusal{Code: Compiled, Format: "OpenVINO"}
	coreML     = Refusal{Code: Compiled, Format: "Core ML"}
	ncnn       = Refusal{Code: Compiled, Format: "ncnn"}
	caffe      = Refusal{Code: Compiled, Format: "Caffe"}
	darknet    = Refusal{Code: OnlyWeights, Format: "Darknet"}
	webPage    = Refusal{Code: WebPage}
)

// magics are what files begin with; at is where.
var magics = []struct {
	at   int
	text string
	is   Refusal
}{
	{0, "version https://git-lfs", Refusal{Code: LFSPointer}},
	{4, "TFL3", tfLite},
	{4, "ORTM", Refusal{Code: Compiled, Format: "ONNX Runtime (.ort)"}},
	{0, "ptrt", tensorRT},
	{0, "ftrt", tensorRT},
	{0, "\x89HDF\r\n\x1a\n", Refusal{Code: OtherModel, Format: "Keras (HDF5)", Command: fromKeras}},
	{0, "\x80\x02", pyTorch}, // a pickle, as before PyTorch 1.6
	{0, "\x80\x03", pyTorch},
	{0, "\x80\x04", pyTorch},
	{0, "\x80\x05", pyTorch},
	{0, "GGUF", Refusal{Code: OnlyWeights, Format: "GGUF"}},
	{0, "\x93NUMPY", Refusal{Code: OnlyWeights, Format: "NumPy"}},
	{0, "RKNN", Refusal{Code: Compiled, Format: "RKNN"}},
	{0, "\x01HEF", Refusal{Code: Compiled, Format: "Hailo"}},
	{0, "\x00\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00", darknet},
	{0, "\x1f\x8b", Refusal{Code: Archive, Format: "gzip"}},
	{257, "ustar", Refusal{Code: Archive, Format: "tar"}},
	{0, "7z\xbc\xaf\x27\x1c", Refusal{Code: Archive, Format: "7-Zip"}},
	{0, "Rar!\x1a\x07", Refusal{Code: Archive, Format: "RAR"}},
	{0, "\xfd7zXZ\x00", Refusal{Code: Archive, Format: "xz"}},
	{0, "BZh", Refusal{Code: Archive, Format: "bzip2"}},
	{0, "\x28\xb5\x2f\xfd", Refusal{Code: Archive, Format: "Zstandard"}},
	{0, "\x89PNG\r\n", Refusal{Code: NotModel, Format: "PNG"}},
	{0, "\xff\xd8\xff", Refusal{Code: NotModel, Format: "JPEG"}},
	{0, "GIF8", Refusal{Code: NotModel, Format: "GIF"}},
	{8, "WEBP", Refusal{Code: NotModel, Format: "WebP"}},
	{4, "ftyp", Refusal{Code: NotModel, Format: "MP4"}},
	{0, "\x1aE\xdf\xa3", Refusal{Code: NotModel, Format: "Matroska"}},
	{0, "%PDF", Refusal{Code: NotModel, Format: "PDF"}},
	{0, "\x7fELF", Refusal{Code: NotModel, Format: "ELF"}},
	{0, "MZ", Refusal{Code: NotModel, Format: "EXE"}},
}

// byEnding are formats that only the file's name tells, once it is known to be no ONNX model.
var byEnding = map[string]Refusal{
	".pt": pyTorch, ".pth": pyTorch, ".ckpt": pyTorch, ".tflite": tfLite, ".pb": graphDef,
	".keras": keras, ".h5": keras, ".pdmodel": paddle,
	".pdiparams": {Code: OnlyWeights, Format: "PaddlePaddle"},
	".engine":    tensorRT, ".trt": tensorRT, ".plan": tensorRT, ".mlmodel": coreML,
	".mlpackage": coreML, ".param": ncnn, ".weights": darknet, ".caffemodel": caffe,
	".safetensors": {Code: OnlyWeights, Format: "safetensors"},
	".mnn":         {Code: Compiled, Format: "MNN"}, ".dlc": {Code: Compiled, Format: "SNPE"},
	".om": {Code: Compiled, Format: "Ascend"}, ".rknn": {Code: Compiled, Format: "RKNN"},
	".hef": {Code: Compiled, Format: "Hailo"}, ".blob": openVINO,
}

// format says what the beginning of a file shows it to be instead of an ONNX model; nil when
// nothing speaks against that.
func format(head []byte) *Refusal {
	if len(head) == 0 {
		return &Refusal{Code: Empty}
	}
	for _, m := range magics {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.text)) {
			return &m.is
		}
	}
	if r := withHeader(head); r != nil {
		return r
	}
	return text(head)
}

// withHeader recognises formats that begin with the length of their description in JSON.
func withHeader(head []byte) *Refusal {
	const before32, before64 = 4, 8
	switch {
	case len(head) < before64+2:
	case head[before64] == '{' && binary.LittleEndian.Uint64(head) < 1<<28 &&
		(head[before64+1] == '"' || head[before64+1] == '}'):
		return &Refusal{Code: OnlyWeights, Format: "safetensors"}
	case head[before32] == '{' && head[before32+1] == '"' &&
		binary.LittleEndian.Uint32(head) < 1<<20: // Ultralytics' engines
		return &tensorRT
	}
	return nil
}

// texts are beginnings of files in letters, in lower case, that no ONNX model has; one that has
// within, too, where that is not "". The first match wins.
var texts = []struct {
	begins, within string
	is             Refusal
}{
	{"version https://git-lfs", "", Refusal{Code: LFSPointer}},
	{"<!doctype", "", webPage},
	{"<html", "", webPage},
	{"<head", "", webPage},
	{"<?xml", "<html", webPage},
	{"<?xml", "<error", webPage}, // a storage server's
	{"<net", "", openVINO},
	{"<?xml", "<net ", openVINO},
	{"<", "", Refusal{Code: NotModel, Format: "XML"}},
	{"7767517", "", ncnn},
	{"[net]", "", darknet},
	{"{", "", Refusal{Code: NotModel, Format: "JSON"}},
	{"[", "", Refusal{Code: NotModel, Format: "JSON"}},
}

// text recognises what is written in letters, which no ONNX model is.
func text(head []byte) *Refusal {
	const shortest = 8 // what is shorter may be anything
	readable := isUTF8(head) && len(head) > shortest
	head = bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	if bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) }) {
		return nil
	}
	for _, t := range texts {
		if bytes.HasPrefix(head, []byte(t.begins)) && bytes.Contains(head, []byte(t.within)) {
			return &t.is
		}
	}
	if readable {
		return &Refusal{Code: NotModel, Format: "TXT"}
	}
	return nil
}

// isUTF8 tells whether these are letters, of which the last one may be cut.
func isUTF8(b []byte) bool {
	for cut := range min(utf8.UTFMax, len(b)) {
		if utf8.Valid(b[:len(b)-cut]) {
			return true
		}
	}
	return false
}

// ending says what the file's name shows, when its content is not an ONNX model's: whole, or
// perhaps a part of one.
func ending(path string, otherwise *Refusal) *Refusal {
	ext := strings.ToLower(filepath.Ext(path))
	if r, ok := byEnding[ext]; ok {
		return &r
	}
	if base := strings.TrimSuffix(path, filepath.Ext(path)); ext == ".bin" {
		switch {
		case isFile(base + ".xml"):
			return &openVINO
		case isFile(base + ".param"):
			return &ncnn
		}
		return &Refusal{Code: OnlyWeights, Format: ".bin"}
	}
	return otherwise
}
