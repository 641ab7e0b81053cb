package sniff

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/inference/testmodel"
)

// zipped is an archive with empty files of these names.
func zipped(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// field is a length-delimited field of protobuf.
func field(number int, content string) string {
	key := []byte{byte(number<<3 | wireBytes)}
	if number > 15 {
		key = []byte{byte(number<<3|wireBytes) | 128, byte(number >> 4)}
	}
	return string(key) + string(append([]byte{byte(len(content) | 128)}, byte(len(content)>>7))) +
		content
}

// kindOfFile is a file that is no ONNX model, and what is said of it.
type kindOfFile struct {
	name, content string
	code          Code
	word          string
}

func (k kindOfFile) check(t *testing.T) {
	t.Helper()
	_, err := Check(strings.NewReader(k.content), int64(len(k.content)), k.name)
	r, ok := errors.AsType[*Refusal](err)
	if !ok || r.Code != k.code || !strings.Contains(r.Error(), k.word) ||
		!errors.Is(err, ErrNotONNX) || strings.Contains(r.Error(), "{") {
		t.Errorf("%s, %.12q: %v", k.name, k.content, err)
	}
}

var kindsOfFiles = []kindOfFile{
	{"a.onnx", "", Empty, "empty"},
	{"a.onnx", "\n <!DOCTYPE html><html>", WebPage, "web page"},
	{"a.onnx", "<HTML lang=en>", WebPage, "raw file"},
	{"a.onnx", `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`, WebPage, ""},
	{"a.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:00", LFSPointer, "LFS"},
	{"best.pt", "\x80\x02}q\x00", OtherModel, "PyTorch"},
	{"a.tflite", "\x1c\x00\x00\x00TFL3\x14\x00", OtherModel, "tf2onnx"},
	{"a.engine", "ptrt\x00\x00\x00\x00\x00", Compiled, "TensorRT"},
	{"a.engine", "\x40\x00\x00\x00{\"description\": \"x\"}", Compiled, "TensorRT"},
	{"a.h5", "\x89HDF\r\n\x1a\n\x00\x00", OtherModel, "HDF5"},
	{"a.safetensors", "\x40\x00\x00\x00\x00\x00\x00\x00{\"w\":{}}", OnlyWeights, "safetensors"},
	{"a.param", "7767517\n75 83\nInput", Compiled, "ncnn"},
	{
		"a.xml", `<?xml version="1.0"?>` + "\n" + `<net name="Model0" version="11">`, Compiled,
		"OpenVINO",
	},
	{"a.weights", "\x00\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00\x01", OnlyWeights, "Darknet"},
	{"a.cfg", "[net]\nbatch=1\n", OnlyWeights, "Darknet"},
	{"a.tar.gz", "\x1f\x8b\x08\x00", Archive, "gzip"},
	{"a.tar", strings.Repeat("\x01", 257) + "ustar\x00", Archive, "tar"},
	{"a.7z", "7z\xbc\xaf\x27\x1c\x00", Archive, "7-Zip"},
	{"a.png", "\x89PNG\r\n\x1a\n", NotModel, "PNG"},
	{"a.onnx", "hello, I am a model", NotModel, "TXT"},
	{"a.onnx", strings.Repeat("é", headSize/2-1) + "a日本", NotModel, "TXT"},
	{"a.json", "{\"a\": 1}", NotModel, "JSON"},
	{
		"a.mlmodel", "\x08\x07" + field(2, strings.Repeat("\x0a\x02ab", 30)) + field(500, "layers"),
		Compiled, "Core ML",
	},
	{"a.pb", field(1, field(1, "input")+field(2, "Placeholder")), OtherModel, "GraphDef"},
	{
		"saved_model.pb", "\x08\x01" + field(2, field(1, strings.Repeat("x", 90))), OtherModel,
		"SavedModel",
	},
	{"inference.pdmodel", field(1, "\x08\x00\x10\xff"), OtherModel, "paddle2onnx"},
	{"a.caffemodel", field(1, "ResNet") + field(100, "layer"), Compiled, "Caffe"},
	{"a.pdiparams", "\x00\x00\x00\x00\x01", OnlyWeights, "PaddlePaddle"},
	{"a.plan", "\x00\x01\xff", Compiled, "TensorRT"},
	{"a.bin", "\x00\x01\xff", OnlyWeights, "weights"},
	{"a.onnx", "\x00\x01\xff", Broken, "only a part"},
	{"a.onnx", "\x08\x08" + field(2, "pytorch"), NoGraph, "no network"},
}

func TestCheckSaysWhatAFileIs(t *testing.T) {
	for _, k := range kindsOfFiles {
		k.check(t)
	}
	for _, k := range []kindOfFile{
		{"best.onnx", zipped(t, "best/data.pkl", "best/version"), OtherModel, "yolo export"},
		{"a.keras", zipped(t, "config.json", "model.weights.h5"), OtherModel, "Keras"},
		{"a.zip", zipped(t, "x/saved_model.pb"), OtherModel, "SavedModel"},
		{"a.zip", zipped(t, "readme.md", "x/Best.ONNX"), ArchiveWith, "use x/Best.ONNX"},
		{"a.zip", zipped(t, "readme.md"), Archive, "ZIP"},
		{"a.zip", zipped(t, "readme.md")[:20], Broken, "again"},
		{"a.npz", zipped(t, "a.npy"), OnlyWeights, "NumPy"},
		{"a.mlpackage.zip", zipped(t, "a/model.mlmodel"), Compiled, "Core ML"},
	} {
		k.check(t)
	}
}

// TestEachRefusalSaysWhatToDo wants a sentence with an instruction after a colon, or a limit.
func TestEachRefusalSaysWhatToDo(t *testing.T) {
	for _, c := range Codes() {
		text := (&Refusal{Code: c, File: "f", Op: "o\x1b[1m", Domain: "d"}).Error()
		if !strings.Contains(text, ": ") || strings.ContainsAny(text, "\x1b") {
			t.Errorf("%d: %q", c, text)
		}
	}
}

func variant(t *testing.T, weights string) (model, data []byte) {
	t.Helper()
	model, data, err := testmodel.BuildVariant("yolov8", 64, testmodel.Variant{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	return model, data
}

func TestCheckOfModels(t *testing.T) {
	whole, _ := variant(t, "")
	if parts, err := Check(bytes.NewReader(whole), int64(len(whole)), ""); err != nil ||
		parts != nil {
		t.Fatal(parts, err)
	}
	for n := range 2500 { // its graph does not end before
		if _, err := Check(bytes.NewReader(whole[:n]), int64(n), ""); !errors.Is(err, ErrNotONNX) {
			t.Fatalf("the first %d of %d bytes: %v", n, len(whole), err)
		}
	}
	split, data := variant(t, "sub/model.data")
	want := []External{{Location: "sub/model.data", Size: int64(len(data))}}
	if parts, err := Check(bytes.NewReader(split), int64(len(split)), ""); err != nil ||
		!slices.Equal(parts, want) {
		t.Errorf("%+v, %v, want %+v", parts, err, want)
	}
	// A node's attribute t of a node in a graph g of a node's attribute: subgraphs and constants.
	tensor := field(tensorData, field(1, "location")+field(2, "w.bin")) + "\x70\x01"
	inner := field(graphNode, field(nodeAttribute, field(attributeTensor, tensor)))
	outer := field(modelGraph, field(graphNode, field(nodeAttribute, field(attributeGraph, inner))))
	if parts, err := Check(strings.NewReader(outer), int64(len(outer)), ""); err != nil ||
		len(parts) != 1 || parts[0].Location != "w.bin" {
		t.Errorf("within nodes: %+v, %v", parts, err)
	}
	if _, err := Check(bytes.NewReader(whole), 1<<40, ""); !errors.Is(err, ErrNotONNX) {
		t.Errorf("a terabyte: %v", err)
	}
	many := bytes.Repeat([]byte{5 << 3, 1}, maxProtobufFields+1)
	if _, err := Check(bytes.NewReader(many), int64(len(many)), ""); !errors.Is(err, ErrNotONNX) {
		t.Errorf("endless fields: %v", err)
	}
}

// testFiles is a folder of files that are looked at.
type testFiles struct {
	*testing.T
	dir string
}

// put writes a file and returns its path.
func (f testFiles) put(name string, data []byte) string {
	f.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		f.Fatal(err)
	}
	return path
}

func (f testFiles) wants(path string, code Code, word string) {
	f.Helper()
	_, err := File(path)
	r, ok := errors.AsType[*Refusal](err)
	if !ok || r.Code != code || !strings.Contains(r.Error(), word) {
		f.Errorf("%s: %v, want %d with %q", filepath.Base(path), err, code, word)
	}
}

func TestFile(t *testing.T) {
	f := testFiles{t, t.TempDir()}
	model, data := variant(t, "model.onnx.data")
	path := f.put("m/model.onnx", model)
	f.wants(path, DataMissing, "model.onnx.data")
	f.put("m/model.onnx.data", data[:len(data)-1])
	f.wants(path, DataShort, "model.onnx.data")
	f.put("m/model.onnx.data", data)
	if names, err := File(path); err != nil || !slices.Equal(names, []string{"model.onnx.data"}) {
		t.Errorf("%q, %v", names, err)
	}
	f.put("secret", data)
	for _, name := range []string{
		"../secret", filepath.Join(f.dir, "secret"), "a/../../secret",
		"",
	} {
		outside, _ := variant(t, name)
		if name == "" {
			outside = []byte(field(modelGraph, field(graphInitializer, "\x70\x01")))
		}
		f.wants(f.put("m/outside.onnx", outside), DataOutside, name)
	}
	if err := os.Symlink("../secret", filepath.Join(f.dir, "m", "link")); err == nil {
		linked, _ := variant(t, "link")
		f.wants(f.put("m/linked.onnx", linked), DataOutside, "link")
	}
	f.wants(filepath.Join(f.dir, "m"), Folder, ".onnx")
}

func TestFolders(t *testing.T) {
	f := testFiles{t, t.TempDir()}
	f.put("saved/saved_model.pb", nil)
	f.wants(filepath.Join(f.dir, "saved"), OtherModel, "SavedModel")
	f.put("ncnn/a.param", nil)
	f.wants(filepath.Dir(f.put("ncnn/a.bin", nil)), Compiled, "ncnn")
	f.wants(filepath.Dir(f.put("a.mlpackage/Manifest.json", nil)), Compiled, "Core ML")
	f.wants(filepath.Dir(f.put("plain/x", nil)), PlainFolder, "folder")
	f.put("ov/a.xml", []byte("<net>"))
	f.wants(f.put("ov/a.bin", []byte("\x00\x01")), Compiled, "OpenVINO")
}

func TestMetadata(t *testing.T) {
	data, _ := variant(t, "")
	got, err := Metadata(bytes.NewReader(data), int64(len(data)))
	if err != nil || !strings.Contains(got["names"], testmodel.Labels[0]) {
		t.Errorf("the test model says %v, %v", got, err)
	}
	more := string(data) + field(modelMetadata, field(entryKey, "colour")+
		field(entryValue, "\xff blue"))
	got, err = Metadata(strings.NewReader(more), int64(len(more)))
	if err != nil || got["colour"] != "\ufffd blue" || len(got["names"]) == 0 {
		t.Errorf("with one more entry it says %v, %v", got, err)
	}
	for name, broken := range map[string]string{
		"cut off": string(data[:len(data)-3]), "text": "<!DOCTYPE html>",
		"an entry cut off": string(data) + string([]byte{
			modelMetadata<<3 | wireBytes, 3, 10, 9,
			65,
		}),
	} {
		if _, err := Metadata(strings.NewReader(broken), int64(len(broken))); !errors.Is(err,
			ErrNotONNX) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var many strings.Builder
	for i := range 2 * maxEntries {
		many.WriteString(field(modelMetadata, field(entryKey, string(rune(0x1000+i)))))
	}
	got, err = Metadata(strings.NewReader(many.String()), int64(many.Len()))
	if err != nil || len(got) != maxEntries {
		t.Errorf("%d entries, %v", len(got), err)
	}
}

func FuzzCheck(f *testing.F) {
	model, _, err := testmodel.BuildVariant("yolov8", 32, testmodel.Variant{Weights: "w"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(model[:2000])
	f.Add([]byte("version https://git-lfs.github.com/spec/v1\n"))
	f.Add([]byte{0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{0x08, 0x08, 0x3a, 0x02, 0x0a, 0x00, 0x42, 0x00})
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Check(bytes.NewReader(data), int64(len(data)), "x.onnx")
		if err != nil && !errors.Is(err, ErrNotONNX) {
			t.Fatalf("bytes in memory cannot fail to be read: %v", err)
		}
	})
}
