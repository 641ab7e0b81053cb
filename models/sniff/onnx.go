package sniff

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Field numbers of onnx.proto: those that lead from the model (ModelProto) to its graph, from there
// to all weights, and to where a tensor says that its data lie.
const (
	modelMetadata    = 14
	modelGraph       = 7
	graphNode        = 1
	graphInitializer = 5
	nodeAttribute    = 5
	attributeTensor  = 5
	attributeGraph   = 6
	tensorData       = 13
	tensorLocation   = 14
	tensorExternal   = 1 // TensorProto.DataLocation.EXTERNAL
	entryKey         = 1 // of StringStringEntryProto
	entryValue       = 2
)

const (
	// maxModel bounds a model's file in bytes: protobuf reads no more than 2 GiB.
	maxModel = 2<<30 - 1
	// maxGraphs bounds how deep graphs lie in each other.
	maxGraphs = 8
	// maxPath bounds the name of a file of weights.
	maxPath = 1 << 12
	// maxParts bounds into how many files weights are divided.
	maxParts = 1 << 14
)

// External is a file with weights of a model, named from the model's folder as the model has it.
type External struct {
	Location string
	// Size is how many bytes it has to have at least, as far as the model says.
	Size int64
}

// Check checks that the size bytes in r are one whole ONNX file: a model with a graph, not cut off.
// It reads only the heads of fields, however large the file is; whether the model can run only the
// engine knows. It returns the files in which weights of the model lie. The path, which may be "",
// is asked for its ending when the content is no ONNX model. The error is a [Refusal], or r's.
func Check(r io.ReaderAt, size int64, path string) ([]External, error) {
	head := make([]byte, min(size, headSize))
	n, _ := r.ReadAt(head, 0)
	head = head[:n]
	if strings.HasPrefix(string(head), "PK\x03\x04") {
		return nil, archive(r, size)
	}
	if refusal := format(head); refusal != nil {
		return nil, refusal
	}
	if size > maxModel {
		return nil, ending(path, &Refusal{Code: TooLarge, Got: size, Most: maxModel})
	}
	m := modelWalker{walker: newWalker(r, size)}
	switch err := m.model(); {
	case errors.Is(err, errNotProtobuf), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		return nil, m.otherwise(path, &Refusal{Code: Broken})
	case err != nil:
		return nil, fmt.Errorf("reading the model file: %w", err)
	case !m.graph:
		return nil, m.otherwise(path, &Refusal{Code: NoGraph})
	}
	return m.external, nil
}

// modelWalker looks for what matters in an ONNX model.
type modelWalker struct {
	*walker
	graph    bool // the model has one
	external []External
	is       *Refusal // the other format that the fields of the file are of
}

func (m *modelWalker) model() error {
	first := true
	return m.fields(0, m.size, func(f protoField) error {
		if is := m.foreign(f, first); is != nil && (m.is == nil || is == &coreML) {
			m.is = is // Core ML's own field comes late
		}
		first = false
		if f.number == modelGraph && f.wire == wireBytes {
			m.graph = true
			return m.inGraph(f, maxGraphs)
		}
		return nil
	})
}

// foreign recognises other formats that are protobuf by a field of theirs that ONNX does not have.
func (m *modelWalker) foreign(f protoField, first bool) *Refusal {
	const neuralNetworks, last = 200, 3000 // Core ML's kinds of models (Model.proto)
	if f.wire != wireBytes {
		return nil
	}
	begin := m.begin(f)
	switch {
	case f.number >= neuralNetworks && f.number <= last:
		return &coreML
	case first && f.number == 1 && begin == 1<<3|wireVarint: // a block with its number
		return &paddle
	case first && f.number == 1 && begin == 1<<3|wireBytes: // a node with its name
		return &graphDef
	case f.number == 2 && begin == 1<<3|wireBytes && f.end-f.at > 64:
		return &savedModel // facts about its graph, where ONNX has the maker's name
	case f.number == 100:
		return &caffe
	}
	return nil
}

// begin is the first byte of a field's content, 0 for none.
func (m *modelWalker) begin(f protoField) byte {
	content, err := m.bytes(f.at, min(1, f.end-f.at))
	if err != nil || len(content) == 0 {
		return 0
	}
	return content[0]
}

// otherwise says what the file is when it is no whole ONNX model.
func (m *modelWalker) otherwise(path string, refusal *Refusal) *Refusal {
	if m.is != nil && !m.graph {
		return m.is
	}
	return ending(path, refusal)
}

func (m *modelWalker) inGraph(of protoField, depth int) error {
	return m.fields(of.at, of.end, func(f protoField) error {
		switch {
		case f.wire != wireBytes:
		case f.number == graphInitializer:
			return m.inTensor(f)
		case f.number == graphNode && m.left > maxProtobufFields/2 && depth > 0:
			return m.inNode(f, depth)
		}
		return nil
	})
}

// inNode looks for tensors and graphs among the attributes of a node.
func (m *modelWalker) inNode(of protoField, depth int) error {
	return m.fields(of.at, of.end, func(attribute protoField) error {
		if attribute.number != nodeAttribute || attribute.wire != wireBytes {
			return nil
		}
		return m.fields(attribute.at, attribute.end, func(f protoField) error {
			switch {
			case f.wire != wireBytes:
			case f.number == attributeTensor:
				return m.inTensor(f)
			case f.number == attributeGraph:
				return m.inGraph(f, depth-1)
			}
			return nil
		})
	})
}

// inTensor notes the file in which the tensor's data lie, if it is another one.
func (m *modelWalker) inTensor(of protoField) error {
	var e External
	var offset, length int64
	external := false
	err := m.fields(of.at, of.end, func(f protoField) error {
		switch {
		case f.number == tensorLocation && f.wire == wireVarint:
			external = f.value == tensorExternal
		case f.number == tensorData && f.wire == wireBytes:
			key, value, err := m.entry(f, maxPath)
			if err != nil {
				return err
			}
			number, _ := strconv.ParseInt(value, 10, 64) // no number counts as none
			switch key {
			case "location":
				e.Location = value
			case "offset":
				offset = max(number, 0)
			case "length":
				length = max(number, 0)
			}
		}
		return nil
	})
	if err != nil || !external {
		return err
	}
	e.Size = offset + length
	m.note(e)
	return nil
}

func (m *modelWalker) note(e External) {
	i := slices.IndexFunc(m.external, func(o External) bool { return o.Location == e.Location })
	switch {
	case i >= 0:
		m.external[i].Size = max(m.external[i].Size, e.Size)
	case len(m.external) < maxParts:
		m.external = append(m.external, e)
	}
}

// entry reads a key and its value, of at most so many bytes each.
func (w *walker) entry(of protoField, most int64) (key, value string, err error) {
	err = w.fields(of.at, of.end, func(f protoField) (err error) {
		switch f.number {
		case entryKey:
			key, err = w.text(f, most)
		case entryValue:
			value, err = w.text(f, most)
		}
		return err
	})
	return strings.ToValidUTF8(key, "\ufffd"), strings.ToValidUTF8(value, "\ufffd"), err
}

const (
	// maxMetadata bounds the bytes of keys and values together: the class names of the largest
	// known models have some tens of thousands.
	maxMetadata = 1 << 20
	// maxEntries bounds how many entries there are.
	maxEntries = 1 << 10
)

// Metadata reads what an ONNX file of so many bytes says about itself: keys and values as its
// exporter wrote them. It is for who has an engine that does not tell, as that of browsers. What is
// too long is left out.
func Metadata(r io.ReaderAt, size int64) (map[string]string, error) {
	w := newWalker(r, size)
	all := make(map[string]string)
	room := int64(maxMetadata)
	err := w.fields(0, size, func(f protoField) error {
		if f.number != modelMetadata || f.wire != wireBytes || f.end-f.at > room ||
			len(all) == maxEntries {
			return nil
		}
		room -= f.end - f.at
		key, value, err := w.entry(f, maxMetadata)
		all[key] = value
		return err
	})
	if err != nil {
		return nil, &Refusal{Code: Broken}
	}
	return all, nil
}
