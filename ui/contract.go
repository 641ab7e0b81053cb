package ui

import (
	"context"
	"image"
	"io/fs"
	"time"

	"handlens/media"
	"handlens/ui/gallery"
	"handlens/ui/tile"
)

// Config is what the window is given to work with. A nil function means that what it would do is
// not on offer.
type Config struct {
	// Version is shown in the sheet of keys.
	Version string
	// Icon is the app's icon as PNG.
	Icon []byte
	// Convert makes one converter for one painter: the function that it returns is called by one
	// goroutine at a time and fills dst, whatever its size, with the whole of f.
	Convert func() func(dst *image.RGBA, f *media.Frame) error
	// Settings are those to begin with.
	Settings Settings
	// Changed is told of the settings whenever the user changed some, on the UI goroutine; it must
	// not wait. Everything that can be set takes effect through it.
	Changed func(Settings)
	// Models lists what is installed, and what can be had. It runs off the UI goroutine.
	Models func() []ModelChoice
	// AddModel copies an .onnx file into the store and returns the model's name there. It runs off
	// the UI goroutine; choosing it is a matter of Settings.Model.
	AddModel func(path string) (name string, err error)
	// CheckModel opens an .onnx file as it would be used and returns what it is, or why it cannot
	// be used. It runs off the UI goroutine.
	CheckModel func(path string) (Model, error)
	// Library is what was taken; nil for no gallery.
	Library gallery.Library
	// Translations holds CODE.json at its root for each language, from English texts to their
	// translations; nil for English alone.
	Translations fs.FS
	// Languages are the codes to choose from; nil for all that Translations has.
	Languages []string
	// GetModel downloads the model of that name, on the user's word. It runs off the UI goroutine;
	// progress counts bytes, total is 0 while unknown.
	GetModel func(ctx context.Context, name string, progress func(done, total int64)) error
	// MeasureDelay begins to measure a phone's delay from glass to glass; nil when it cannot be. It
	// is called on the UI goroutine and must not wait.
	MeasureDelay func(phone string) DelayTest
	// MeasureFirst begins it with the first phone that joins.
	MeasureFirst bool
	// Guard is who may join; nil when nothing about it can be changed here.
	Guard Guard
	// ICEServers are those of the user's own that are used, as texts; what they learn is said.
	ICEServers []string
	// Broker tells an MQTT broker what phones show; nil when that is not on offer.
	Broker Broker
	// Forwarder sends the video of phones on to a server; nil when that is not on offer.
	Forwarder Forwarder
	// Share lets others watch in a browser; nil when that is not on offer.
	Share Share
	// Rules understands the rules of the settings; nil when there are none.
	Rules Rules
	// OnClosed is called once, after the window was closed and its painters ended, before Run
	// returns.
	OnClosed func()
}

// Phone is one phone: its live picture, and what can be done with it. Any goroutine may call it.
// Scene, Pause, Seek, SetCamera, ResetCounts and Shown are called on goroutines that must not wait;
// the others are not, and may.
type Phone interface {
	tile.Phone
	// Snapshot saves what the phone shows now.
	Snapshot(kind Shot) (Saved, error)
	// Record starts or ends the recording; how it goes is in the Scene.
	Record(on bool) error
	// SaveReplay makes a recording of the last so many seconds. It returns when that is complete,
	// with its path; progress goes from 0 to 1.
	SaveReplay(ctx context.Context, last time.Duration, progress func(float64)) (path string,
		err error)
	// Pause holds the picture still, or lets it go on; Seek shows another moment of a held one,
	// counted as in Scene.Past.
	Pause(on bool)
	Seek(at time.Duration)
	// SetCamera asks the phone's camera for something.
	SetCamera(want CameraWish)
	// ResetCounts begins the counts of classes, lines and zones again.
	ResetCounts()
	// Disconnect sends the phone away.
	Disconnect()
	// Shown is told which frame went to the screen, by its number and origin, and when.
	Shown(seq uint64, origin, at time.Time)
}

// Saved says where a snapshot went.
type Saved struct {
	// Annotated has the boxes burnt in, Clean is the frame as the camera sent it, Data is what was
	// seen, as JSON. Of a burst they are those of its first picture. "" for what was not saved.
	Annotated, Clean, Data string
	// Folder is a burst's or a data set's; "" for one snapshot.
	Folder string
	// Count is how many pictures a burst has, or a data set has now; 1 for one snapshot.
	Count int
}

// Shot is a kind of snapshot.
type Shot int

// The kinds of snapshots.
const (
	// OneShot saves the picture with its boxes, without, and what was seen as JSON.
	OneShot Shot = iota
	// BurstShot saves ten pictures of one second.
	BurstShot
	// DatasetShot saves the clean picture with labels for training, in YOLO's and COCO's form.
	DatasetShot
)

// CameraWish is what the phone's camera should do; nil and false leave a thing as it is.
type CameraWish struct {
	// Camera is the ID of the one to open; else Flip changes between the front and the back one.
	Camera string
	Flip   bool
	Torch  *bool
	// Zoom is a factor within the range that CameraState gives.
	Zoom *float64
	// Size is the size and rate to come close to; the zero value leaves them to the phone again.
	Size *CameraSize
	// Pause has the phone send nothing for now, or go on.
	Pause *bool
	// Mute switches the microphone off. It is switched on at the phone alone.
	Mute bool
}

// ModelChoice is a model that can be chosen or had.
type ModelChoice struct {
	Offer
	// Installed models can be chosen at once; the others are downloaded by GetModel.
	Installed bool
	// Classes is how many it knows, 0 when unknown.
	Classes int
}

// ModelState says whether things can be detected.
type ModelState int

// The states of a model.
const (
	// Loading runs in the background.
	Loading ModelState = iota
	// Ready to detect.
	Ready
	// Failed to load; Err says why. Video is shown without boxes.
	Failed
)

// Model is the detector as the user sees it.
type Model struct {
	Name, Family, License, Provider string
	// Why says in a sentence why that provider runs it; it begins with the provider.
	Why   string
	State ModelState
	// Err is why, for Failed, and for Ready when another model than the chosen one has
	// to do.
	Err error
	// Warnings are sentences about what does not match in the model, though it detects.
	Warnings []string
	// Labels are the classes that it knows, in the order of their indices.
	Labels []string
	// Providers are what could run it, "auto" first, and the address of a server last.
	Providers []string
	// BuiltIn says that it is the small one that is a part of the program, to which others are to
	// be preferred.
	BuiltIn bool
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
