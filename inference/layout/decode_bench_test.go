package layout

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"handlens/inference"
)

// BenchmarkDecode measures decoders on random outputs of full size: at the threshold that people
// see, where hardly anything passes, and at the least one with all labels, where nearly all does.
func BenchmarkDecode(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(low, high float32, shape ...int64) *Tensor {
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
	in := Input{Width: 416, Height: 416, Sizes: -1}
	first, plus := yolov8Layout, nanodetPlusLayout
	first.input, plus.input = in, in
	first.classes, plus.classes, plus.bins = 80, 80, 8
	for _, c := range []struct {
		name   string
		layout Layout
		out    *Tensor
	}{
		{"channels first", first, random(0, .4004, 1, 84, 3549)},
		{"distribution", plus, random(0, .4004, 1, nanodetCells(in), 112)},
	} {
		for _, limit := range []float32{.4, leastScore} {
			b.Run(fmt.Sprintf("%s/%g", c.name, limit), func(b *testing.B) {
				d := NewDecoder(&c.layout)
				where := c.layout.Place(640, 480)
				f := Filter{Confidence: limit, IoU: .5, AllLabels: limit < .1}
				out := tensors{c.out}
				var found []inference.Detection
				var err error
				b.ReportAllocs()
				for b.Loop() {
					if found, err = d.Decode(out, where, f, found[:0]); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
