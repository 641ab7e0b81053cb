package e2e

// detection is as in the events and on the data channel.
type detection struct {
	Box        [4]float64 `json:"box"`
	Label      string     `json:"label"`
	Confidence float64    `json:"confidence"`
}

// event is one line of --events, with the fields that tests look at.
type event struct {
	Event      string      `json:"event"`
	Time       int64       `json:"time"` // when it was told, in Unix milliseconds
	Session    string      `json:"session"`
	URL        string      `json:"url"`
	Port       int         `json:"port"`
	Name       string      `json:"name"`
	Reason     string      `json:"reason"`
	Codec      string      `json:"codec"`
	Width      int         `json:"width"`
	Height     int         `json:"height"`
	T          int64       `json:"t"` // when the camera took the frame, in Unix milliseconds
	Age        float64     `json:"age"`
	Model      string      `json:"model"`
	State      string      `json:"state"`
	Text       string      `json:"text"`
	Annotated  string      `json:"annotated"`
	Film       string      `json:"film"`
	Seconds    float64     `json:"seconds"`
	Clean      string      `json:"clean"` // of a snapshot or a recording
	Data       string      `json:"data"`
	Count      int         `json:"count"`
	Detections []detection `json:"detections"`
	Sending    sending     `json:"sending"`
	Suspects   []string    `json:"suspects"` // of a visit

	// Of one who watches in a browser.
	Viewer  string `json:"viewer"`
	Address string `json:"address"`

	// Of stats.
	AgeFrom string             `json:"age_from"`
	Latency map[string]latency `json:"latency"` // by the name of the stage
	Server  *struct {
		Host      string  `json:"host"`
		RoundTrip float64 `json:"round_trip"`
		Binary    bool    `json:"binary"`
	} `json:"server"`

	// Where detection runs, and what it is like.
	DetectOn string           `json:"detect_on"`
	Why      string           `json:"why"`
	Places   map[string]place `json:"places"`
	Phone    struct {
		State    string `json:"state"`
		Provider string `json:"provider"`
		Threads  int    `json:"threads"`
		Why      string `json:"why"`
	} `json:"phone"`

	// Of a device's way here.
	Visit   string  `json:"visit"`
	Rung    string  `json:"rung"`
	MS      float64 `json:"ms"`
	Problem string  `json:"problem"`
	Over    bool    `json:"over"`

	// Of a picture of the moving code, in milliseconds.
	Number   int     `json:"number"`
	Captured float64 `json:"captured"`
	Painted  float64 `json:"painted"`
	Delay    float64 `json:"delay"`
	Error    float64 `json:"error"`
}

// place is what detection in one place is like, in the event `stats`.
type place struct {
	Took float64 `json:"took"`
	Age  float64 `json:"age"`
	FPS  float64 `json:"fps"`
	Load float64 `json:"load"`
}

// latency is what a stage took in the last second, in milliseconds.
type latency struct {
	P50 float64 `json:"p50"`
}

// sending is what the phone says that it sends, in the event `stats`.
type sending struct {
	Width   int     `json:"width"`
	Height  int     `json:"height"`
	FPS     float64 `json:"fps"`
	Bitrate float64 `json:"bitrate"`
	Codec   string  `json:"codec"`
	Limited string  `json:"limited"`
}
