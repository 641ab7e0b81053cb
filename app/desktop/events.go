package desktop

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"handlens/app/recording"
	"handlens/app/session"
	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
	"handlens/media/peer"
)

// events writes what happens as JSON objects, one a line, for scripts (--events). It is a session.Sink; any goroutine may call it. A
// nil *events writes nothing.
type events struct {
	session.NoSink
	mu     sync.Mutex
	out    io.Writer
	closer io.Closer
	failed func(error)
	broken bool
	told   map[*session.Session][]track.Tally // the counts that were told last
}

// openEvents opens the file of that name for appending, or takes standard output for "-"; "" gives none. The failed function is told once
// if writing does not work any more.
func openEvents(name string, stdout io.Writer, failed func(error)) (*events, error) {
	switch name {
	case "":
		return nil, nil
	case "-":
		return &events{out: stdout, failed: failed}, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--events cannot write to %s: %w", name, errors.Unwrap(err))
	}
	return &events{out: f, closer: f, failed: failed}, nil
}

func (e *events) Close() error {
	if e == nil || e.closer == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.broken = true
	return e.closer.Close()
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

// write puts one event on a line of its own. The line goes out in one piece, so that a reader never sees half of one.
func (e *events) write(event any) {
	if e == nil {
		return
	}
	line, err := json.Marshal(event)
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.broken {
		return
	}
	if _, err := e.out.Write(append(line, '\n')); err != nil {
		e.broken = true
		if e.failed != nil {
			go e.failed(fmt.Errorf("events can no longer be written: %w", err))
		}
	}
}

func (e *events) listening(url string, port int) {
	e.write(struct {
		head
		URL  string `json:"url"`
		Port int    `json:"port"`
	}{begin("listening", nil), url, port})
}

func (e *events) snapshot(s *session.Session, annotated, clean string) {
	e.write(struct {
		head
		Annotated string `json:"annotated"`
		Clean     string `json:"clean"`
	}{begin("snapshot", s), annotated, clean})
}

// recording tells of a film: "started", "ending", "ended", and "replay" for one of what has just happened.
func (e *events) recording(s *session.Session, state string, st recording.State, made recording.Result) {
	e.write(struct {
		head
		State   string  `json:"state"`
		Seconds float64 `json:"seconds"`
		Bytes   int64   `json:"bytes"`
		Dropped int     `json:"dropped"`
		Encoder string  `json:"encoder,omitempty"`
		Film    string  `json:"film,omitempty"`
		Clean   string  `json:"clean,omitempty"`
		Data    string  `json:"data,omitempty"`
		Text    string  `json:"text,omitempty"`
	}{
		begin("recording", s), state, st.Length.Seconds(), st.Bytes, st.Dropped, st.Encoder,
		made.Film, made.Clean, made.Data, st.Problem,
	})
}

// model says what is known of the detector; why is a sentence about what runs it.
func (e *events) model(name, state, provider, why, text string) {
	e.write(struct {
		head
		Model    string `json:"model"`
		State    string `json:"state"`
		Provider string `json:"provider,omitempty"`
		Why      string `json:"why,omitempty"`
		Text     string `json:"text,omitempty"`
	}{begin("model", nil), name, state, provider, why, text})
}

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
	if e != nil {
		e.counts(s, s.Tallies())
	}
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
	if e == nil {
		return
	}
	e.write(struct {
		head
		FPS     fpsJSON                `json:"fps"`
		Drops   session.Drops          `json:"drops"`
		Latency map[string]latencyJSON `json:"latency"`
		Bitrate int64                  `json:"bitrate"`
		Loss    float64                `json:"loss"`
		RTT     float64                `json:"rtt"`
		Age     float64                `json:"age"`
		Network string                 `json:"network,omitempty"`
	}{
		begin("stats", s),
		fpsJSON{tenth(st.FPSIn), tenth(st.FPSShown), tenth(st.FPSDetected)},
		st.Drops, latencies(st.Stages),
		int64(st.Bitrate), float64(int(st.Loss*1e4)) / 1e4, ms(st.RTT), ms(st.Age), st.Network,
	})
}

// ms gives a duration in milliseconds to two places.
func ms(d time.Duration) float64 { return float64(d/(10*time.Microsecond)) / 100 }

func tenth(v float64) float64 { return float64(int(v*10+0.5)) / 10 }
