package desktop

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"handlens/app/alert"
	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/ui"
)

// openTerminal has lines written to standard error. The caller closes it.
func openTerminal(stderr io.Writer) *lineWriter {
	report := func(missing map[string]int) []byte {
		const words = "handlens: %d lines are missing here, since nothing read them in time.\n"
		return fmt.Appendf(nil, words, total(missing))
	}
	w := newLineWriter(lineOutput{open: openAlready(stderr), report: report})
	w.colours = cli.Colours(stderr)
	return w
}

// console is the frontend at a terminal. Any goroutine may call it, and none waits.
type console struct {
	noListener
	lines  *lineWriter
	log    *slog.Logger
	better string // where better models than the starter are to be had; no full stop
	advise sync.Once
	warned sync.Map // the warnings of models that were said, as text
	visits visitLines
}

func (c *console) say(format string, args ...any) {
	c.lines.put("", fmt.Appendf(nil, format+"\n", args...))
}

// Run implements frontend: nobody can close a terminal's app but by a signal.
func (c *console) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Approve implements frontend. Nobody can be asked here.
func (c *console) Approve(_ context.Context, from session.Visitor) ui.Approval {
	if from.Watches {
		c.say("%s at %s may not watch: nobody can be asked without the window. Start with "+
			"--approve auto to have the link alone be enough.", from.Name, from.Address)
		return ui.Approval{}
	}
	c.say("%s at %s was not let in: without the window only phones that are remembered are. "+
		"Allow it once at the window, or start with --approve auto.", from.Name, from.Address)
	return ui.Approval{}
}

// OfferRepair implements frontend. Nobody could answer, and a repair takes nothing away, so it is
// simply done.
func (c *console) OfferRepair(_ string, repair func()) { repair() }

// Crashed implements frontend.
func (c *console) Crashed(report string) {
	c.say("Handlens crashed the last time. The report is in %s; nothing was sent anywhere.", report)
}

// Pairing implements listener: it prints the QR code and the address.
func (c *console) Pairing(offer pairingOffer) {
	if qr, err := pairing.QRText(offer.URL, c.lines.colours); err == nil {
		c.say("\n%s", qr)
	}
	c.say("Scan the code with the phone's camera, or open %s", offer.URL)
	if !offer.Trusted {
		c.say("The phone warns once, since this computer vouches for itself: choose to go on.")
	}
	if offer.portTaken() {
		c.say("Port %d is taken; Handlens listens on %d.", offer.WantedPort, offer.Port)
	}
}

// Sharing implements listener: it prints the viewers' code and address.
func (c *console) Sharing(url string) {
	if url == "" {
		c.say("Nobody can watch in a browser any more.")
		return
	}
	if qr, err := pairing.QRText(url, c.lines.colours); err == nil {
		c.say("\n%s", qr)
	}
	c.say("Others watch in a browser at %s", url)
}

// ViewerJoined implements session.Sink.
func (c *console) ViewerJoined(v *session.Viewer) {
	c.say("%s at %s watches %s.", v.Name(), v.Address(), v.Session().Name())
}

// ViewerLeft implements session.Sink.
func (c *console) ViewerLeft(v *session.Viewer, _ media.Reason) {
	c.say("%s at %s watches %s no longer.", v.Name(), v.Address(), v.Session().Name())
}

// Model implements listener.
func (c *console) Model(st modelState) {
	switch st.State {
	case session.ModelLoading:
		c.say("Loading the model %s …", st.Name)
	case session.ModelReady:
		runs := st.Info.Why // it begins with the provider
		if runs == "" {
			runs = st.Info.Provider
		}
		c.say("The model %s is ready (%s).", st.Name, runs)
		if st.Err != nil {
			c.say("%s", st.text())
		}
		for _, w := range st.Info.Warnings {
			if _, said := c.warned.LoadOrStore(st.Name+w, true); !said { // once, as the advice
				c.say("Warning: model %s: %s.", st.Name, w)
			}
		}
		if st.BuiltIn {
			c.advise.Do(func() { // once, however often what runs it changes
				finds := strings.Join(st.Info.Labels, ", ")
				c.say("It is a part of the program and finds %s; %s.", finds, c.better)
			})
		}
	case session.ModelFailed:
		c.say("Video without boxes: %s", st.text())
	}
}

// Recording implements listener: it says where a recording is, and what went wrong.
func (c *console) Recording(
	s *session.Session, step recordingStep, st recording.State, made recording.Result,
) {
	switch step {
	case recordingEnded:
		if made.Video != "" {
			c.say("The recording of %s is in %s.", s.Name(), made.Video)
		}
		if st.Err != nil {
			c.say("%s: %v", s.Name(), st.Err)
		}
	case recordingRepaired:
		c.say("A recording that was cut off is repaired: %s", made.Video)
	}
}

// Rule implements listener.
func (c *console) Rule(s *session.Session, f rules.Fired) {
	what := strings.Join(f.Names(), ", ")
	if what == "" {
		what = strings.Join(f.Rule.Classes, ", ") + " missing"
	}
	c.say("Rule %q: %s (%s).", f.Rule.Title(), what, s.Name())
}

// Forward implements listener.
func (c *console) Forward(s *session.Session, st media.Forward) {
	if st.Code != media.ForwardWaits && st.Code != media.ForwardConnecting {
		c.say("The video of %s %s.", s.Name(), st)
	}
}

// Notify implements frontend.
func (c *console) Notify(title, text string) error { return alert.Notice(title, text) }

// Fault implements listener.
func (c *console) Fault(err error) { c.log.Error(err.Error()) }

// Joined implements session.Sink.
func (c *console) Joined(s *session.Session) { c.say("%s joined from %s.", s.Name(), s.Address()) }

// Left implements session.Sink.
func (c *console) Left(s *session.Session,
	reason media.Reason,
) {
	c.say("%s left: %s.", s.Name(), reason)
}

// Connection implements session.Sink. Joined and Left tell the rest.
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
