package desktop

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"handlens/app/recording"
	"handlens/app/session"
	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/reach"
	"handlens/media/record"
	"handlens/media/visit"
)

// events writes what happens as JSON objects, one a line, for scripts (--events). It is a
// listener; any goroutine may call it, and none waits.
type events struct {
	noListener
	lines *lineWriter
	// What is likely to keep a device from its next rung; nil where nobody knows.
	suspects func(visit.Visit) []reach.Suspect

	mu   sync.Mutex
	told map[*session.Session][]track.Tally // the counts that were told last
}

// openEvents opens the file of that name for appending, or takes standard output for "-"; "" gives
// none. The failed function is told in a sentence when nobody reads the events yet, and when they
// end early.
func openEvents(name string, stdout io.Writer, failed func(error)) (*events, error) {
	open := openAlready(stdout)
	switch name {
	case "":
		return nil, nil
	case "-":
		name = "standard output"
	default:
		var err error
		if open, err = eventsFile(name, failed); err != nil {
			return nil, err
		}
	}
	e := new(events)
	e.lines = newLineWriter(lineOutput{
		open: open, report: e.missing, failed: func(err error) { failed(eventsEnd(name, err)) },
	})
	return e, nil
}

// Close writes the last events, if somebody reads them within two seconds.
func (e *events) Close() error {
	if err := e.lines.Close(); err != nil {
		return errors.New("the last events were not written, since nobody reads them")
	}
	return nil
}

// head begins every event.
type head struct {
	Event string `json:"event"`
	// Time is in milliseconds since 1970.
	Time    int64  `json:"time"`
	Session string `json:"session,omitempty"`
}

func begin(event string, s *session.Session) head {
	h := head{Event: event, Time: time.Now().UnixMilli()}
	if s != nil {
		h.Session = s.ID()
	}
	return h
}

// kind is what the event is called.
func (h head) kind() string { return h.Event }

// write puts one event, a struct that begins with a head, on a line of its own.
func (e *events) write(event interface{ kind() string }) {
	line, err := json.Marshal(event)
	if err != nil {
		return
	}
	e.lines.put(event.kind(), append(line, '\n'))
}

// missing makes the event that stands where others are missing, since nobody read them in time.
// Counts may be among them, so all are told again.
func (e *events) missing(byEvent map[string]int) []byte {
	e.mu.Lock()
	clear(e.told)
	e.mu.Unlock()
	line, err := json.Marshal(struct {
		head
		Count  int            `json:"count"`
		Events map[string]int `json:"events"`
	}{begin("dropped", nil), total(byEvent), byEvent})
	if err != nil {
		return nil // such plain structs always can be
	}
	return append(line, '\n')
}

// Pairing implements listener.
func (e *events) Pairing(offer pairingOffer) {
	e.write(struct {
		head
		URL  string `json:"url"`
		Port int    `json:"port"`
	}{begin("listening", nil), offer.URL, offer.Port})
}

// Snapshot implements listener.
func (e *events) Snapshot(s *session.Session, saved record.Saved) {
	e.write(struct {
		head
		Annotated string `json:"annotated"`
		Clean     string `json:"clean"`
	}{begin("snapshot", s), saved.Annotated, saved.Clean})
}

// Recording implements listener.
func (e *events) Recording(
	s *session.Session, step recordingStep, st recording.State, made recording.Result,
) {
	text := ""
	if st.Err != nil {
		text = st.Err.Error()
	}
	e.write(struct {
		head
		State   recordingStep `json:"state"`
		Seconds float64       `json:"seconds"`
		Bytes   int64         `json:"bytes"`
		Dropped int           `json:"dropped"`
		Encoder string        `json:"encoder,omitempty"`
		Film    string        `json:"film,omitempty"`
		Clean   string        `json:"clean,omitempty"`
		Data    string        `json:"data,omitempty"`
		Text    string        `json:"text,omitempty"`
	}{
		begin("recording", s), step, st.Length.Seconds(), st.Bytes, st.Dropped, st.Encoder,
		made.Video, made.Clean, made.Data, text,
	})
}

// Model implements listener.
func (e *events) Model(st modelState) {
	e.write(struct {
		head
		Model    string `json:"model"`
		State    string `json:"state"`
		Provider string `json:"provider,omitempty"`
		Why      string `json:"why,omitempty"` // a sentence about the provider
		Text     string `json:"text,omitempty"`
		// Warnings are sentences about what does not match in the model, though it is used.
		Warnings []string `json:"warnings,omitempty"`
	}{
		begin("model", nil), st.Name, string(st.State), st.Info.Provider, st.Info.Why, st.text(),
		st.Info.Warnings,
	})
}

// Fault implements listener.
func (e *events) Fault(err error) { e.fault(nil, err) }

func (e *events) fault(s *session.Session, err error) {
	e.write(struct {
		head
		Text string `json:"text"`
	}{begin("error", s), err.Error()})
}

// Joined implements session.Sink.
func (e *events) Joined(s *session.Session) {
	e.write(struct {
		head
		Name    string `json:"name"`
		Address string `json:"address"`
	}{begin("phone-joined", s), s.Name(), s.Address()})
}

// Left implements session.Sink.
func (e *events) Left(s *session.Session, reason media.Reason) {
	e.write(struct {
		head
		Reason string `json:"reason"`
	}{begin("phone-left", s), reason.String()})
	e.forget(s)
}

// Connection implements session.Sink.
func (e *events) Connection(s *session.Session, state peer.State, reason media.Reason) {
	e.write(struct {
		head
		State  string `json:"state"`
		Reason string `json:"reason,omitempty"`
	}{begin("connection", s), state.String(), reason.String()})
}

// Video implements session.Sink.
func (e *events) Video(s *session.Session, codec media.Codec, width, height int) {
	e.write(struct {
		head
		Codec   string `json:"codec"`
		Width   int    `json:"width"`
		Height  int    `json:"height"`
		Decoder string `json:"decoder"` // the hardware's name, or "software"
	}{begin("video", s), codec.String(), width, height, cmp.Or(s.Hardware(), "software")})
}

// Detections implements session.Sink.
func (e *events) Detections(s *session.Session, m inference.Message) {
	e.write(struct {
		head
		inference.Message
	}{begin("detections", s), m})
	e.counts(s, s.Tallies())
}

// Failed implements session.Sink.
func (e *events) Failed(s *session.Session, err error) { e.fault(s, err) }

type fpsJSON struct {
	In       float64 `json:"in"`
	Shown    float64 `json:"shown"`
	Detected float64 `json:"detected"`
}

// Stats implements session.Sink. Times are in milliseconds, the bitrate in bits a second.
func (e *events) Stats(s *session.Session, st session.Stats) {
	e.write(struct {
		head
		FPS     fpsJSON                `json:"fps"`
		Drops   session.Drops          `json:"drops"`
		Latency map[string]latencyJSON `json:"latency"`
		Bitrate int64                  `json:"bitrate"`
		Loss    float64                `json:"loss"`
		RTT     float64                `json:"rtt"`
		Age     float64                `json:"age"`
		// From says from where the ages are counted: camera, browser or arrival.
		From       session.AgeFrom `json:"age_from,omitempty"`
		ClockError float64         `json:"clock_error"`
		// Where detection runs, what it is like where, and what the phone says of its own.
		DetectOn session.Place               `json:"detect_on"`
		Places   map[session.Place]placeJSON `json:"places,omitempty"`
		Phone    *session.DetectorMessage    `json:"phone,omitempty"`
		Network  string                      `json:"network,omitempty"`
		Strain   string                      `json:"strain,omitempty"` // what gives way
		Sending  *sendingJSON                `json:"sending,omitempty"`
		Server   *serverJSON                 `json:"server,omitempty"` // that runs the model
	}{
		begin("stats", s),
		fpsJSON{tenth(st.FPSIn), tenth(st.FPSShown), tenth(st.FPSDetected)},
		st.Drops, latencies(st.Stages),
		int64(st.Bitrate), float64(int(st.Loss*1e4)) / 1e4, ms(st.RTT), ms(st.Age), st.From,
		ms(st.ClockError), st.DetectOn, places(st), phoneDetectorOf(st.PhoneDetector),
		st.Network, st.Strain.String(), sendingOf(st.Sending),
		serverOf(st.Server),
	})
}

// ms gives a duration in milliseconds to two places.
func ms(d time.Duration) float64 { return float64(d/(10*time.Microsecond)) / 100 }

func tenth(v float64) float64 { return float64(int(v*10+0.5)) / 10 }
