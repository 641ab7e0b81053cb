package detector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"handlens/inference/layout"
	"handlens/inference/ort"
	"handlens/media"
	"handlens/media/inputfile"
	"handlens/models/beside"
	"handlens/models/sniff"
)

// modelSource gives a model again: to open it on another provider, and to read its bytes, those of
// all its files.
type modelSource struct {
	open func(ort.Options) (*ort.Session, error)
	read func() (io.ReadCloser, error)
	// namesFile is a file of class names beside the model, and names its text; "" for none.
	namesFile, names string
}

// Open loads the model in a file, recognises its layout and warms it up, so that the first frame is
// as fast as later ones. What is wrong with a model is said in one sentence; errors match
// [ErrLibrary], [ErrModel], [ErrUnknownLayout], [ErrUnknownClass] or [ErrProvider].
//
// What a file cannot say about itself is read from NAME.json beside NAME.onnx, under "layout", and
// overrides what is recognised; see [layout.Sidecar]. Class names that it lacks are taken from a
// file such as labels.txt or data.yaml beside it.
func Open(path string, o Options) (*Detector, error) {
	sidecar, err := readSidecar(path)
	if err != nil {
		return nil, err
	}
	m := modelSource{
		open: func(e ort.Options) (*ort.Session, error) { return ort.Open(path, e) },
		read: func() (io.ReadCloser, error) { return sniff.OpenAll(path) },
	}
	m.namesFile, m.names = beside.Names(path)
	return open(path, sidecar, o, m)
}

// OpenBytes is Open for a model in memory; the name stands for a file name. The data is kept, to be
// opened again on another provider.
func OpenBytes(name string, data []byte, o Options) (*Detector, error) {
	return open(name, nil, o, modelSource{
		open: func(e ort.Options) (*ort.Session, error) { return ort.OpenBytes(name, data, e) },
		read: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	})
}

// open loads the model on the processor, which is always available and tells what the model is, and
// then moves it to the provider that was asked for or was found to be best.
func open(path string, sidecar *layout.Sidecar, o Options, model modelSource) (*Detector, error) {
	o.Provider = strings.ToLower(o.Provider)
	t, err := newTuner(model, o)
	if err != nil {
		return nil, err
	}
	known := t.cache.result()
	threads := o.Threads
	if threads == 0 {
		threads = known.Threads
	}
	session, err := model.open(ort.Options{Threads: threads})
	if err != nil {
		return nil, err
	}
	d := &Detector{execute: engine.Run, tuner: t}
	d.use(session)
	if err := d.load(filepath.Base(path), sidecar, o); err != nil {
		d.Close()
		return nil, err
	}
	t.detector = d
	if err := t.start(known); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// load recognises the model in the session and sets all that depends on it.
func (d *Detector) load(file string, sidecar *layout.Sidecar, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	metadata := d.metadata(o.Labels)
	if err := d.recognise(metadata, sidecar); err != nil {
		if _, ok := errors.AsType[*media.Fault](err); ok || errors.Is(err, ErrModel) {
			return err // it names the file, or the server
		}
		return fmt.Errorf("model %s: %w%s", file, err, d.advice(file, err))
	}
	d.decoder = layout.NewDecoder(d.layout)
	if !d.batchable() {
		d.refuseBatches()
	}
	if o.Evaluation {
		o.AllLabels = true
		o.Confidence, o.IoU = d.layout.EvalThresholds()
	}
	o = o.withDefaults()
	d.iou, d.allLabels = o.IoU, o.AllLabels
	d.info = Info{
		Name:        modelName(file),
		Family:      d.layout.Family(),
		Provider:    d.session.Provider(),
		Labels:      d.layout.Labels(),
		InputWidth:  d.input.Width,
		InputHeight: d.input.Height,
		License:     layout.Printable(metadata["license"], maxWord),
		Version:     layout.Printable(metadata["version"], maxWord),
		Data:        layout.Printable(metadata["data"], maxStatement),
		Warnings:    d.layout.Warnings(),
	}
	d.SetConfidence(o.Confidence)
	return d.SetClasses(o.Classes)
}

// metadata is what the model says about itself, with the class names that are known from elsewhere
// or lie beside it.
func (d *Detector) metadata(known []string) map[string]string {
	m, source := d.session.Metadata(), d.tuner.model
	switch {
	case len(known) > 0:
		return layout.WithNamesBeside(m, "the catalogue", strings.Join(known, "\n"))
	case source.names != "":
		return layout.WithNamesBeside(m, source.namesFile+" beside it", source.names)
	}
	return m
}

// advice is what follows the reason why a model's layout is not understood, unless nothing could
// help: how to go on.
func (d *Detector) advice(file string, err error) string {
	e, ok := errors.AsType[*layout.Error](err)
	if !ok || e.NoDetector || d.tuner.server != nil {
		return ""
	}
	return fmt.Sprintf("; `handlens models explain %s` shows what it has, and a %s.json to start "+
		"from, which beside the model says how it is read", file, modelName(file))
}

// What is repeated of the metadata, in bytes.
const (
	maxWord      = 100
	maxStatement = 1000
)

// recognise finds out how the model takes frames and gives boxes, for which it runs it twice: on
// nothing, and on a picture.
func (d *Detector) recognise(metadata map[string]string, sidecar *layout.Sidecar) (err error) {
	if sidecar == nil {
		if sidecar, err = layout.EmbeddedSidecar(metadata); err != nil {
			return err
		}
	}
	d.input, err = sidecar.RecogniseInput(describe(d.session.Inputs()), metadata)
	if err != nil {
		return err
	}
	if err := layout.CheckOutputs(describe(d.session.Outputs())); err != nil {
		return err
	}
	d.outputs.batch = d.input.Batch
	if err := d.allocate(d.session, 1); err != nil {
		return err
	}
	if err := d.showSomething(); err != nil {
		return err
	}
	d.layout, err = layout.Recognise(d.input, warmedUp(d.session, d.input.Batch), metadata, sidecar)
	return err
}

// allocate makes the input tensors for n frames, which also runs the model for the first time.
func (d *Detector) allocate(session engine, n int) error {
	shapes := make([][]int64, len(session.Inputs()))
	shapes[d.input.Image] = d.input.Shape(n)
	if d.input.Sizes >= 0 {
		shapes[d.input.Sizes] = []int64{int64(max(n, d.input.Batch)), 2}
	}
	for _, e := range d.input.Extras {
		shapes[e.Index] = e.Shape
	}
	if err := session.Allocate(shapes...); err != nil {
		return err
	}
	if d.input.Sizes >= 0 {
		if err := session.Fill(d.input.Sizes, layout.OriginalSide); err != nil {
			return err
		}
	}
	for _, e := range d.input.Extras {
		if err := session.Fill(e.Index, e.Values...); err != nil {
			return err
		}
	}
	return nil
}

// readSidecar reads NAME.json beside the file of a model; nil when there is none.
func readSidecar(model string) (*layout.Sidecar, error) {
	path := modelName(model) + ".json"
	_, err := inputfile.Stat(path)
	if path == model || err != nil && !errors.Is(err, inputfile.ErrNotFile) {
		return nil, nil
	}
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the file beside the model: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, layout.MaxSidecar+1))
	if err != nil {
		return nil, fmt.Errorf("read the file beside the model, %s: %w", path, err)
	}
	return layout.ParseSidecar(filepath.Base(path), data)
}
