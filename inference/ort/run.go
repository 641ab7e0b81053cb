package ort

import (
	"fmt"

	engine "github.com/yalue/onnxruntime_go"
)

// Allocate makes the input tensors in these shapes, one for each input, and runs the model once on
// zeros. That shows the true shapes of the outputs, whose tensors are then made once and used for
// every run, and it warms the engine up. It may be called again with other shapes; tensors that
// were handed out before must not be used any more.
func (s *Session) Allocate(shapes ...[]int64) error {
	if s.session == nil {
		return errClosed
	}
	if len(shapes) != len(s.inputs) {
		return fmt.Errorf("%d shapes for %d inputs", len(shapes), len(s.inputs))
	}
	s.free()
	if err := s.allocate(shapes); err != nil {
		s.free()
		return newModelError(s.path, "run", err)
	}
	return nil
}

func (s *Session) allocate(shapes [][]int64) error {
	for i, info := range s.inputs {
		t, err := s.newTensor(info, shapes[i])
		if err != nil {
			return err
		}
		s.in = append(s.in, t)
	}
	if err := s.runUnbound(); err != nil {
		return err
	}
	for _, t := range s.out {
		n, err := elements(t.Shape)
		if err != nil {
			return fmt.Errorf("output %q: %w", t.Name, err)
		}
		// Nothing was found in the zeros: the size depends on the frame.
		s.dynamic = s.dynamic || len(t.Shape) == 0 || n == 0
	}
	if s.dynamic {
		return nil
	}
	return s.bind()
}

// bind gives every output a tensor of its own, in the shape that it had in the last run.
func (s *Session) bind() error {
	found := s.out
	s.out = nil
	defer func() {
		for _, t := range found {
			t.destroy()
		}
	}()
	var err error
	if s.binding, err = s.session.CreateIoBinding(); err != nil {
		return err
	}
	if err := s.bindInputs(); err != nil {
		return err
	}
	for i, f := range found {
		t, err := s.newTensor(Info{Name: s.outputs[i].Name, Type: f.Type}, f.Shape)
		if err != nil {
			return err
		}
		s.out = append(s.out, t)
		if err := s.binding.BindOutput(t.Name, t.value); err != nil {
			return err
		}
	}
	return s.runBound()
}

// bindInputs hands the inputs over. For the processor that is their address; for a device with
// memory of its own the engine copies what is in them now (seen with WebGPU in release 1.30), so
// that this is to be done before each run.
func (s *Session) bindInputs() error {
	for _, t := range s.in {
		if err := s.binding.BindInput(t.Name, t.value); err != nil {
			return err
		}
	}
	return nil
}

// runBound runs on the bound tensors.
func (s *Session) runBound() error {
	if s.provider.name != "cpu" {
		if err := s.bindInputs(); err != nil {
			return err
		}
	}
	if err := s.session.RunWithBinding(s.binding); err != nil {
		return err
	}
	for _, t := range s.out {
		t.Widen()
	}
	return nil
}

// Input returns the input tensor i, to be filled before Run.
func (s *Session) Input(i int) *Tensor { return s.in[i] }

// Allocated tells whether there are tensors: whether the last Allocate succeeded.
func (s *Session) Allocated() bool { return len(s.in) > 0 && len(s.out) > 0 }

// Output returns the output tensor i of the last Run. It is valid until the next one.
func (s *Session) Output(i int) *Tensor { return s.out[i] }

// Run runs the model on what is in the inputs. It does not allocate if the outputs' shapes do not
// depend on the frame. It fails with a [ModelError].
func (s *Session) Run() error {
	if s.session == nil || len(s.in) == 0 {
		return errClosed
	}
	if !s.dynamic {
		err := s.runBound()
		if err == nil {
			return nil
		}
		// A bound output must keep its shape. Some models return as many rows as there are objects:
		// from now on the engine allocates their outputs. If something else is wrong, that fails as
		// well and says so.
		for _, t := range s.out {
			t.destroy()
		}
		s.out = nil
		s.dynamic = true
	}
	if err := s.runUnbound(); err != nil {
		return newModelError(s.path, "run", err)
	}
	return nil
}

// runUnbound lets the engine allocate the outputs; those of the last run are freed.
func (s *Session) runUnbound() error {
	halves := s.takeHalves()
	for _, t := range s.out {
		t.destroy()
	}
	s.out = s.out[:0]
	in := make([]engine.Value, len(s.in))
	for i, t := range s.in {
		in[i] = t.value
	}
	out, err := s.runMaking(in, halves)
	if err == nil {
		err = s.adoptAll(out, halves)
	}
	if err != nil {
		for _, t := range halves {
			t.destroy()
		}
	}
	return err
}

// adoptAll takes over what a run returned, in order.
func (s *Session) adoptAll(out []engine.Value, halves []*Tensor) (err error) {
	for i, v := range out {
		t := halves[i]
		if t == nil && v != nil {
			var adoptErr error
			if t, adoptErr = adopt(s.outputs[i].Name, v); adoptErr != nil {
				v.Destroy()
				err = adoptErr
			}
		}
		if t != nil {
			t.Widen()
			s.out = append(s.out, t)
		}
	}
	if err == nil && len(s.out) != len(s.outputs) {
		err = fmt.Errorf("the engine gave %d of %d outputs", len(s.out), len(s.outputs))
	}
	return err
}

// free frees the tensors and the binding, and keeps the session.
func (s *Session) free() {
	if s.binding != nil {
		s.binding.Destroy()
		s.binding = nil
	}
	for _, list := range [][]*Tensor{s.in, s.out} {
		for _, t := range list {
			t.destroy()
		}
	}
	s.in, s.out, s.dynamic = nil, nil, false
	s.pinner.Unpin()
}
