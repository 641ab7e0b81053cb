package desktop

import (
	"cmp"
	"sync/atomic"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/inference/detector"
	"handlens/inference/remote"
	"handlens/models"
)

// generation is one model's time in use, in which what runs it may change.
type generation struct {
	manager *detectorManager
	model   models.Model
	wanting error  // why the one that was chosen cannot be used, or nil
	server  string // modelState.Server
}

// open loads the model, and returns with it what the worker is to be given: the same, or what has a
// server do the work where that was asked for.
func (g *generation) open(o detector.Options) (*detector.Detector, session.Detector, error) {
	if !remote.IsAddress(o.Provider) {
		o.Changed = g.changed
		d, err := cli.OpenModel(g.model, o)
		return d, d, err
	}
	client, err := remote.Open(o.Provider, o.ServerCA)
	if err != nil { // as settings.json may have it; the command line was checked
		g.wanting = err
		o.Provider = "auto"
		return g.open(o)
	}
	// What runs the model here may change while the server has the say.
	var served atomic.Pointer[detector.Served]
	here := o
	here.Provider = "auto"
	here.Changed = func(info detector.Info) {
		if s := served.Load(); s != nil {
			info = s.Info()
		}
		g.changed(info)
	}
	d, err := cli.OpenModel(g.model, here)
	if err != nil {
		client.Close()
		return nil, nil, err
	}
	o.Changed = g.changed
	s := detector.NewServed(client, d, o)
	served.Store(s)
	return d, s, nil
}

// state is what is known of the model while something runs it.
func (g *generation) state(info detector.Info) modelState {
	st := modelState{
		State: session.ModelReady, Info: info, Name: info.Name, License: info.License,
		Err: g.wanting, Server: g.server,
	}
	if info.Server == nil {
		st.BuiltIn, st.License = g.model.Data != nil, cmp.Or(g.model.License, info.License)
	}
	if info.Fault != nil {
		st.Err = info.Fault
	}
	return st
}

// changed takes note that something else runs the model from now on, and tells everybody.
func (g *generation) changed(info detector.Info) {
	dm := g.manager
	dm.mu.Lock()
	if dm.latest != g || dm.state.State != session.ModelReady {
		dm.mu.Unlock()
		return
	}
	choices := dm.state.Choices
	dm.state = g.state(info)
	dm.state.Choices = choices
	st := dm.state
	dm.mu.Unlock()
	dm.changed(st)
}
