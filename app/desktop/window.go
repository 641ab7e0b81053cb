package desktop

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"sync/atomic"

	"handlens/app/alert"
	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/assets"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
	"handlens/ui"
)

// window is the frontend with a window: it hands the ui what it shows. Any goroutine may call it.
type window struct {
	noListener
	phones *phoneRegistry
	ui     *ui.Window
	port   atomic.Int64 // of the newest offer
	// What is likely to keep a device from its next rung, and everybody from the first; either may
	// be nil. They must not wait.
	suspects func(visit.Visit) []reach.Suspect
	nobody   func() []reach.Suspect
}

// windowParts are what the window shows and does things with.
type windowParts struct {
	settings  *settings
	phones    *phoneRegistry
	detectors *detectorManager
	library   ui.Library
	changed   func(ui.Settings)
	guard     ui.Guard
	share     ui.Share
	rules     *ruleKeeper
	glass     *glassRun // nil for the app itself
	tell      listener
	servers   []media.ICEServer
	broker    *brokerTeller                     // nil in a trial
	forward   *forwarder                        // likewise
	suspects  func(visit.Visit) []reach.Suspect // see window
	nobody    func() []reach.Suspect
}

func newWindow(p windowParts) *window {
	return &window{
		phones: p.phones, ui: ui.New(p.config()), suspects: p.suspects, nobody: p.nobody,
	}
}

// config is what the ui is given to work with.
func (p windowParts) config() ui.Config {
	c := ui.Config{
		Version:      cli.Version,
		Icon:         assets.Icon(),
		Settings:     p.settings.get(),
		Translations: assets.Translations(),
		Languages:    assets.Languages(),
		Changed:      p.changed,
		Convert: func() func(*image.RGBA, *media.Frame) error {
			return ffmpeg.NewConverter().ToRGBA
		},
		MeasureDelay: p.measureDelay,
		MeasureFirst: p.glass != nil,
		GetModel:     p.getModel,
		Models:       p.detectors.choices,
		AddModel:     p.detectors.add,
		CheckModel:   p.detectors.check,
		Library:      p.library,
		Guard:        p.guard,
		ICEServers:   serverTexts(p.servers),
		Share:        p.share,
		Rules:        ruleReader{p.rules},
	}
	if p.broker != nil {
		c.Broker, c.Forwarder = p.broker, p.forward
	}
	return c
}

// measureDelay begins to measure the delay of a phone's picture.
func (p windowParts) measureDelay(id string) ui.DelayTest {
	ph := p.phones.find(id)
	if ph == nil {
		return nil
	}
	return ph.measureDelay(func(r delayReading, d ui.Delay) {
		p.tell.Glass(ph.Session, r)
		if p.glass != nil {
			p.glass.each(d)
		}
	})
}

// getModel downloads a model, and loads it when it was chosen before it was there; else choosing it
// loads it.
func (p windowParts) getModel(
	ctx context.Context, name string, progress func(done, total int64),
) error {
	err := p.detectors.get(ctx, name, progress)
	if err == nil && p.settings.get().Model == name {
		p.detectors.load(name)
	}
	return err
}

// Run implements frontend: it shows the window until it is closed or ctx ends.
func (w *window) Run(ctx context.Context) (err error) {
	stop := context.AfterFunc(ctx, w.ui.Quit)
	defer stop()
	defer func() {
		// GLFW panics where the display lets nobody in or has no OpenGL.
		if r := recover(); r != nil {
			err = fmt.Errorf("the window cannot be opened here (%v); start with --no-window", r)
		}
	}()
	w.ui.Run()
	return nil
}

// Pairing implements listener.
func (w *window) Pairing(offer pairingOffer) {
	w.port.Store(int64(offer.Port))
	w.ui.SetPairing(pairingView(offer))
}

// pairingView is an offer as the window shows it.
func pairingView(offer pairingOffer) ui.Pairing {
	choices := make([]ui.AddressChoice, len(offer.Addresses))
	for i, a := range offer.Addresses {
		url := pairing.NamedURL(a.Host(), offer.Port, offer.Token)
		choices[i] = ui.AddressChoice{
			Address: a.Host(), Interface: a.Interface, Kind: a.Kind,
			Loopback: a.IP.IsLoopback(), Score: a.Score, URL: url,
			QR: func(pixels int) (image.Image, error) { return pairing.QRImage(url, pixels) },
		}
	}
	return ui.Pairing{
		URL:     offer.URL,
		Address: strings.TrimSuffix(offer.URL, "/#"+offer.Token),
		Token:   pairing.GroupedToken(offer.Token),
		QR: func(pixels int) (image.Image, error) {
			return pairing.QRImage(offer.URL, pixels)
		},
		Others:  choices,
		Chosen:  offer.Chosen,
		Choose:  offer.Choose,
		Warning: pairingWarning(offer),
	}
}

// pairingWarning says what is likely to keep a phone from getting here.
func pairingWarning(offer pairingOffer) ui.PairingWarning {
	switch {
	case offer.Addresses[offer.Chosen].IP.IsLoopback():
		return ui.PairingWarning{Code: ui.NoNetwork}
	case offer.portTaken():
		return ui.PairingWarning{
			Code: ui.PortTaken, Wanted: offer.WantedPort, Port: offer.Port,
		}
	}
	return ui.PairingWarning{}
}

// Model implements listener.
func (w *window) Model(st modelState) { w.ui.SetModel(modelView(st)) }

// modelView is what is known of the detector as the window shows it.
func modelView(st modelState) ui.Model {
	m := ui.Model{
		Name: st.Name, Family: st.Info.Family, License: st.License, Provider: st.Info.Provider,
		Why: st.Info.Why, Err: st.Err, Labels: st.Info.Labels, Warnings: st.Info.Warnings,
		Providers: detector.Providers(), BuiltIn: st.BuiltIn,
		State: map[session.ModelState]ui.ModelState{
			session.ModelLoading: ui.Loading, session.ModelReady: ui.Ready,
			session.ModelFailed: ui.Failed,
		}[st.State],
	}
	if st.Server != "" {
		m.Providers = append(m.Providers, st.Server)
	}
	for _, c := range st.Choices {
		if !c.Installed {
			m.Offers = append(m.Offers, c.Offer)
		}
	}
	return m
}

// Watching implements listener.
func (w *window) Watching(all []ui.Viewer) { w.ui.SetViewers(all) }

// Visits implements listener.
func (w *window) Visits(all []visit.Visit) { w.ui.SetDoctor(w.doctor(all)) }

// doctor is how far each device has come as the window shows it.
func (w *window) doctor(all []visit.Visit) ui.Doctor {
	d := ui.Doctor{Visits: make([]ui.Visit, len(all)), Port: int(w.port.Load())}
	for i, v := range all {
		d.Visits[i].Visit = v
		if w.suspects != nil {
			d.Visits[i].Suspects = w.suspects(v)
		}
	}
	if w.nobody != nil {
		d.Nobody = w.nobody()
	}
	return d
}

// Fault implements listener.
func (w *window) Fault(err error) {
	if f, ok := errors.AsType[*ruleFault](err); ok {
		w.ui.RuleFailed(f.rule, string(f.do), f.err)
		return
	}
	w.ui.Fault("", err)
}

// Rule implements listener.
func (w *window) Rule(s *session.Session,
	f rules.Fired,
) {
	w.ui.RuleFired(f.Rule.Title(), s.Name())
}

// Notify implements frontend.
func (w *window) Notify(title, text string) error {
	if w.ui.Notify(title, text) {
		return nil
	}
	return alert.Notice(title, text)
}

// CleanNotKept implements listener.
func (w *window) CleanNotKept(*session.Session) { w.ui.CleanNotKept() }

// OfferRepair implements frontend.
func (w *window) OfferRepair(name string, repair func()) { w.ui.OfferRepair(name, repair) }

// Crashed implements frontend.
func (w *window) Crashed(report string) { w.ui.Crashed(report) }

// Approve implements frontend.
func (w *window) Approve(ctx context.Context, from session.Visitor) ui.Approval {
	return w.ui.AskApproval(ctx, ui.Applicant{
		Name: from.Name, Address: from.Address, Lasting: from.Phone != "",
		Watches: from.Watches,
	})
}

// Joined implements session.Sink.
func (w *window) Joined(s *session.Session) {
	if ph := w.phones.find(s.ID()); ph != nil {
		w.ui.AddPhone(ph)
	}
}

// Left implements session.Sink.
func (w *window) Left(s *session.Session, reason media.Reason) {
	w.ui.RemovePhone(s.ID(), reason)
}

// Failed implements session.Sink.
func (w *window) Failed(s *session.Session, err error) { w.ui.Fault(s.Name(), err) }

// Recording implements listener: it says where a recording is, and what went wrong. Who asked for a
// replay hears of it from the call.
func (w *window) Recording(
	s *session.Session, step recordingStep, st recording.State, made recording.Result,
) {
	if step != recordingEnded && step != recordingRepaired {
		return
	}
	if st.Err != nil {
		w.ui.Fault(s.Name(), st.Err)
	}
	if made.Video != "" {
		w.ui.RecordingSaved(made.Video)
	}
}
