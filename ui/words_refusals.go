package ui

import (
	"handlens/models/sniff"
	"handlens/ui/kit"
)

// refusalWords says what a file is that is no model for us, and what to do about it.
func refusalWords(r *sniff.Refusal) string {
	data := map[string]any{
		"Format": r.Format, "Command": r.Command, "File": kit.Printable(r.File, kit.MaxName),
		"Op": kit.Printable(r.Op, kit.MaxName), "Domain": kit.Printable(r.Domain, kit.MaxName),
		"Got": r.Got, "Most": r.Most,
	}
	switch r.Code {
	case sniff.Empty:
		return kit.L("the file is empty: download or export it again")
	case sniff.LFSPointer:
		return kit.L("the file is a Git LFS pointer, not the model itself: download the model " +
			"itself")
	case sniff.WebPage:
		return kit.L("the file is a web page, not a model: download the raw file")
	case sniff.OtherModel:
		return kit.L("the file is a model for {{.Format}}, not for ONNX: export it to ONNX "+
			"({{.Command}})", data)
	case sniff.Compiled:
		return kit.L(
			"the file is a model made for {{.Format}} alone, which cannot be turned back: "+
				"export the model that it was made from to ONNX", data)
	case sniff.OnlyWeights:
		return kit.L(
			"the file has only weights in it ({{.Format}}), not the network: export it to "+
				"ONNX with the program that it was trained with", data)
	case sniff.Archive:
		return kit.L("the file is an archive ({{.Format}}), not a model: unpack it, and use the "+
			".onnx file that is in it", data)
	case sniff.ArchiveWith:
		return kit.L("the file is an archive ({{.Format}}), not a model: unpack it, and use "+
			"{{.File}}", data)
	case sniff.Folder:
		return kit.L("this is a folder, not a model: use {{.File}}", data)
	case sniff.PlainFolder:
		return kit.L("this is a folder, not a model: choose the .onnx file")
	case sniff.NotModel:
		return kit.L("the file is no model, its format is {{.Format}}: choose the .onnx file", data)
	case sniff.Broken:
		return kit.L(
			"the file is not an ONNX model, or only a part of one: download or export it " +
				"again")
	case sniff.NoGraph:
		return kit.L("the file is not an ONNX model: it has no network in it")
	case sniff.TooLarge:
		return kit.L("the file has {{.Size}}, and an ONNX file has at most {{.Limit}}",
			map[string]any{"Size": kit.Bytes(r.Got), "Limit": kit.Bytes(r.Most)})
	}
	return partWords(r, data)
}

// partWords is refusalWords for a model of ONNX that lacks something, or that the engine lacks
// something for.
func partWords(r *sniff.Refusal, data map[string]any) string {
	switch r.Code {
	case sniff.DataMissing:
		return kit.L("the model's weights are in another file, {{.File}}, which is not beside it: "+
			"put it there, or export the model as one file", data)
	case sniff.DataShort:
		return kit.L(
			"the file with the model's weights, {{.File}}, is only a part of it: download "+
				"or export it again", data)
	case sniff.DataOutside:
		return kit.L("the model names weights outside its own folder ({{.File}}), which is "+
			"refused: "+
			"save it again as one file", data)
	case sniff.NewerOpset:
		return kit.L("the model needs version {{.Got}} of the operators ({{.Domain}}), and this "+
			"ONNX "+
			"Runtime has {{.Most}}: export it with opset={{.Most}} or less", data)
	case sniff.NewerIR:
		return kit.L(
			"the file's ONNX format (IR version {{.Got}}) is newer than this ONNX Runtime "+
				"reads ({{.Most}}): export it with an older version of the package onnx", data)
	case sniff.Plugin:
		return kit.L("the model has the TensorRT plugin {{.Op}} in it, which nothing but TensorRT "+
			"can run: export it without", data)
	case sniff.Operator:
		return kit.L("the model uses an operator that ONNX Runtime does not have, {{.Op}} of "+
			"{{.Domain}}: export it with standard operators only", data)
	}
	return r.Error()
}
