package ort

import "runtime"

// Fork returns another Session on the same loaded model, with tensors of its own that have yet to
// be allocated, for example for several frames at once. The weights are shared. It must be closed
// before s is, and the two must not be used at the same time.
func (s *Session) Fork() *Session {
	f := *s
	f.binding, f.in, f.out, f.dynamic, f.pinner, f.lent = nil, nil, nil, false, runtime.Pinner{},
		true
	return &f
}
