package tile

import (
	"sync"
	"testing"

	"handlens/inference"
	"handlens/ui/kit/kittest"
)

// fakePhone shows what it is told to.
type fakePhone struct {
	id string

	mu     sync.Mutex
	frames kittest.Frames
	scene  Scene
}

func (p *fakePhone) ID() string   { return p.id }
func (p *fakePhone) Name() string { return "phone " + p.id }

func (p *fakePhone) Scene() (Scene, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frames.Newest() == nil {
		return Scene{}, false
	}
	s := p.scene
	s.Frame = p.frames.Newest().Retain()
	return s, true
}

// put shows a grey frame and boxes on it.
func (p *fakePhone) put(t *testing.T, seq uint64, w, h int, grey byte,
	dets ...inference.Detection,
) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frames.Put(t, seq, w, h, grey)
	p.scene.Detections = dets
	p.scene.DetectedFor = p.frames.Newest().Received
}

// say changes the scene.
func (p *fakePhone) say(change func(*Scene)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.scene)
}

// end gives the frame back and checks that nobody else holds any.
func (p *fakePhone) end(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frames.End(t)
}

func detection(class int, label string, x1, y1, x2, y2 float32) inference.Detection {
	return inference.Detection{
		Box: inference.Box{X1: x1, Y1: y1, X2: x2, Y2: y2}, Class: class,
		Label: label, Score: 0.9,
	}
}
