package testmodel

// Element types of ONNX that only Types uses (onnx.proto, TensorProto.DataType).
const (
	typeUint8  = 2
	typeHalf   = 10
	typeDouble = 11
)

// Types returns a model that is no detector but passes numbers through in all element types: its
// inputs are "half" (float16) and "bytes" (uint8), both [1,n], its outputs "half" + "half", "bytes"
// and a float64 of the half, all of that shape. The outputs declare their second axis only if
// declared is true.
func Types(n int64, declared bool) []byte {
	g := new(graph)
	g.input("half", typeHalf, 1, n)
	g.input("bytes", typeUint8, 1, n)
	g.named("Add", "twice", []string{"half", "half"})
	g.named("Identity", "same", []string{"bytes"})
	g.named("Cast", "wide", []string{"half"}, one("to", typeDouble))
	if !declared {
		n = -1
	}
	g.output("twice", typeHalf, 1, n)
	g.output("same", typeUint8, 1, n)
	g.output("wide", typeDouble, 1, n)
	return g.model()
}
