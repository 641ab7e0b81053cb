package ort

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	engine "github.com/yalue/onnxruntime_go"
)

// The binding (v1.36) cannot return float16 outputs that the engine allocated: it copies only every
// second byte and fails. These outputs therefore always get memory from here, for which their shape
// must be known beforehand. If the model does not declare it, a wrong one is tried: the engine
// refuses that and names the right one.

// takeHalves takes over the float16 outputs of the last run, by output, or makes them from the
// declared shapes; nil for all other outputs.
func (s *Session) takeHalves() []*Tensor {
	halves := make([]*Tensor, len(s.outputs))
	for i, info := range s.outputs {
		if info.Type != Float16 {
			continue
		}
		if len(s.out) == len(s.outputs) && s.out[i].value != nil {
			halves[i], s.out[i] = s.out[i], nil
			continue
		}
		shape := append([]int64(nil), info.Shape...)
		for j := range shape {
			shape[j] = max(shape[j], 1)
		}
		halves[i], _ = newHalf(info.Name, shape)
	}
	return halves
}

// newHalf makes a float16 output. Its memory is not pinned, since there may be a new one in each
// run: Go does not move allocated memory, and the tensor keeps it alive.
func newHalf(name string, shape []int64) (*Tensor, error) {
	n, err := elements(shape)
	if err != nil || len(shape) == 0 {
		return nil, fmt.Errorf("output %q: the shape %v is not possible as float16", name, shape)
	}
	t := &Tensor{Name: name, Type: Float16, Shape: shape}
	if err := t.make(max(n, 1)); err != nil {
		return nil, err
	}
	t.Float16 = t.Float16[:n]
	return t, nil
}

// wanted matches the engine's message about an output whose memory has another shape.
var wanted = regexp.MustCompile(
	`[Ss]hape verification failed\. Current shape:\{([-0-9,]*)\} Requested shape:\{([-0-9,]*)\}`)

// runMaking runs with memory for the float16 outputs only, and corrects their shapes (in halves) as
// the engine demands.
func (s *Session) runMaking(in []engine.Value, halves []*Tensor) ([]engine.Value, error) {
	for attempt := 0; ; attempt++ {
		out := make([]engine.Value, len(s.outputs))
		for i, t := range halves {
			if t != nil {
				out[i] = t.value
			}
		}
		err := s.session.Run(in, out)
		if err == nil {
			return out, nil
		}
		for i, v := range out {
			if v != nil && halves[i] == nil {
				v.Destroy()
			}
		}
		if attempt > len(s.outputs) || !mend(halves, err) {
			return nil, err
		}
	}
}

// mend replaces the float16 output that the engine refuses by one of the shape that it demands;
// false when the error is another one.
func mend(halves []*Tensor, err error) bool {
	m := wanted.FindStringSubmatch(err.Error())
	if m == nil {
		return false
	}
	now, want := parseShape(m[1]), parseShape(m[2])
	for i, t := range halves {
		if t == nil || fmt.Sprint(t.Shape) != fmt.Sprint(now) {
			continue
		}
		other, err := newHalf(t.Name, want)
		if err != nil {
			return false
		}
		t.destroy()
		halves[i] = other
		return true
	}
	return false
}

func parseShape(text string) []int64 {
	var shape []int64
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil
		}
		shape = append(shape, n)
	}
	return shape
}
