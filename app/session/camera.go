package session

import (
	"cmp"
	"encoding/json"
	"slices"

	"handlens/media"
)

// Camera is what the phone says that its camera can and does.
type Camera struct {
	// Known is false until the phone has told.
	Known bool
	// ID and Label name the camera that is open.
	ID, Label string
	// Front says that it faces the user.
	Front bool
	// Width and Height, in pixels, and FPS are what it was opened with; 0 while unknown.
	Width, Height int
	FPS           float64
	// Asked is what somebody asked for; zero when the phone chooses by itself.
	Asked CameraSize
	// HasTorch says that there is a light, Torch that it is on.
	HasTorch, Torch bool
	// ZoomMin and ZoomMax are 0 when the camera cannot zoom.
	ZoomMin, ZoomMax, Zoom float64
	// Microphone says that the phone sends audio.
	Microphone bool
	// All are the phone's cameras. The list is not changed any more.
	All []CameraEntry
	// Paused says that the phone sends nothing for now, PausedHere that it was asked to here.
	Paused, PausedHere bool
	// Refused is what it would not do when it was last asked for something, and Refusals how often
	// it has refused.
	Refused  Refusal
	Refusals int
}

// Camera returns what the phone last said of its camera.
func (s *Session) Camera() Camera {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.camera
}

// cameraChanged takes over what the phone says of the camera that is open.
func (s *Session) cameraChanged(m CameraMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Camera{
		Known: true, ID: m.ID, Label: m.Label, Front: m.Facing == FacingUser,
		Width: int(m.Width), Height: int(m.Height), FPS: m.FPS,
		HasTorch: m.Torch != nil, Torch: m.Torch != nil && *m.Torch,
		Microphone: s.camera.Microphone, All: s.camera.All,
		Paused: s.camera.Paused, PausedHere: s.camera.PausedHere,
		Refused: s.camera.Refused, Refusals: s.camera.Refusals,
	}
	if m.Refused != "" {
		c.Refused = m.Refused
		c.Refusals++
	}
	if m.Microphone != nil {
		c.Microphone = *m.Microphone
	}
	if m.Asked != nil {
		c.Asked = *m.Asked
	}
	if z := m.Zoom; z != nil {
		c.ZoomMin, c.ZoomMax, c.Zoom = z.Min, z.Max, z.Value
	}
	s.camera = c
}

// hello takes over the phone's name and cameras.
func (s *Session) hello(m HelloMessage) {
	s.called(m.Name, true)
	s.mu.Lock()
	s.camera.All = slices.Clip(m.Cameras)
	s.camera.Paused, s.camera.PausedHere = false, false // a page that pauses says so next
	wish := s.wish
	s.mu.Unlock()
	s.audience.setPaused(false)
	s.detectorSays(DetectorMessage{}) // a page that detects says so next
	s.Tell(s.tracking.shows().forPages())
	if wish != (SetMessage{}) {
		s.Tell(wish)
	}
	s.sink.Hello(s)
}

// pauses takes over whether the phone sends. A phone that goes on by itself, after it had paused
// for us, is not asked to pause again when its page comes back.
func (s *Session) pauses(m PausedMessage) {
	s.audience.setPaused(m.Paused)
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.wish.Paused != nil && *s.wish.Paused
	switch {
	case asked && m.Paused:
		s.obeyed = true
	case asked && s.obeyed:
		s.wish.Paused, asked = nil, false
	}
	s.camera.Paused, s.camera.PausedHere = m.Paused, m.Paused && asked
	if m.Paused {
		s.scene.Stale, s.scene.Status = true, s.resting()
	}
}

// resting says why no frames come from a phone that is within reach. The caller holds the lock.
func (s *Session) resting() media.Status {
	switch {
	case s.camera.PausedHere:
		return media.StatusPausedHere
	case s.camera.Paused:
		return media.StatusPaused
	}
	return media.StatusNoFrames
}

// Tell sends the phone a message. It does not wait; it is lost while the phone has no connection,
// but for what lasts: the size, the rate and the pause that were wished for are told again to a
// page that comes back.
func (s *Session) Tell(m ToPhone) {
	if set, ok := m.(SetMessage); ok {
		s.remember(set)
	}
	if c := s.Conn(); c != nil {
		if b, err := json.Marshal(m); err == nil { // plain structs of ours always can be
			c.SendControl(b)
		}
	}
}

// remember notes what of a wish lasts.
func (s *Session) remember(m SetMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wish.Width, s.wish.Height = cmp.Or(m.Width, s.wish.Width), cmp.Or(m.Height, s.wish.Height)
	s.wish.FPS = cmp.Or(m.FPS, s.wish.FPS)
	if m.Automatic {
		s.wish.Width, s.wish.Height, s.wish.FPS = 0, 0, 0
	}
	s.wish.Detect = cmp.Or(m.Detect, s.wish.Detect)
	if m.Paused != nil {
		s.wish.Paused, s.obeyed = m.Paused, false
	}
}
