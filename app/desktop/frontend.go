package desktop

import (
	"context"

	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/record"
	"handlens/media/visit"
	"handlens/ui"
)

// listener hears what happens in the running app: of each session by session.Sink, and of all else
// by the rest. Any goroutine may call it, and no method may wait.
type listener interface {
	session.Sink
	// Pairing is the address that phones come to, at the start and whenever it changes.
	Pairing(offer pairingOffer)
	// Sharing is the address of the viewers' page, with their token, at the start of sharing and
	// whenever it changes; "" when nobody may watch any more.
	Sharing(url string)
	// Watching are all who watch, whenever that changes.
	Watching(all []ui.Viewer)
	// Visit is each change of a device's way here: a rung of its ladder, or its problem.
	Visit(v visit.Visit)
	// Visits are all of them, newest first, a few times a second while there is something new, and
	// now and then when not.
	Visits(all []visit.Visit)
	// Model is each change of the detector's state.
	Model(st modelState)
	// Recording is each step of a recording. The session is nil for one that was repaired.
	Recording(s *session.Session, step recordingStep, st recording.State, made recording.Result)
	// CleanNotKept comes when a recording leaves out the video without boxes, since that would show
	// what is to stay unrecognised.
	CleanNotKept(s *session.Session)
	// Snapshot comes when a snapshot is saved.
	Snapshot(s *session.Session, saved record.Saved)
	// Rule comes when a rule of the user's fires.
	Rule(s *session.Session, f rules.Fired)
	// Forward is each change of how a phone's video gets on that is sent on to a server.
	Forward(s *session.Session, st media.Forward)
	// Glass comes for each picture of the moving code that was read.
	Glass(s *session.Session, r delayReading)
	// Fault is a fault that belongs to no session; the app goes on.
	Fault(err error)
}

// frontend is what a person has in front of them: the window, or the terminal without one. It says
// what it hears, and asks.
type frontend interface {
	listener
	// OfferRepair tells of a recording that was cut off. It has the repair done when the person
	// wants it, or at once where nobody can be asked.
	OfferRepair(name string, repair func())
	// Crashed tells where the report of a crash of an earlier run is.
	Crashed(report string)
	// Approve asks whether a phone may join, and waits for the answer or for the end of ctx.
	Approve(ctx context.Context, from session.Visitor) ui.Approval
	// Notify has the desktop show something. It must not wait.
	Notify(title, text string) error
	// Run lasts until the person ends the app or ctx ends. It belongs on the main goroutine.
	Run(ctx context.Context) error
}

// recordingStep is how far a recording has come. Scripts know it as the state of the event.
type recordingStep string

const (
	recordingStarted  recordingStep = "started"
	recordingEnded    recordingStep = "ended"    // its files are complete
	recordingReplay   recordingStep = "replay"   // made of what had just happened
	recordingRepaired recordingStep = "repaired" // it had been cut off
)

// pairingOffer is how a phone gets here.
type pairingOffer struct {
	// URL is what the QR code says. It ends in the token, which authorises a phone.
	URL, Token string
	// Port is the one that we listen on, WantedPort the one of the command line; 0 for any.
	Port, WantedPort int
	// Addresses are all that this machine has, best first, and Chosen is the one in the URL.
	Addresses []pairing.Address
	Chosen    int
	// Choose has another address offered.
	Choose func(i int)
	// Trusted says that browsers trust the certificate without further ado.
	Trusted bool
}

// portTaken says that another program has the port that was wanted.
func (o pairingOffer) portTaken() bool { return o.WantedPort != 0 && o.Port != o.WantedPort }

// noListener ignores everything. Embed it to implement only some methods of a listener.
type noListener struct{ session.NoSink }

func (noListener) Pairing(pairingOffer)                    {}
func (noListener) Sharing(string)                          {}
func (noListener) Watching([]ui.Viewer)                    {}
func (noListener) Visit(visit.Visit)                       {}
func (noListener) Visits([]visit.Visit)                    {}
func (noListener) Model(modelState)                        {}
func (noListener) CleanNotKept(*session.Session)           {}
func (noListener) Snapshot(*session.Session, record.Saved) {}
func (noListener) Rule(*session.Session, rules.Fired)      {}
func (noListener) Forward(*session.Session, media.Forward) {}
func (noListener) Glass(*session.Session, delayReading)    {}
func (noListener) Fault(error)                             {}

func (noListener) Recording(
	*session.Session, recordingStep, recording.State, recording.Result,
) {
}
