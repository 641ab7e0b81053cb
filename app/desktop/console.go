package desktop

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"handlens/app/recording"
	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
)

// openTerminal has lines written to standard error. The caller closes it.
func openTerminal(stderr io.Writer) *lineWriter {
	report := func(missing map[string]int) []byte {
		const words = "handlens: %d lines are missing here, since nothing read them in time.\n"
		return fmt.Appendf(nil, words, total(missing))
	}
	return newLineWriter(lineOutput{open: openAlready(stderr), report: report})
}

// console tells a person at a terminal what the window would show. It is a session.Sink; any
// goroutine may call it, and none waits.
type console struct {
	session.NoSink
	lines  *lineWriter
	better string // where better models than the starter are to be had; no full stop
	advise sync.Once
}

func (c *console) say(format string, args ...any) {
	c.lines.put("", fmt.Appendf(nil, format+"\n", args...))
}

// pair prints the QR code and the address.
func (c *console) pair(url string) {
	if qr, err := pairing.QRText(url); err == nil {
		c.say("\n%s", qr)
	}
	c.say("Scan the code with the phone's camera, or open %s", url)
	c.say("The phone warns once, since this computer vouches for itself: choose to go on.")
}

func (c *console) model(st modelState) {
	switch st.State {
	case session.ModelLoading:
		c.say("Loading the model %s …", st.Name)
	case session.ModelReady:
		runs := st.Info.Why // it begins with the provider
		if runs == "" {
			runs = st.Info.Provider
		}
		c.say("The model %s is ready (%s).", st.Name, runs)
		if st.Text != "" {
			c.say("%s", st.Text)
		}
		if st.BuiltIn {
			c.advise.Do(func() { // once, however often what runs it changes
				c.say("It is a part of the program and finds %s; %s.", strings.Join(st.Info.Labels, ", "), c.better)
			})
		}
	case session.ModelFailed:
		c.say("Video without boxes: %s", st.Text)
	}
}

// filmMade says where a film is, and what befell it.
func (c *console) filmMade(phone, path string, st recording.State) {
	if path != "" {
		c.say("The film of %s is in %s.", phone, path)
	}
	if st.Problem != "" {
		c.say("%s: %s", phone, st.Problem)
	}
}

// Joined implements session.Sink.
func (c *console) Joined(s *session.Session) { c.say("%s joined from %s.", s.Name(), s.Address()) }

// Left implements session.Sink.
func (c *console) Left(s *session.Session, reason media.Reason) {
	c.say("%s left: %s.", s.Name(), reason)
}

// Connection implements session.Sink: of a connection that came to be, Joined and Left tell enough.
func (c *console) Connection(s *session.Session, state peer.State, reason media.Reason) {
	if state == peer.Disconnected {
		c.say("%s is out of reach: %s.", s.Name(), reason)
	}
}

// Video implements session.Sink.
func (c *console) Video(s *session.Session, codec media.Codec, width, height int) {
	c.say("%s sends %d × %d in %s.", s.Name(), width, height, codec)
}

// Failed implements session.Sink.
func (c *console) Failed(s *session.Session, err error) { c.say("%s: %v", s.Name(), err) }
