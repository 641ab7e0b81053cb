package testmodel

import "fmt"

// Hostiles are the names that Hostile knows.
var Hostiles = []string{
	"hungry", "unknown", "short", "external", "outside", "huge",
	"plugin", "domain",
}

// Hostile returns a model that no machine can run, with weights of so many MB where it gets that
// far, for an input "images" of [1,3,32,32]:
//
//   - "hungry" asks for a tensor of four terabytes while it runs;
//   - "unknown" has an operation that does not exist, behind its weights;
//   - "short" promises more weights than it has;
//   - "external" keeps its weights in a file "weights.bin", and "outside" in one outside its own
//     folder;
//   - "huge" gives an output of 81 million numbers;
//   - "plugin" has TensorRT's suppression in it, and "domain" an operator of somebody's own.
func Hostile(kind string, megabytes int) []byte {
	g := new(graph)
	n := int64(megabytes) << 20 / 4
	g.input("images", typeFloat, 1, 3, 32, 32)
	sum := g.node("ReduceSum", []string{"images"}, one("keepdims", 0))
	switch kind {
	case "hungry":
		large := g.node("Expand", []string{sum, g.indices(1<<20, 1<<20)})
		g.named("ReduceMax", "out", []string{g.node("Add", []string{large, sum})},
			one("keepdims", 0))
	case "huge":
		g.named("Expand", "out", []string{sum, g.indices(9000, 9000)})
	case "external", "outside":
		where := "weights.bin"
		if kind == "outside" {
			where = "../../../../../../etc/hostname"
		}
		g.named("Add", "out", []string{sum, g.external(where, n)})
	case "unknown":
		weights := g.constant(typeFloat, make([]byte, 4*n), n)
		g.named("Nonsense", "out", []string{g.node("Add", []string{sum, weights})})
	case "plugin":
		g.foreign("TRT", "EfficientNMS_TRT", "out", sum)
	case "domain":
		g.foreign("com.example", "Weld", "out", sum)
	case "short":
		weights := g.constant(typeFloat, make([]byte, 4*n), 2*n)
		g.named("Add", "out", []string{sum, weights})
	}
	g.output("out", typeFloat, -1)
	return g.model()
}

// foreign adds a node with an operator that is not of the standard.
func (g *graph) foreign(domain, op, out, in string) {
	g.named(op, out, []string{in})
	g.nodes[len(g.nodes)-1].string(7, domain)
	g.domains = append(g.domains, domain)
}

// external adds an initializer of n numbers that lie in another file.
func (g *graph) external(file string, n int64) string {
	name := g.fresh()
	var t message
	t.int(1, n)
	t.int(2, typeFloat)
	t.string(8, name)
	g.outside(&t, file, 0, 0)
	g.initializers = append(g.initializers, t)
	return name
}

// outside says of a tensor where in another file its numbers lie (onnx.proto,
// TensorProto.external_data and data_location); length 0 leaves that to its shape.
func (g *graph) outside(t *message, file string, offset, length int) {
	const external = 1
	entries := [][2]string{{"location", file}}
	if length > 0 {
		entries = append(entries, [2]string{"offset", fmt.Sprint(offset)},
			[2]string{"length", fmt.Sprint(length)})
	}
	for _, e := range entries {
		var m message
		m.string(1, e[0])
		m.string(2, e[1])
		t.bytes(13, m)
	}
	t.int(14, external)
}
