package inference

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"handlens/inference/ort"
)

// BenchmarkDecode measures decoders on random outputs of full size: at the threshold that people
// see, where hardly anything passes, and at the least one with all labels, where nearly all does.
func BenchmarkDecode(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(low, high float32, shape ...int64) *ort.Tensor {
		n := int64(1)
		for _, s := range shape {
			n *= s
		}
		v := make([]float32, n)
		for i := range v {
			x := r.Float32()
			v[i] = low + (high-low)*x*x*x
		}
		return floatTensor(v, shape...)
	}
	in := input{width: 416, height: 416, sizes: -1}
	columns, plus := yolov8Layout, nanodetPlusLayout
	columns.classes, plus.classes, plus.bins = 80, 80, 8
	for _, c := range []struct {
		name   string
		layout layout
		out    *ort.Tensor
	}{
		{"columns", columns, random(0, .4004, 1, 84, 3549)},
		{"distribution", plus, random(0, .4004, 1, nanodetCells(in), 112)},
	} {
		for _, limit := range []float32{.4, minConfidence} {
			b.Run(fmt.Sprintf("%s/%g", c.name, limit), func(b *testing.B) {
				s := sieve{limit: limit, allLabels: limit < .1}
				where := newTransform(640, 480, in.width, in.height, c.layout.fit)
				var found []Detection
				b.ReportAllocs()
				for b.Loop() {
					if err := c.layout.decode(in, tensors{c.out}, &s); err != nil {
						b.Fatal(err)
					}
					found = finish(&s, c.layout.nms, .5, where, nil, found[:0])
				}
			})
		}
	}
}
