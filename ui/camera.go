package ui

import (
	"time"

	"handlens/ui/tile"
)

// The state of a camera that is shown is what its phone says, never what was asked for: the phone
// may not be able to.

const (
	// zoomStep is the factor of one press.
	zoomStep = 1.25
	// zoomAnswers is how long a phone may take to say how it zooms. Until then the next press goes
	// on from what was asked for.
	zoomAnswers = time.Second
)

// zoomWish is the zoom that was asked for last.
type zoomWish struct {
	value float64
	at    time.Time
}

// setCamera asks a phone's camera for something, if the phone has told of it.
func (s *phoneView) setCamera(want CameraWish) {
	if s.status.camera.Known {
		s.phone.SetCamera(want)
	}
}

// zoomBy multiplies the zoom, as far as the camera can.
func (s *phoneView) zoomBy(factor float64) {
	z := s.status.camera.Zoom
	if time.Since(s.zoom.at) < zoomAnswers {
		z = s.zoom.value
	}
	s.zoomTo(z * factor)
}

func (s *phoneView) zoomTo(value float64) {
	c := s.status.camera
	if !c.Zooms() {
		return
	}
	z := min(max(value, c.ZoomMin), c.ZoomMax)
	s.zoom = zoomWish{z, time.Now()}
	s.setCamera(CameraWish{Zoom: &z})
}

// toggleTorch switches the light of all chosen phones on, or off where one is on.
func (w *Window) toggleTorch() {
	lit := false
	for _, f := range w.live.chosenStatus() {
		lit = lit || f.camera.Torch
	}
	for _, s := range w.live.chosen() {
		if s.status.camera.HasTorch {
			on := !lit
			s.setCamera(CameraWish{Torch: &on})
		}
	}
}

func (w *Window) flipCamera() {
	for _, s := range w.live.chosen() {
		s.setCamera(CameraWish{Flip: true})
	}
}

func (w *Window) zoomBy(factor float64) {
	for _, s := range w.live.chosen() {
		s.zoomBy(factor)
	}
}

// pauseCamera has a phone's camera send nothing for now, or go on.
func (w *Window) pauseCamera(id string, on bool) {
	if s := w.live.find(id); s != nil {
		s.setCamera(CameraWish{Pause: &on})
	}
}

// zoomOf is the zoom of the first phone that can; 0 for none.
func zoomOf(all []phoneStatus) float64 {
	for _, f := range all {
		if f.camera.Zooms() {
			return f.camera.Zoom
		}
	}
	return 0
}

// cameraOf returns the camera of a phone that has told of it.
func cameraOf(s *phoneView) (c tile.CameraState, ok bool) {
	if s == nil {
		return c, false
	}
	return s.status.camera, s.status.camera.Known
}
