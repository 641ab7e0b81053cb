package ui

import (
	"time"

	"handlens/inference/track"
	"handlens/ui/tile"
)

// Settings are the user's choices that last from start to start. The caller of New keeps them. Zero
// values are valid only where a field says so; see [DefaultSettings].
type Settings struct {
	// Confidence is the least score that is shown, 0..1.
	Confidence float64 `json:"confidence"`
	// Hidden are the classes that are not shown, and Blurred those that are made unrecognisable, by
	// label.
	Hidden  []string `json:"hidden,omitempty"`
	Blurred []string `json:"blurred,omitempty"`
	// What is drawn over the picture.
	Boxes   bool `json:"boxes"`
	Labels  bool `json:"labels"`
	IDs     bool `json:"ids"`
	Trails  bool `json:"trails"`
	Regions bool `json:"regions"` // lines and zones
	// Counted are the lines and zones, for every phone.
	Counted []track.Region `json:"counted,omitempty"`
	// Rules are what is to be done when something happens.
	Rules []Rule `json:"rules,omitempty"`
	// Broker is the address of an MQTT broker that is told what phones show, BrokerCA a file with
	// the authority of its certificate.
	Broker   string `json:"mqtt,omitempty"`
	BrokerCA string `json:"mqttCA,omitempty"`
	// Forward is the address of a WHIP server that the video of phones is sent on to, ForwardBoxes
	// has boxes burnt in.
	Forward      string `json:"forward,omitempty"`
	ForwardBoxes bool   `json:"forwardBoxes,omitempty"`
	// What a recording keeps beside the video with boxes.
	KeepClean bool `json:"keepClean"` // the stream as it came
	KeepData  bool `json:"keepData"`  // what was found, as JSON lines
	KeepAudio bool `json:"keepSound"` // the phone's microphone, when it sends
	// KeepReport has a page written about what happened, beside the data.
	KeepReport bool `json:"keepReport,omitempty"`
	// Replay is how much of the past is kept at hand: 30 s to 2 minutes.
	Replay time.Duration `json:"replay"`
	// Figures says how much of the HUD is shown.
	Figures tile.Figures `json:"figures"`
	// Model and Provider are names; "" for the best one installed and for "auto". Provider may
	// be the address of a server and a model there.
	Model    string `json:"model,omitempty"`
	Provider string `json:"provider,omitempty"`
	// ProviderCA is a file with the authority of the certificate of a server that is the Provider;
	// it counts from the next start.
	ProviderCA string `json:"providerCA,omitempty"`
	// DetectOn is where detection runs: DetectOnComputer, DetectOnPhone or DetectOnAutomatic.
	DetectOn string `json:"detectOn,omitempty"`
	// Approve is "auto" when the code is enough to join, or "ask" when phones that are not known
	// are asked for at the window. MaxPhones is how many may be here at once, 1 to 8.
	Approve   string `json:"approve"`
	MaxPhones int    `json:"maxPhones"`
	// Share lets others on the network watch in a browser; MaxViewers is how many, 1 to 16.
	Share      bool `json:"share"`
	MaxViewers int  `json:"maxViewers"`
	// Language is a code such as "de", "" for the system's; it counts from the next start.
	Language string `json:"language,omitempty"`
	// Appearance is "auto", "light" or "dark".
	Appearance string `json:"look,omitempty"`
	// Sidebar says whether it is open.
	Sidebar bool `json:"sidebar"`
	// Geometry is where the window was; zero while unknown.
	Geometry WindowGeometry `json:"place"`
}

// Rule is what is to be done when something happens, in a sentence.
type Rule struct {
	Text string `json:"text"`
	Off  bool   `json:"off,omitempty"`
}

// WindowGeometry is the window's size in device-independent pixels and its position in the
// screen's, where that is known.
type WindowGeometry struct {
	Width  float32 `json:"width,omitempty"`
	Height float32 `json:"height,omitempty"`
	X      int     `json:"x,omitempty"`
	Y      int     `json:"y,omitempty"`
	Known  bool    `json:"known,omitempty"` // X and Y are
}

// DefaultSettings are those of the first start.
func DefaultSettings() Settings {
	return Settings{
		Confidence: 0.4, Boxes: true, Labels: true, IDs: false, Regions: true,
		KeepClean: false, KeepData: true, KeepAudio: true, Replay: time.Minute, Sidebar: true,
		Appearance: "auto", Approve: ApproveAuto, MaxPhones: MostPhones,
		MaxViewers: 4, DetectOn: DetectOnComputer,
	}
}

// displayOptions are the settings for the tiles.
func (s Settings) displayOptions() tile.DisplayOptions {
	return tile.DisplayOptions{
		Boxes: s.Boxes, Labels: s.Labels, IDs: s.IDs, Trails: s.Trails, Regions: s.Regions,
		Figures: s.Figures, Hides: len(s.Blurred) > 0,
	}
}
