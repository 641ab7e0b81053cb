package ort

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"handlens/inference/testmodel"
)

// TestHalfThereAndBack takes each binary16 number to float32 and back, and a few numbers to the
// nearest.
func TestHalfThereAndBack(t *testing.T) {
	for i := range 1 << 16 {
		h := uint16(i)
		v := halves()[h]
		if v != v {
			if back := Float16Bits(v); halves()[back] == halves()[back] {
				t.Fatalf("%#04x, which is no number, came back as the number %#04x", h, back)
			}
			continue
		}
		if back := Float16Bits(v); back != h {
			t.Fatalf("%#04x is %v and came back as %#04x", h, v, back)
		}
	}
	for v, want := range map[float32]uint16{
		1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65519: 0x7bff, 65520: 0x7c00,
		float32(math.Inf(-1)): 0xfc00,
		1 + 1.0/2048:          0x3c00, 1 + 3.0/2048: 0x3c02, 1 + 1.01/2048: 0x3c01, 0x1p-24: 1,
		0x1p-25: 0, 0x1.8p-24: 2, 0x1.ffep-15: 0x0400,
	} {
		if got := Float16Bits(v); got != want {
			t.Errorf("%v became %#04x, not %#04x", v, got, want)
		}
	}
}

// TestElementTypes passes float16 and uint8 through the engine, and finds all floats as float32
// again.
func TestElementTypes(t *testing.T) {
	for _, declared := range []bool{true, false} {
		t.Run(fmt.Sprintf("declared=%v", declared), func(t *testing.T) {
			s, err := OpenBytes("types.onnx", testmodel.Types(4, declared), Options{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if in := s.Inputs(); in[0].Type != Float16 || in[1].Type != Uint8 {
				t.Fatalf("inputs are %+v", in)
			}
			if err := s.Allocate([]int64{1, 4}, []int64{1, 4}); err != nil {
				t.Fatal(err)
			}
			for i, v := range []float32{0.5, -3, 1000, 0} {
				s.Input(0).Float16[i] = Float16Bits(v)
			}
			copy(s.Input(1).Uint8, []byte{0, 1, 128, 255})
			if n := testing.AllocsPerRun(10, func() {
				if err := s.Run(); err != nil {
					t.Fatal(err)
				}
			}); n > 0 {
				t.Errorf("%v allocations in a run", n)
			}
			checkTypes(t, s)
			// The same where the engine makes the outputs, as with sizes that depend on the
			// frame.
			s.dynamic = true
			for range 2 {
				if err := s.Run(); err != nil {
					t.Fatal(err)
				}
				checkTypes(t, s)
			}
		})
	}
}

func checkTypes(t *testing.T, s *Session) {
	t.Helper()
	twice, same, wide := s.Output(0), s.Output(1), s.Output(2)
	if twice.Type != Float16 || !slices.Equal(twice.Shape, []int64{1, 4}) ||
		!slices.Equal(twice.Float32, []float32{1, -6, 2000, 0}) {
		t.Errorf("the float16 output is %+v", twice)
	}
	if same.Type != Uint8 || !slices.Equal(same.Uint8, []byte{0, 1, 128, 255}) {
		t.Errorf("the uint8 output is %+v", same)
	}
	if wide.Type != Float64 || !slices.Equal(wide.Float32, []float32{0.5, -3, 1000, 0}) {
		t.Errorf("the float64 output is %+v", wide)
	}
}
