package tile

import (
	"slices"
	"time"

	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

// Phone is one phone's live picture. Its methods may be called from any goroutine.
type Phone interface {
	ID() string
	Name() string
	// Scene returns the newest picture and what was found in it; false when there is none yet. It
	// never blocks. Its Frame, when not nil, is retained for the caller, who releases it.
	Scene() (Scene, bool)
}

// Scene is a picture and what is known of it.
type Scene struct {
	// Frame may be nil while only the Status is known.
	Frame *media.Frame
	// Detections belong to Frame; they are not changed after they were handed out.
	Detections []inference.Detection
	// DetectedFor is the origin of the frame that the detections were computed on; zero when there
	// are none. When it lies well before that of Frame, the boxes are drawn fainter, and in the end
	// not at all.
	DetectedFor time.Time
	// Stale says that the picture is old, and why is in Status.
	Stale bool
	// Status says why the picture is not the present.
	Status media.Status
	Stats  Stats

	// Blur are the boxes, 0..1 in Frame, of what must not be recognised.
	Blur []inference.Box
	// Trails are the objects' paths, Tallies what the lines and zones counted, Counts the classes
	// seen, most frequent first.
	Trails    []track.Trail
	Tallies   []track.Tally
	Counts    []ClassCount
	Recording RecordingState
	Camera    CameraState
	Past      Past
}

// Stats are the figures of the HUD; zero values are left out.
type Stats struct {
	FPS, DetectFPS              float64
	Age, DetectTime, DecodeTime time.Duration
	// From is the moment from which Age, FoundTime and PaintTime are counted.
	From AgeFrom
	// Where the age comes from: on the way from the phone, until its boxes were known, and until it
	// was painted; 0 when unknown.
	NetworkTime, FoundTime, PaintTime time.Duration
	// EncodeTime is what one frame costs the phone's encoder; Efficient says that it saves power,
	// as hardware does, and Limited what keeps the phone from sending more.
	EncodeTime time.Duration
	Efficient  bool
	Limited    media.Limit
	// Width and Height are the picture's in pixels.
	Width, Height            int
	Codec, Provider, Quality string
	// RoundTrip is how long the server that is the Provider needs, there and back.
	RoundTrip time.Duration
	// Strain says what gives way because this computer is too slow for all of it.
	Strain media.Strain
	// DetectOn is where detection runs, Computer and Phone are what it was like in each place, and
	// PhoneDetector is how far the phone's own detector is.
	DetectOn        Place
	Computer, Phone PlaceFigures
	PhoneDetector   PhoneDetector
	// Bitrate is in bits per second, Loss 0..1.
	Bitrate, Loss float64
	// Forward is how the video gets on that is sent on to a server.
	Forward media.Forward
}

// AgeFrom is the moment in a picture's life from which its age is counted.
type AgeFrom int

// The moments, latest first; 0 is unknown.
const (
	_ AgeFrom = iota
	// FromArrival at this computer.
	FromArrival
	// FromBrowser is when the phone's browser had the picture from its camera.
	FromBrowser
	// FromCamera is when the camera took the picture.
	FromCamera
)

// ClassCount is how many objects of a class there are.
type ClassCount struct {
	Label string
	// Class is the index that gives the colour.
	Class int
	// Now is how many are in the picture, Total how many different ones were seen.
	Now, Total int
}

// Past is the part of the picture's past that is at hand, as times of the phone's stream.
type Past struct {
	From, To time.Duration
	// Held says that the picture stands still, at At.
	Held bool
	At   time.Duration
	// Marks are what happened meanwhile, oldest first.
	Marks []Mark
}

// Mark is something that happened at a moment of the past.
type Mark struct {
	At   time.Duration
	Text string
}

// same says whether two look the same.
func (p Past) same(o Past) bool {
	return p.From == o.From && p.To == o.To && p.Held == o.Held && p.At == o.At &&
		slices.Equal(p.Marks, o.Marks)
}

// RecordingState is how a recording goes.
type RecordingState struct {
	On bool
	// Ending says that it was stopped and is being finished.
	Ending bool
	// Length is the recording's so far, Bytes the size of all its files, Dropped how many frames
	// the machine was too slow for.
	Length  time.Duration
	Bytes   int64
	Dropped int
	// Encoder in words, for example "OpenH264".
	Encoder string
	// Err says why the recording ended by itself, nil when it did not.
	Err error
}

// CameraState is what the phone's camera can and does.
type CameraState struct {
	// Known is false until the phone has reported its camera.
	Known bool
	// ID is that of the open camera, and Lenses all that the phone has; the list is not changed any
	// more.
	ID     string
	Lenses []Lens
	// Front says that the camera faces the user.
	Front            bool
	HasTorch, Torch  bool
	ZoomMin, ZoomMax float64 // both 0 when it cannot zoom
	Zoom             float64
	// Microphone says that sound comes from the phone.
	Microphone bool
	// Size is what somebody asked for; zero when the phone chooses by itself. Width, Height and FPS
	// are what the camera gives; 0 while unknown.
	Size          CameraSize
	Width, Height int
	FPS           float64
	// Paused says that the phone sends nothing for now, PausedHere that it was asked to here.
	Paused, PausedHere bool
}

// Lens is one of a phone's cameras.
type Lens struct {
	// ID is for CameraWish.Camera, Label what the phone calls it.
	ID, Label string
	// Front says that it faces the user, Rear that it does not; neither when that is unknown.
	Front, Rear bool
}

// CameraSize is a size in pixels and frames a second.
type CameraSize struct {
	Width, Height int
	FPS           float64
}

// Zooms says that there is a range to zoom in.
func (c CameraState) Zooms() bool { return c.Known && c.ZoomMin > 0 && c.ZoomMax > c.ZoomMin }

// Figures is how much the HUD says.
type Figures int

// The HUD's states, in the order in which a key goes through them.
const (
	FiguresBrief  Figures = iota // rate, age, detector, connection
	FiguresStages                // the age by stage as well
	FiguresOff
)
