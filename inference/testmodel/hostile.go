package testmodel

// Hostiles are the names that Hostile knows.
var Hostiles = []string{"hungry", "unknown", "short", "external", "outside", "huge"}

// Hostile returns a model that no machine can run, with weights of so many MB where it gets that
// far, for an input "images" of [1,3,32,32]:
//
//   - "hungry" asks for a tensor of four terabytes while it runs;
//   - "unknown" has an operation that does not exist, behind its weights;
//   - "short" promises more weights than it has;
//   - "external" keeps its weights in a file "weights.bin", and "outside" in one outside its own
//     folder;
//   - "huge" gives an output of 81 million numbers.
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
	case "short":
		weights := g.constant(typeFloat, make([]byte, 4*n), 2*n)
		g.named("Add", "out", []string{sum, weights})
	}
	g.output("out", typeFloat, -1)
	return g.model()
}

// external adds an initializer of n numbers that lie in another file (onnx.proto,
// TensorProto.external_data and data_location).
func (g *graph) external(file string, n int64) string {
	const external = 1
	name := g.fresh()
	var t, where message
	t.int(1, n)
	t.int(2, typeFloat)
	t.string(8, name)
	where.string(1, "location")
	where.string(2, file)
	t.bytes(13, where)
	t.int(14, external)
	g.initializers = append(g.initializers, t)
	return name
}
