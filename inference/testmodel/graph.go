package testmodel

import (
	"cmp"
	"fmt"
)

// Element types and attribute types of ONNX (onnx.proto, TensorProto.DataType and
// AttributeProto.AttributeType).
const (
	typeFloat = 1
	typeInt64 = 7

	attributeInt  = 2
	attributeInts = 7
)

// graph collects an ONNX graph. Nodes are run in the order in which they are added, and name their
// results by number.
type graph struct {
	// batch is the number of frames, -1 for any.
	batch int64
	// half: inputs and outputs are float16, with float32 between them.
	half                                 bool
	nodes, initializers, inputs, outputs []message
	count                                int
	// variant is what is different from the usual; weights are the numbers that lie in its file.
	variant Variant
	domains []string // of operators, beyond the standard's
	weights []byte
}

// attribute is a node's setting; list is used when single is false.
type attribute struct {
	name   string
	single bool
	value  int64
	list   []int64
}

func one(name string,
	v int64,
) attribute {
	return attribute{name: name, single: true, value: v}
}
func many(name string, v ...int64) attribute { return attribute{name: name, list: v} }

// node adds one and returns the name of its result.
func (g *graph) node(op string, inputs []string, attributes ...attribute) string {
	out := g.fresh()
	g.named(op, out, inputs, attributes...)
	return out
}

// named adds a node whose result has a name of its own, as outputs of the graph need.
func (g *graph) named(op, out string, inputs []string, attributes ...attribute) {
	var n message
	for _, in := range inputs {
		n.string(1, in)
	}
	n.string(2, out)
	n.string(3, op+" "+out)
	n.string(4, op)
	for _, a := range attributes {
		var m message
		m.string(1, a.name)
		if a.single {
			m.int(3, a.value)
			m.int(20, attributeInt)
		} else {
			for _, v := range a.list {
				m.int(8, v)
			}
			m.int(20, attributeInts)
		}
		n.bytes(5, m)
	}
	g.nodes = append(g.nodes, n)
}

func (g *graph) fresh() string {
	g.count++
	return fmt.Sprintf("t%d", g.count)
}

// constant adds an initializer of that shape and returns its name.
func (g *graph) constant(elementType int64, raw []byte, shape ...int64) string {
	name := g.fresh()
	var t message
	for _, d := range shape {
		t.int(1, d)
	}
	t.int(2, elementType)
	t.string(8, name)
	if g.variant.Weights == "" || elementType != typeFloat { // shapes are in the model, as usual
		t.bytes(9, raw)
	} else {
		g.outside(&t, g.variant.Weights, len(g.weights), len(raw))
		g.weights = append(g.weights, raw...)
	}
	g.initializers = append(g.initializers, t)
	return name
}

func (g *graph) number(v float32) string { return g.constant(typeFloat, floats(v)) }
func (g *graph) indices(v ...int64) string {
	return g.constant(typeInt64, ints(v...),
		int64(len(v)))
}

func (g *graph) vector(v ...float32) string {
	return g.constant(typeFloat, floats(v...), int64(len(v)))
}

func (g *graph) input(name string, t int64, s ...int64) {
	g.inputs = append(g.inputs, valueInfo(name, t, s))
}

// wide is what an output is called before it is made float16, where it is.
func (g *graph) wide(name string) string {
	if g.half {
		return name + " wide"
	}
	return name
}

// output declares an output of the graph. One of float32 becomes float16 where all are.
func (g *graph) output(name string, t int64, s ...int64) {
	if g.half && t == typeFloat {
		t = typeHalf
		g.named("Cast", name, []string{g.wide(name)}, one("to", t))
	}
	g.outputs = append(g.outputs, valueInfo(name, t, s))
}

// valueInfo describes an input or output; a size of -1 is a dynamic axis.
func valueInfo(name string, elementType int64, shape []int64) message {
	var dims message
	for i, d := range shape {
		var dim message
		if d < 0 {
			dim.string(2, fmt.Sprintf("n%d", i))
		} else {
			dim.int(1, d)
		}
		dims.bytes(1, dim)
	}
	var tensor, kind, info message
	tensor.int(1, elementType)
	tensor.bytes(2, dims)
	kind.bytes(1, tensor)
	info.string(1, name)
	info.bytes(2, kind)
	return info
}

// The versions that are written: old enough for every runtime of the last years, and operator set
// 13 is the last whose reductions take their axes as attributes.
const (
	irVersion    = 7
	operatorSet  = 13
	producerName = "handlens testmodel"
)

// model writes the whole file with its metadata, pairs of key and value.
func (g *graph) model(metadata ...[2]string) []byte {
	var gm message
	for _, n := range g.nodes {
		gm.bytes(1, n)
	}
	gm.string(2, "patches")
	for _, t := range g.initializers {
		gm.bytes(5, t)
	}
	for _, v := range g.inputs {
		gm.bytes(11, v)
	}
	for _, v := range g.outputs {
		gm.bytes(12, v)
	}
	var opset, m message
	opset.string(1, "")
	opset.int(2, cmp.Or(g.variant.Opset, operatorSet))
	m.int(1, cmp.Or(g.variant.IR, irVersion))
	m.string(2, producerName)
	m.bytes(7, gm)
	m.bytes(8, opset)
	for _, domain := range g.domains {
		var other message
		other.string(1, domain)
		other.int(2, 1)
		m.bytes(8, other)
	}
	for _, kv := range metadata {
		var e message
		e.string(1, kv[0])
		e.string(2, kv[1])
		m.bytes(14, e)
	}
	return m
}
