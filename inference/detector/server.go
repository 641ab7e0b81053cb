package detector

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"handlens/inference/layout"
	"handlens/inference/remote"
	"handlens/media"
	"handlens/models/beside"
)

// ServerInfo says how a server that runs the model is doing.
type ServerInfo struct {
	// Host is its name and port.
	Host string
	// RoundTrip is how long a run takes of late, there and back.
	RoundTrip time.Duration
	// UnderWay is how many frames may be on their way at once.
	UnderWay int
	// Binary tells whether tensors go as bytes, and not as numbers in JSON.
	Binary bool
}

// OpenServer has a server run a model. If it is known, which may be nil, has the same inputs and
// outputs and gives the same answers, the server's is read as that one is: its layout and its
// labels count. Else it is recognised by what the server says of it and by its answers to a
// picture, as the model in a file is; what it does not say about itself is read from MODEL.json
// and, for class names, from a file such as MODEL.txt in [Options].ServerFiles. What is under way
// ends with ctx. Errors that are the server's are *media.Fault.
func OpenServer(ctx context.Context, c *remote.Client, known *Detector, o Options,
) (*Detector, error) {
	m, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	s := newRemoteSession(ctx, c, m)
	o.Provider, o.Checks, o.TuneCache = c.Address().Host, "", ""
	d := &Detector{execute: engine.Run, tuner: &tuner{options: o, server: c}}
	d.tuner.detector = d
	d.use(s)
	d.refuseBatches()
	why := "runs " + m.Name + ", and gives the same answers as the model here"
	if known == nil || d.adopt(known, s) != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		why = "runs " + m.Name + ", which is no model of this computer"
		if err := d.recogniseServed(m, o); err != nil {
			return nil, err
		}
	}
	d.tuner.active.Store(&activeProvider{
		provider: s.Provider(), why: s.Provider() + ": " + why, cpu: true,
	})
	return d, nil
}

// adopt reads the model of a session as another Detector reads its own, if the two give the same
// answers.
func (d *Detector) adopt(known *Detector, s *remoteSession) error {
	ref, err := known.reference()
	if err != nil {
		return err
	}
	known.mu.Lock()
	if known.session == nil {
		known.mu.Unlock()
		return ErrClosed
	}
	err = s.arrange(known.session.Inputs(), known.session.Outputs())
	known.mu.Unlock()
	if err != nil {
		return err
	}
	if err := ref.run(s); err != nil {
		return err
	}
	if err := known.compare(ref, s); err != nil {
		return err
	}
	d.outputs = sessionOutputs{session: s, batch: known.input.Batch}
	d.readAs(known)
	return nil
}

// readAs takes over how another Detector reads its model.
func (d *Detector) readAs(other *Detector) {
	d.info, d.layout, d.input = other.info, other.layout, other.input
	d.iou, d.allLabels = other.iou, other.allLabels
	d.decoder = layout.NewDecoder(d.layout)
	d.confidence.Store(other.confidence.Load())
	d.allow.Store(other.allow.Load())
}

// recogniseServed finds out how a model on a server is read.
func (d *Detector) recogniseServed(m *remote.Model, o Options) error {
	var sidecar *layout.Sidecar
	where := "there is no folder for"
	if o.ServerFiles != "" {
		var err error
		file := filepath.Join(o.ServerFiles, filepath.Base(m.Name)+".onnx")
		if sidecar, err = readSidecar(file); err != nil {
			return err
		}
		d.tuner.model.namesFile, d.tuner.model.names = beside.Names(file)
		where = o.ServerFiles + " may hold"
	}
	err := d.load(m.Name+".onnx", sidecar, o)
	if _, ok := errors.AsType[*media.Fault](err); ok || err == nil {
		return err
	}
	return &media.Fault{
		Code: media.ServerUnfit, Server: d.session.Provider(),
		Err: fmt.Errorf("%w; %s a %s.json that says how it is read", err, where, m.Name),
	}
}

// lane returns a Detector that has the same server run the same model, for one more frame at once.
func (d *Detector) lane() *Detector {
	l := &Detector{execute: engine.Run, tuner: d.tuner}
	l.use(d.session.(*remoteSession).fork())
	l.refuseBatches()
	l.outputs.batch = d.input.Batch
	l.readAs(d)
	return l
}

// serverInfo is nil for a model that runs here.
func (t *tuner) serverInfo() *ServerInfo {
	if t.server == nil {
		return nil
	}
	return &ServerInfo{
		Host: t.server.Address().Host, RoundTrip: t.server.RoundTrip(),
		UnderWay: t.server.UnderWay(), Binary: t.server.Binary(),
	}
}
