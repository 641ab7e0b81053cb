package ui

import (
	"context"
	"image"
	"time"

	"handlens/inference"
	"handlens/media"
	"handlens/media/record"
)

// Config is what the window is given to work with. A nil function means that what it would do is not on offer.
type Config struct {
	// Version is shown in the sheet of keys.
	Version string
	// Icon is the app's icon as PNG.
	Icon []byte
	// Confidence is where the slider starts, 0..1.
	Confidence float64
	// Convert makes one converter for one painter: the function that it returns is called by one goroutine at a time
	// and fills dst, whatever its size, with the whole of f.
	Convert func() func(dst *image.RGBA, f *media.Frame) error
	// SetConfidence is told what the slider says, 0..1, on the UI goroutine; it must not wait.
	SetConfidence func(float64)
	// Snapshot saves what the phone of that ID shows now. It runs off the UI goroutine.
	Snapshot func(phone string) (Saved, error)
	// Disconnect sends the phone of that ID away. It runs off the UI goroutine.
	Disconnect func(phone string)
	// GetModel downloads the model of that name, on the user's word. It runs off the UI goroutine; progress counts bytes,
	// total is 0 while unknown.
	GetModel func(ctx context.Context, name string, progress func(done, total int64)) error
	// Shown is told which frame went to the screen and when, on the UI goroutine; it must not wait.
	Shown func(phone string, seq uint64, origin, at time.Time)
	// OnClosed is called once, after the window was closed and its painters ended, before Run returns.
	OnClosed func()
}

// Saved says where a snapshot went.
type Saved = record.Saved

// Pairing is how a phone gets here.
type Pairing struct {
	// URL is what the QR code says, with the token.
	URL string
	// Address is what a person types, and Token the code that the page then asks for; shown as text.
	Address, Token string
	// QR draws the code with whole-pixel modules, no larger than so many pixels. It must not wait.
	QR func(pixels int) (image.Image, error)
	// Others are all addresses that this machine has, best first, and Chosen the one that the code holds.
	Others []AddressChoice
	Chosen int
	// Choose asks for the code of another address; the answer is a new SetPairing. It runs off the UI goroutine.
	Choose func(i int)
	// Warning is a sentence about what is likely to go wrong; "" for none.
	Warning string
}

// AddressChoice is one of the machine's addresses.
type AddressChoice struct {
	// Address is the IP as text, Interface the card's name, Kind what it is in words, for example "Wi-Fi".
	Address, Interface, Kind string
}

// StageState is how far a phone has come.
type StageState int

// The stages of pairing, in their order.
const (
	// Waiting for a phone to open the page.
	Waiting StageState = iota
	// Untrusted: a phone is here, but balks at the certificate.
	Untrusted
	// Reached: a phone has opened the page.
	Reached
	// Joining: the phone and this machine agree on a connection.
	Joining
	// Camera: connected, waiting for the first picture.
	Camera
)

// Stage is the live state of pairing.
type Stage struct {
	State StageState
	// Detail says more, for example from which address; "" for nothing.
	Detail string
}

// ModelState says whether things can be detected.
type ModelState int

// The states of a model.
const (
	// Loading runs in the background.
	Loading ModelState = iota
	// Ready to detect.
	Ready
	// Missing: there is none on this machine; video is shown without boxes.
	Missing
	// Failed to load; the Message says why.
	Failed
)

// Model is the detector as the user sees it.
type Model struct {
	Name, Family, License, Provider string
	State                           ModelState
	// Message is one sentence, for Failed and Missing.
	Message string
	// Offers are models that can be had by GetModel.
	Offers []Offer
}

// Offer is a model that can be downloaded.
type Offer struct {
	// Name goes to GetModel, Title is shown.
	Name, Title, License string
	// Size is the download in bytes; 0 when unknown.
	Size int64
	// MAP is the mean average precision on COCO in percent; 0 when unknown.
	MAP float64
}

// Phone is one phone's live picture. Its methods may be called from any goroutine.
type Phone interface {
	ID() string
	Name() string
	// Scene returns the newest picture and what was found in it; false when there is none yet. It never blocks. Its Frame, when
	// not nil, is retained for the caller, who releases it.
	Scene() (Scene, bool)
}

// Scene is a picture and what is known of it.
type Scene struct {
	// Frame may be nil while only the Status is known.
	Frame *media.Frame
	// Detections belong to Frame; they are not changed after they were handed out.
	Detections []inference.Detection
	// DetectedFor is the origin of the frame that the detections were computed on; zero when there are none. When it lies well
	// before that of Frame, the boxes are drawn fainter, and in the end not at all.
	DetectedFor time.Time
	// Stale says that the picture is old, and why is in Status.
	Stale bool
	// Status is a short sentence over the picture; "" for none.
	Status string
	Stats  Stats
}

// Stats are the figures of the HUD; zero values are left out.
type Stats struct {
	FPS, DetectFPS              float64
	Age, DetectTime, DecodeTime time.Duration
	// Width and Height are the picture's in pixels.
	Width, Height            int
	Codec, Provider, Quality string
	// Bitrate is in bits per second, Loss 0..1.
	Bitrate, Loss float64
}

// NoticeKind is how a notice looks.
type NoticeKind int

// The kinds of notices.
const (
	Info NoticeKind = iota
	Success
	Warning
	Failure
)

// Notice is a sentence that stands in the corner for a while.
type Notice struct {
	Kind NoticeKind
	Text string
	// Picture is the path of an image file to show small beside the text; "" for none.
	Picture string
	// ActionLabel and Action make a button; both or none. Action runs off the UI goroutine.
	ActionLabel string
	Action      func()
}
