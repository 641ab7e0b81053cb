package detector

import (
	"handlens/inference/layout"
	"handlens/inference/ort"
)

// Explanation is what can be seen of a model, whether it is understood or not.
type Explanation struct {
	// Inputs are as declared, Outputs as a run on a shaded picture has left them, where the input
	// is understood, else as declared as well.
	Inputs, Outputs []layout.Tensor
	Metadata        map[string]string
	// Layout is nil when the model is not understood; Err then says why.
	Layout *layout.Layout
	Err    error
}

// Explain looks at the model in a file, with what is beside it, as [Open] does. The error is that
// of a file which the engine does not take at all.
func Explain(path string) (*Explanation, error) {
	sidecar, err := readSidecar(path)
	if err != nil {
		return nil, err
	}
	session, err := ort.Open(path, ort.Options{})
	if err != nil {
		return nil, err
	}
	defer session.Close()
	d := &Detector{execute: (*ort.Session).Run}
	d.use(session)
	e := &Explanation{
		Inputs: describe(session.Inputs()), Outputs: describe(session.Outputs()),
		Metadata: session.Metadata(),
	}
	if e.Err = d.recognise(e.Metadata, sidecar); e.Err == nil {
		e.Layout = d.layout
	}
	if _, err := layout.RecogniseInput(e.Inputs, e.Metadata); err == nil {
		for i, t := range warmedUp(session, d.input.Batch) {
			// The memory is the session's, which ends here.
			t.Float32 = append([]float32(nil), t.Float32...)
			e.Outputs[i] = t
		}
	}
	return e, nil
}
