package detector

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"handlens/inference"
	"handlens/inference/layout"
	"handlens/inference/ort"
	"handlens/media"
	"handlens/models/beside"
)

// Explanation is all that is known of a model: what was seen, what was concluded, and why.
type Explanation struct {
	// Inputs and Outputs are as the model declares them.
	Inputs, Outputs []layout.Tensor
	Metadata        map[string]string
	// Beside are the names of the files beside the model that were read.
	Beside []string
	// Problem says why the model is not understood; "" when it is.
	Problem string
	// Family, Labels, Input, Preparation, Fit, Reasons and Warnings are what was concluded of a
	// model that is understood.
	Family      string
	Labels      []string
	Input       layout.Input
	Preparation layout.Preparation
	Fit         layout.Fit
	Reasons     []string
	Warnings    []string
	// Seen are the numbers of the outputs in a run on the picture, as the model takes it when it is
	// understood, and else with samples of 0..1; Wide are those with samples of 0..255. Both are
	// empty when it could not be run, which Failed then explains.
	Seen, Wide []layout.Look
	Failed     string
	// Found is what the layout, or else the guess, finds in the picture.
	Found []inference.Detection
	// Guesses are sentences about the inputs and outputs that are not understood.
	Guesses []string
	// Start is a sidecar to start from, and Same tells whether it was seen to give the same.
	Start []byte
	Same  bool
}

// explained is the least score of what is found in the picture.
const explained = 0.25

// Explain looks at the model in a file, or in data unless that is nil, which need not be one that
// is understood, by a run on f, or on a drawn picture when that is nil. An error is about the file,
// or matches [ErrLibrary] or [ErrModel].
func Explain(path string, data []byte, f *media.Frame) (*Explanation, error) {
	var session engine
	var sidecar *layout.Sidecar
	var sidecarErr, err error
	if data != nil {
		session, err = ort.OpenBytes(path, data, ort.Options{})
	} else {
		sidecar, sidecarErr = readSidecar(path)
		session, err = ort.Open(path, ort.Options{})
	}
	if err != nil {
		return nil, err
	}
	if f == nil {
		f = drawTestFrame()
	}
	d := &Detector{execute: engine.Run}
	d.use(session)
	defer d.Close()
	x := explainer{d: d, frame: f, sidecar: sidecar, metadata: session.Metadata()}
	x.Metadata = x.metadata
	if file, names := beside.Names(path); data == nil && names != "" {
		x.Beside = append(x.Beside, file)
		x.metadata = layout.WithNamesBeside(x.metadata, file+" beside it", names)
	}
	x.Inputs, x.Outputs = describe(session.Inputs()), describe(session.Outputs())
	if sidecar != nil {
		x.Beside = append(x.Beside, modelName(filepath.Base(path))+".json")
	}
	if sidecarErr != nil {
		x.Problem = sidecarErr.Error()
	}
	x.explain()
	return &x.Explanation, nil
}

// explainer makes an explanation.
type explainer struct {
	Explanation
	d *Detector
	// hopeless: the model is no detector at all, as far as is known.
	hopeless bool
	frame    *media.Frame
	sidecar  *layout.Sidecar
	metadata map[string]string
	// evidence is what the run left from which the layout was concluded.
	evidence []layout.Tensor
}

func (x *explainer) explain() {
	err := x.recognise()
	if e, ok := errors.AsType[*layout.Error](err); ok {
		x.hopeless = e.NoDetector
	}
	if err != nil && x.Problem == "" {
		x.Problem = err.Error()
	}
	if err != nil && x.d.layout == nil && !x.d.session.Allocated() {
		// It is the inputs that are not understood, or their values that do not do.
		if x.hopeless {
			return
		}
		s, notes := layout.GuessInputs(x.Inputs, x.metadata)
		x.Guesses = notes
		if s == nil {
			x.Failed = err.Error()
			return
		}
		x.sidecar = s
		err = x.recognise()
	}
	if err == nil {
		x.understood()
		return
	}
	if !x.d.session.Allocated() {
		x.Failed = err.Error()
		return
	}
	x.unknown()
}

// recognise is that of the Detector, and keeps what it saw.
func (x *explainer) recognise() error {
	err := x.d.recognise(x.metadata, x.sidecar)
	x.evidence = nil
	if x.d.session.Allocated() {
		for _, t := range x.outputs() { // the next run writes into their memory
			t.Float32, t.Int64 = slices.Clone(t.Float32), slices.Clone(t.Int64)
			t.Int32 = slices.Clone(t.Int32)
			x.evidence = append(x.evidence, t)
		}
	}
	return err
}

// run runs the model on the picture, prepared as the layout says, and looks at the outputs.
func (x *explainer) run(l *layout.Layout) ([]layout.Look, error) {
	d := x.d
	d.layout, d.decoder = l, layout.NewDecoder(l)
	d.plans.close()
	d.slot = slot{}
	if err := d.preprocess(x.frame); err != nil {
		return nil, err
	}
	if err := d.session.Run(); err != nil {
		return nil, err
	}
	var list []layout.Look
	for _, t := range x.outputs() {
		list = append(list, layout.LookAt(&t))
	}
	return list, nil
}

// outputs are those of the last run.
func (x *explainer) outputs() []layout.Tensor { return warmedUp(x.d.session, x.d.input.Batch) }

// understood explains a model whose layout is known.
func (x *explainer) understood() {
	l := x.d.layout
	x.Family, x.Labels, x.Input = l.Family(), l.Labels(), x.d.input
	x.Preparation, x.Fit = l.Preparation(), l.Fit()
	x.Reasons, x.Warnings = l.Reasons(), l.Warnings()
	var err error
	if x.Seen, err = x.run(l); err != nil {
		x.Failed = err.Error()
		return
	}
	if x.Found, err = x.find(l); err != nil {
		x.Failed = err.Error()
	}
	if what := x.odd(); what != "" {
		x.Warnings = append(slices.Clip(x.Warnings), what)
	}
	for _, whole := range []bool{true, false} {
		x.Start = l.WriteSidecar(x.Inputs, x.outputs(), whole)
		if x.Same = x.same(l); x.Same {
			return
		}
	}
}

// odd says what shows that the layout is wrong, or "".
func (x *explainer) odd() string {
	return x.d.decoder.Oddities(&x.d.outputs, len(x.d.session.Outputs()), x.d.slot.where,
		inference.DefaultIoU)
}

// find reads the outputs of the last run by a layout.
func (x *explainer) find(l *layout.Layout) ([]inference.Detection, error) {
	return layout.NewDecoder(l).Decode(&x.d.outputs, x.d.slot.where, layout.Filter{
		Confidence: explained, IoU: inference.DefaultIoU,
	}, nil)
}

// with is the layout that the sidecar to start from gives.
func (x *explainer) with(start []byte) (*layout.Layout, error) {
	s, err := layout.ParseSidecar("the file to start from", start)
	if err != nil {
		return nil, err
	}
	in, err := s.RecogniseInput(x.Inputs, x.metadata)
	if err != nil {
		return nil, err
	}
	return layout.Recognise(in, x.evidence, x.metadata, s)
}

// same tells whether the sidecar to start from gives the same as a layout.
func (x *explainer) same(l *layout.Layout) bool {
	other, err := x.with(x.Start)
	if err != nil || other.Preparation() != l.Preparation() ||
		other.Place(x.frame.Width, x.frame.Height) != l.Place(x.frame.Width, x.frame.Height) ||
		!slices.Equal(other.Labels(), l.Labels()) {
		return false
	}
	found, err := x.find(other)
	return err == nil && slices.EqualFunc(found, x.Found, func(a, b inference.Detection) bool {
		return a.Class == b.Class && a.Label == b.Label && near(a.Score, b.Score) &&
			inference.IoU(a.Box, b.Box) > .999 && (a.Shape == nil) == (b.Shape == nil)
	})
}

func near(a, b float32) bool { return a-b < 1e-4 && b-a < 1e-4 }

// unknown explains a model whose outputs are not understood: what it gives out on pictures of both
// ranges, and what that may be. The range that gives the surer result is taken.
func (x *explainer) unknown() {
	x.Input = x.d.input
	best := x.guess(true)
	if best.err == nil && x.d.input.Type != layout.Uint8 {
		x.Wide = best.seen
		narrow := x.guess(false)
		x.Seen = narrow.seen
		if narrow.top() >= best.top() {
			best = narrow
		} else {
			x.Guesses = append(x.Guesses, "the samples: perhaps 0..255, which gives better scores")
		}
	} else {
		x.Seen = best.seen
	}
	if best.err != nil {
		x.Failed = best.err.Error()
		return
	}
	if x.hopeless && best.doubt != nil {
		return // what it is has been said, and a file beside it could not change that
	}
	x.Start, x.Guesses = best.start, append(x.Guesses, best.notes...)
	x.Found, x.Same = best.found, best.doubt == nil
	if best.doubt != nil {
		x.Guesses = append(x.Guesses, fmt.Sprintf("this does not do yet: %v", best.doubt))
	}
}

// guessed is a guess by the outputs of one run.
type guessed struct {
	seen  []layout.Look
	start []byte
	notes []string
	found []inference.Detection
	// err says why it could not be run, doubt why the guess is no layout.
	err, doubt error
}

// top is the best score of what is found.
func (g *guessed) top() float32 {
	if len(g.found) == 0 {
		return 0
	}
	return g.found[0].Score
}

// guess runs the model on samples of 0..1, or 0..255 where wide is true, and guesses by its
// outputs.
func (x *explainer) guess(wide bool) (g guessed) {
	if g.seen, g.err = x.run(layout.Unread(x.d.input, wide)); g.err != nil {
		return g
	}
	g.start, g.notes = layout.GuessOutputs(x.d.input, wide, x.Inputs, x.outputs(), x.metadata)
	var l *layout.Layout
	if l, g.doubt = x.with(g.start); g.doubt == nil {
		g.found, g.doubt = x.find(l)
	}
	return g
}
