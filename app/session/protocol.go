package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"handlens/media"
)

// The control protocol between the phone's page (assets/web/control.js) and the computer: JSON
// objects with a `type`, over the data channel `control`. All messages stand here but those of the
// connection itself, ping, pong and bye, which are in media/peer/control.go; those to viewers are
// in protocol_viewer.go.
//
//	hello   phone → computer  HelloMessage, once the channel is open
//	camera  phone → computer  CameraMessage, whenever something about the camera has changed
//	sending phone → computer  SendingMessage, once a second while something is sent
//	paused  phone → computer  PausedMessage
//	detector phone → computer DetectorMessage, once a second while the phone detects by itself
//	set     computer → phone  SetMessage
//	display computer → phone  DisplayMessage
//	notice  computer → phone  NoticeMessage
//	model   computer → phone  ModelMessage
//	token   computer → phone  TokenMessage
//
// Either side leaves alone what it does not know: the other one may be newer.

// Limits of what a phone may say.
const (
	maxMessage     = 16 << 10 // bytes
	maxName        = 40       // characters of the phone's name
	maxCameraLabel = 80       // characters of a camera's name
	maxCameraID    = 256      // characters; browsers use 64
	maxCameras     = 16
	maxFPS         = 1000
	maxZoom        = 1000 // more than any camera claims
	maxBitrate     = 1e9  // bits a second
	maxEncode      = 1e4  // ms for one frame
	maxCodecName   = 16   // characters
)

// Facing is where a camera looks.
type Facing string

// The two sides of a phone; "" is unknown.
const (
	FacingUser        Facing = "user"
	FacingEnvironment Facing = "environment"
)

// HelloMessage introduces the phone.
type HelloMessage struct {
	// Name is what people call the device, as far as its browser tells.
	Name    string        `json:"name"`
	Cameras []CameraEntry `json:"cameras"`
}

// CameraEntry is one of the phone's cameras.
type CameraEntry struct {
	// ID is the browser's, for SetMessage.Camera.
	ID     string `json:"id"`
	Label  string `json:"label"`
	Facing Facing `json:"facing"`
}

// CameraMessage says what the open camera is, can and does.
type CameraMessage struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Facing Facing `json:"facing"`
	// Width, Height and FPS are what the camera was opened with; 0 when the browser does not tell.
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	FPS    float64 `json:"fps"`
	// Asked is what somebody asked the camera for; nil when the phone chooses by itself.
	Asked *CameraSize `json:"asked"`
	// Torch says whether the light is on; nil for a camera without one.
	Torch *bool `json:"torch"`
	// Zoom is nil for a camera that cannot zoom.
	Zoom *ZoomRange `json:"zoom"`
	// Microphone says whether the phone sends audio; nil leaves it as it was.
	Microphone *bool `json:"microphone"`
	// Refused is what the camera was asked for just now and would not do.
	Refused Refusal `json:"refused"`
}

// Refusal is what a camera would not do.
type Refusal string

// The refusals; "" is none. RefusedCamera is one that could not be opened.
const (
	RefusedCamera Refusal = "camera"
	RefusedTorch  Refusal = "torch"
	RefusedZoom   Refusal = "zoom"
	RefusedSize   Refusal = "size"
)

// CameraSize is a size in pixels and frames a second.
type CameraSize struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	FPS    float64 `json:"fps"`
}

// ZoomRange is how far a camera can zoom, and does.
type ZoomRange struct {
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Value float64 `json:"value"`
}

// SendingMessage says what the phone sends, as its browser measured it within the last second. What
// is 0 or "" the browser did not tell.
type SendingMessage struct {
	// Width and Height are those of the frames that are sent.
	Width   float64 `json:"width"`
	Height  float64 `json:"height"`
	FPS     float64 `json:"fps"`
	Bitrate float64 `json:"bitrate"` // bits a second
	Codec   string  `json:"codec"`
	// Encode is what one frame costs the encoder, in milliseconds. Efficient says whether that
	// encoder saves power, as hardware does; nil when the browser does not tell.
	Encode    float64 `json:"encode"`
	Efficient *bool   `json:"efficient"`
	// Limited names what keeps the phone from sending more, as media.Limit does.
	Limited string `json:"limited"`
}

// PausedMessage says that the phone sends nothing for now, or goes on.
type PausedMessage struct {
	Paused bool `json:"paused"`
}

// SetMessage asks the phone's camera for something; what is nil or zero stays as it is. What came
// of it the phone says in a CameraMessage.
type SetMessage struct {
	// Camera is the ID of the camera to open, else Facing the side, else Flip opens the other one.
	Camera string `json:"camera,omitempty"`
	Facing Facing `json:"facing,omitempty"`
	Flip   bool   `json:"flip,omitempty"`

	Torch *bool    `json:"torch,omitempty"`
	Zoom  *float64 `json:"zoom,omitempty"`
	// Width, Height and FPS are what the camera should come close to; Automatic leaves them to the
	// phone again.
	Width     int     `json:"width,omitempty"`
	Height    int     `json:"height,omitempty"`
	FPS       float64 `json:"fps,omitempty"`
	Automatic bool    `json:"automatic,omitempty"`
	// Microphone can only be switched off from here.
	Microphone *bool `json:"microphone,omitempty"`
	Paused     *bool `json:"paused,omitempty"`
	// Detect has the phone detect by itself, or not any more.
	Detect *bool `json:"detect,omitempty"`
}

// NoticeMessage says what is done with the phone's video.
type NoticeMessage struct {
	Recording bool `json:"recording"`
	// Seconds is for how long already.
	Seconds float64 `json:"seconds,omitempty"`
	// Watchers is how many watch elsewhere.
	Watchers int `json:"watchers,omitempty"`
}

// ModelState is how far a model is.
type ModelState string

// The states of a model.
const (
	ModelLoading ModelState = "loading"
	ModelReady   ModelState = "ready"
	ModelFailed  ModelState = "failed"
)

// ModelMessage says which model runs on the phone's video.
type ModelMessage struct {
	Name  string     `json:"name"`
	State ModelState `json:"state"`
	// Text is what went wrong, in a sentence.
	Text string `json:"text,omitempty"`
	// Size is how many pixels along the longer side of a frame the model makes use of; 0 while
	// unknown. The phone need not send more for its sake, and should not send less.
	Size int `json:"size,omitempty"`
	// Colours are those of the classes, "#rrggbb" by label; nil has the page choose.
	Colours map[string]string `json:"colours,omitempty"`
}

// TokenMessage says by which token the phone gets in from now on.
type TokenMessage struct {
	Token string `json:"token"`
}

// ToPhone is a message to the phone.
type ToPhone interface {
	json.Marshaler
	toPhone()
}

func (SetMessage) toPhone()    {}
func (NoticeMessage) toPhone() {}
func (ModelMessage) toPhone()  {}
func (TokenMessage) toPhone()  {}

// MarshalJSON adds the type.
func (m SetMessage) MarshalJSON() ([]byte, error) {
	type fields SetMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"set", fields(m)})
}

// MarshalJSON adds the type.
func (m NoticeMessage) MarshalJSON() ([]byte, error) {
	type fields NoticeMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"notice", fields(m)})
}

// MarshalJSON adds the type.
func (m ModelMessage) MarshalJSON() ([]byte, error) {
	type fields ModelMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"model", fields(m)})
}

// MarshalJSON adds the type.
func (m TokenMessage) MarshalJSON() ([]byte, error) {
	type fields TokenMessage
	return json.Marshal(struct {
		Type string `json:"type"`
		fields
	}{"token", fields(m)})
}

// errUnknownMessage says that a message is of a type that is not known here.
var errUnknownMessage = errors.New("this type of message is unknown")

// decodeMessage reads one message of the phone: a HelloMessage, CameraMessage, SendingMessage,
// PausedMessage or DetectorMessage. Whatever the phone says, what is returned is within the limits,
// and its texts can be shown.
func decodeMessage(b []byte) (any, error) {
	if len(b) > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes is too long", len(b))
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("this message cannot be read: %w", err)
	}
	switch head.Type {
	case "hello":
		return decodeAs(b, HelloMessage.limited)
	case "camera":
		return decodeAs(b, CameraMessage.limited)
	case "sending":
		return decodeAs(b, SendingMessage.limited)
	case "detector":
		return decodeAs(b, DetectorMessage.limited)
	case "paused":
		return decodeAs(b, func(m PausedMessage) PausedMessage { return m })
	}
	return nil, fmt.Errorf("%w: %.40q", errUnknownMessage, head.Type)
}

func decodeAs[T any](b []byte, limited func(T) T) (any, error) {
	var m T
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("this message cannot be read: %w", err)
	}
	return limited(m), nil
}

// limited cuts texts and lists down; a camera without a usable ID is left out.
func (m HelloMessage) limited() HelloMessage {
	m.Name = printable(m.Name, maxName)
	m.Cameras = slices.DeleteFunc(m.Cameras, func(c CameraEntry) bool {
		return c.ID == "" || cameraID(c.ID) != c.ID
	})
	m.Cameras = m.Cameras[:min(len(m.Cameras), maxCameras)]
	for i, c := range m.Cameras {
		m.Cameras[i].Label, m.Cameras[i].Facing = printable(c.Label, maxCameraLabel), side(c.Facing)
	}
	return m
}

// limited brings numbers into their ranges and takes away a zoom that makes no sense.
func (m CameraMessage) limited() CameraMessage {
	m.ID, m.Label, m.Facing = cameraID(m.ID), printable(m.Label, maxCameraLabel), side(m.Facing)
	m.Width, m.Height = within(m.Width, media.MaxSide), within(m.Height, media.MaxSide)
	m.FPS = within(m.FPS, maxFPS)
	switch m.Refused {
	case RefusedCamera, RefusedTorch, RefusedZoom, RefusedSize:
	default:
		m.Refused = ""
	}
	if a := m.Asked; a != nil {
		if !(a.Width >= 1 && a.Width <= media.MaxSide && a.Height >= 1 &&
			a.Height <= media.MaxSide && a.FPS > 0 && a.FPS <= maxFPS) {
			m.Asked = nil
		}
	}
	if z := m.Zoom; z != nil {
		if !(z.Min > 0 && z.Max > z.Min && z.Max <= maxZoom) {
			m.Zoom = nil
		} else {
			z.Value = min(max(z.Value, z.Min), z.Max)
		}
	}
	return m
}

// limited brings numbers into their ranges and takes away a limit that is not known.
func (m SendingMessage) limited() SendingMessage {
	m.Width, m.Height = within(m.Width, media.MaxSide), within(m.Height, media.MaxSide)
	m.FPS, m.Bitrate = within(m.FPS, maxFPS), within(m.Bitrate, maxBitrate)
	m.Encode, m.Codec = within(m.Encode, maxEncode), printable(m.Codec, maxCodecName)
	m.Limited = media.ParseLimit(m.Limited).String()
	return m
}

// cameraID returns a camera's ID, or "" for one that is none.
func cameraID(id string) string {
	if printable(id, maxCameraID) != id {
		return ""
	}
	return id
}

func side(f Facing) Facing {
	if f != FacingUser && f != FacingEnvironment {
		return ""
	}
	return f
}

// within returns v, or 0 when it is not between 0 and most.
func within(v, most float64) float64 {
	if v >= 0 && v <= most {
		return v
	}
	return 0
}
