package desktop

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/record"
	"handlens/media/visit"
	"handlens/ui"
)

var (
	_ frontend = (*window)(nil)
	_ frontend = (*console)(nil)
)

type fakeFrontend struct {
	noListener

	mu      sync.Mutex
	heard   []string
	offers  []pairingOffer
	repairs []func()
	made    []recording.Result
	saved   []record.Saved
}

func (f *fakeFrontend) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard = append(f.heard, fmt.Sprintf(format, args...))
}

func (f *fakeFrontend) Fault(err error) { f.note("fault: %v", err) }

func (f *fakeFrontend) Pairing(offer pairingOffer) {
	f.offers = append(f.offers, offer)
	f.note("pairing")
}

func (f *fakeFrontend) Snapshot(_ *session.Session, saved record.Saved) {
	f.saved = append(f.saved, saved)
	f.note("snapshot")
}

func (f *fakeFrontend) Recording(
	_ *session.Session, step recordingStep, _ recording.State, made recording.Result,
) {
	f.made = append(f.made, made)
	f.note("recording %s", step)
}

func (f *fakeFrontend) Crashed(report string) { f.note("crashed %s", report) }

func (f *fakeFrontend) OfferRepair(name string, repair func()) {
	f.note("offer %s", name)
	f.repairs = append(f.repairs, repair)
}

func (f *fakeFrontend) Approve(context.Context, session.Visitor) ui.Approval {
	return ui.Approval{Allow: true}
}

func (f *fakeFrontend) Notify(title, text string) error {
	f.note("notify %s: %s", title, text)
	return nil
}

func (f *fakeFrontend) Run(context.Context) error { return nil }

func (f *fakeFrontend) want(t *testing.T, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.heard, want) {
		t.Errorf("heard is %q, want %q", f.heard, want)
	}
	f.heard = nil
}

// TestFanoutTellsEverything calls each method of a listener: every other listener hears it once, in
// order, as it was said.
func TestFanoutTellsEverything(t *testing.T) {
	var heard []string
	f := new(fanout)
	for _, name := range []string{"a", "b"} {
		f.listeners = append(f.listeners, newSpy(func(method string) {
			heard = append(heard, name+" "+method)
		}))
	}
	all := reflect.ValueOf(f)
	contract := reflect.TypeFor[listener]()
	for m := range contract.Methods() {
		args := make([]reflect.Value, m.Type.NumIn())
		for j := range args {
			args[j] = reflect.Zero(m.Type.In(j))
		}
		heard = nil
		all.MethodByName(m.Name).Call(args)
		if got := strings.Join(heard, ", "); got != "a "+m.Name+", b "+m.Name {
			t.Errorf("of %s heard is %q", m.Name, got)
		}
	}
}

// spy says which of its methods is called.
type spy struct {
	fakeFrontend
	called func(method string)
}

func newSpy(called func(string)) *spy { return &spy{called: called} }

func (s *spy) Joined(*session.Session)             { s.called("Joined") }
func (s *spy) Left(*session.Session, media.Reason) { s.called("Left") }
func (s *spy) Hello(*session.Session)              { s.called("Hello") }

func (s *spy) Connection(*session.Session, peer.State, media.Reason)  { s.called("Connection") }
func (s *spy) Video(*session.Session, media.Codec, int, int)          { s.called("Video") }
func (s *spy) Detections(*session.Session, inference.Message)         { s.called("Detections") }
func (s *spy) Stats(*session.Session, session.Stats)                  { s.called("Stats") }
func (s *spy) Moved(*session.Session, session.Place, session.MoveWhy) { s.called("Moved") }
func (s *spy) Failed(*session.Session, error)                         { s.called("Failed") }
func (s *spy) Pairing(pairingOffer)                                   { s.called("Pairing") }
func (s *spy) ViewerJoined(*session.Viewer)                           { s.called("ViewerJoined") }
func (s *spy) ViewerLeft(*session.Viewer, media.Reason)               { s.called("ViewerLeft") }
func (s *spy) Sharing(string)                                         { s.called("Sharing") }
func (s *spy) Watching([]ui.Viewer)                                   { s.called("Watching") }
func (s *spy) Visit(visit.Visit)                                      { s.called("Visit") }
func (s *spy) Visits([]visit.Visit)                                   { s.called("Visits") }
func (s *spy) Model(modelState)                                       { s.called("Model") }
func (s *spy) CleanNotKept(*session.Session)                          { s.called("CleanNotKept") }
func (s *spy) Snapshot(*session.Session, record.Saved)                { s.called("Snapshot") }
func (s *spy) Glass(*session.Session, delayReading)                   { s.called("Glass") }
func (s *spy) Forward(*session.Session, media.Forward)                { s.called("Forward") }
func (s *spy) Rule(*session.Session, rules.Fired)                     { s.called("Rule") }
func (s *spy) Fault(error)                                            { s.called("Fault") }

func (s *spy) Recording(
	*session.Session, recordingStep, recording.State, recording.Result,
) {
	s.called("Recording")
}
