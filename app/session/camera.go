package session

import "encoding/json"

// Camera is what the phone says that its camera can and does.
type Camera struct {
	// Known is false until the phone has told.
	Known bool
	// Front is the camera that looks at the user.
	Front bool
	// HasTorch says that there is a light; Torch that it is on.
	HasTorch, Torch bool
	// ZoomMin and ZoomMax are 0 when the camera cannot zoom.
	ZoomMin, ZoomMax, Zoom float64
	// Microphone says that the phone sends its sound.
	Microphone bool
}

// cameraMessage is the `camera` message of the control channel; null and absence mean that the
// camera has no such thing.
type cameraMessage struct {
	Facing string `json:"facing"`
	Torch  *bool  `json:"torch"`
	Zoom   *struct {
		Min   float64 `json:"min"`
		Max   float64 `json:"max"`
		Value float64 `json:"value"`
	} `json:"zoom"`
	Microphone *bool `json:"microphone"`
}

// maxZoom is more than any camera claims; beyond it a number is nonsense.
const maxZoom = 1000

// camera takes in what the phone tells of its camera.
func (s *Session) cameraTold(msg []byte) {
	var m cameraMessage
	if json.Unmarshal(msg, &m) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Camera{Known: true, Front: m.Facing == "user", HasTorch: m.Torch != nil,
		Microphone: s.camera.Microphone}
	if m.Torch != nil {
		c.Torch = *m.Torch
	}
	if m.Microphone != nil {
		c.Microphone = *m.Microphone
	}
	if z := m.Zoom; z != nil && z.Min > 0 && z.Max > z.Min && z.Max <= maxZoom {
		c.ZoomMin, c.ZoomMax, c.Zoom = z.Min, z.Max, min(max(z.Value, z.Min), z.Max)
	}
	s.camera = c
}

// Camera returns what the phone last told of its camera.
func (s *Session) Camera() Camera {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.camera
}

// CameraWish is what the phone's camera should do; nil and false leave a thing as it is.
type CameraWish struct {
	Flip  bool
	Torch *bool
	Zoom  *float64
}

// Wish asks the phone for something. It does not wait; what came of it the phone tells in its own
// time.
func (s *Session) Wish(w CameraWish) {
	s.Tell(struct {
		Type  string   `json:"type"`
		Flip  bool     `json:"flip,omitempty"`
		Torch *bool    `json:"torch,omitempty"`
		Zoom  *float64 `json:"zoom,omitempty"`
	}{"set", w.Flip, w.Torch, w.Zoom})
}

// Tell sends the phone a control message: an object with a `type`, made JSON here.
func (s *Session) Tell(msg any) {
	b, err := json.Marshal(msg)
	if err != nil {
		return // plain structs of ours always can be
	}
	if c := s.Conn(); c != nil {
		c.SendControl(b)
	}
}
