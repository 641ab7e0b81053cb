// Package desktop is the running app: it opens the listener, the HTTP server, the peer host, the
// worker with its detector and the goroutine that loads the model, and hands each what it needs of
// the others.
//
// The main goroutine belongs to the window, or waits for a signal without one. A [program] owns
// everything else; stop ends it in the opposite order of start and waits.
package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/app/session"
	"handlens/assets"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/whip"
	"handlens/ui"
)

// program is the running app.
type program struct {
	options options
	token   string
	host    string // the name that a certificate of the user's own is for, "" when phones come by address
	log     *slog.Logger

	listener *pairing.Listener
	peers    *peer.Host
	worker   *session.Worker
	manager  *session.Manager
	brain    *brain
	face     *whip.Server
	server   *http.Server
	events   *events
	settings *settings
	desk     *desk
	console  *console
	window   *window // nil without one

	cancel  context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	addresses []pairing.Address
	chosen    int
}

// runApp runs the app until the window is closed or ctx ends.
func runApp(ctx context.Context, o options, stdout, stderr io.Writer) error {
	defer surviveBrokenPipes()()
	terminal := openTerminal(stderr)
	defer terminal.Close()
	if fault := cli.DisplayFault(); fault != "" && !o.noWindow {
		fmt.Fprintf(terminal, "handlens: %s, so it goes on without a window.\n", fault)
		o.noWindow = true
		if err := o.check(); err != nil {
			return err
		}
	}
	p, err := start(ctx, o, stdout, terminal)
	if err != nil {
		return err
	}
	defer p.stop()
	if p.window == nil {
		<-ctx.Done()
		return nil
	}
	return p.window.run(ctx)
}

// start opens everything but the window's event loop. What it opened before a failure it closes again.
func start(
	parent context.Context, o options, stdout io.Writer, terminal *lineWriter,
) (*program, error) {
	ctx, cancel := context.WithCancel(parent)
	p := &program{
		options: o, token: pairing.NewToken(), cancel: cancel, worker: session.NewWorker(),
		log: slog.New(slog.NewTextHandler(terminal, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if err := p.open(ctx, stdout, terminal); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *program) open(ctx context.Context, stdout io.Writer, terminal *lineWriter) (err error) {
	if err := removeReports(p.options.DataDir, terminal); err != nil {
		p.log.Warn(err.Error())
	}
	if p.settings, err = openSettings(p.options.DataDir, p.fail); err != nil {
		p.log.Warn(err.Error())
	}
	p.settings.override(p.options)
	if p.brain, err = p.newBrain(ctx); err != nil {
		return err
	}
	p.desk = newDesk(p)
	var shown session.Sink
	if p.options.noWindow {
		p.console = &console{lines: terminal, better: cli.BetterModel(p.brain.store)}
		shown = p.console
	} else {
		p.window = newWindow(p)
		shown = p.window
	}
	if p.events, err = openEvents(p.options.events, stdout, p.warn); err != nil {
		return err
	}
	listeners := sinks{greeter{p: p}, p.desk}
	if p.events != nil {
		listeners = append(listeners, p.events)
	}
	if err := p.listen(append(listeners, shown)); err != nil {
		return err
	}
	p.announce()
	p.goRun(func() { p.worker.Run(ctx) })
	p.brain.load(p.settings.get().Model)
	p.goRun(func() { p.watchAddresses(ctx) })
	p.goRun(func() { p.leftovers(ctx) })
	return nil
}

// listen opens the port, the certificate, the peer host and the HTTP face.
func (p *program) listen(listeners sinks) error {
	authority, err := pairing.LoadAuthority(filepath.Join(p.options.DataDir, "certificates"))
	if err != nil {
		return err
	}
	if p.listener, err = pairing.Listen(p.options.port); err != nil {
		return err
	}
	if err := p.lookAround(); err != nil {
		return err
	}
	var announced []netip.Addr
	if p.options.address.IsValid() {
		announced = []netip.Addr{p.options.address}
	}
	p.peers, err = peer.Listen(peer.Config{
		Port: p.listener.Port, TCP: p.listener.ICE, ICEServers: p.options.iceServers, Addresses: announced, Logger: p.log,
	})
	if err != nil {
		return err
	}
	var approve func(context.Context, session.Visitor) bool
	if p.options.approve == "ask" {
		approve = p.window.approve
	}
	p.manager = session.NewManager(p.peers, p.worker, listeners, display(p.settings.get()), approve)
	config := whip.Config{
		Token: p.token, Host: door{p.manager}, Pages: assets.Web(), Authority: authority,
		Logger: p.log, OnReached: p.reached, OnUntrusted: p.untrusted,
		ICEServers: p.options.iceServers,
	}
	tlsConfig := authority.TLSConfig(p.leafAddresses)
	if p.options.tlsCert != "" {
		own, err := pairing.LoadCertificate(p.options.tlsCert, p.options.tlsKey)
		if err != nil {
			return err
		}
		// Whoever brings a certificate brings the trust in it as well, so the page need not explain ours.
		tlsConfig, config.Authority, p.host = own.TLSConfig(), nil, own.Host()
	}
	if p.face, err = whip.NewServer(config); err != nil {
		return err
	}
	p.server = p.face.HTTPServer(tlsConfig)
	p.goRun(func() {
		if err := p.server.ServeTLS(p.listener.TLS, "", ""); err != nil && !errors.Is(err, http.ErrServerClosed) {
			p.fail(fmt.Errorf("phones can no longer reach this computer: %w", err))
		}
	})
	return nil
}

// display says what of the detections is seen under these settings.
func display(v ui.Settings) session.Display {
	set := func(names []string) map[string]bool {
		m := make(map[string]bool, len(names))
		for _, n := range names {
			m[n] = true
		}
		return m
	}
	return session.Display{
		Confidence: float32(v.Confidence), Hidden: set(v.Hidden), Blurred: set(v.Blurred), Regions: v.Counted, Keep: v.Replay,
	}
}

// changed takes over what the user changed at the window.
func (p *program) changed(v ui.Settings) {
	before := p.settings.set(v)
	p.manager.SetDisplay(display(v))
	if v.Model != before.Model || v.Provider != before.Provider {
		p.brain.use(v.Model, v.Provider)
	}
}

// newBrain makes what loads models; it has nothing to do until the first load.
func (p *program) newBrain(ctx context.Context) (*brain, error) {
	store, err := p.options.Store()
	if err != nil {
		return nil, err
	}
	o := p.options.ModelFlags.Options()
	o.Provider, o.Confidence = p.settings.get().Provider, min(session.MinScore, o.Confidence)
	return &brain{ctx: ctx, store: store, worker: p.worker, changed: p.modelChanged, options: o}, nil
}

// goRun runs f on a goroutine that stop waits for.
func (p *program) goRun(f func()) {
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		f()
	}()
}

// stop ends everything in the opposite order of start and waits for it. It works on a half-started program as well.
func (p *program) stop() {
	p.cancel()
	if p.manager != nil {
		p.manager.Close()
		p.desk.close()
	}
	if p.face != nil {
		p.face.Close()
		p.server.Close()
	}
	if p.peers != nil {
		p.peers.Close()
	}
	if p.listener != nil {
		p.listener.Close()
	}
	if p.brain != nil {
		p.brain.wait()
	}
	p.running.Wait()
	if p.settings != nil {
		p.settings.flush()
	}
	if err := p.events.Close(); err != nil {
		p.log.Warn(err.Error())
	}
}

// modelChanged tells everybody of the model's state.
func (p *program) modelChanged(st modelState) {
	p.events.model(st.Name, string(st.State), st.Info.Provider, st.Info.Why, st.Text)
	p.manager.Tell(st.message())
	if p.console != nil {
		p.console.model(st)
	}
	if p.window != nil {
		p.window.setModel(st)
	}
}

// reached is told that a phone has fetched the page.
func (p *program) reached(from whip.Visitor) {
	if p.window != nil {
		p.window.reached(from)
	}
	if p.console != nil {
		p.console.say("%s opened the page.", from.Name)
	}
}

// untrusted is told that a browser there does not trust our certificate yet.
func (p *program) untrusted(whip.Visitor) {
	if p.window != nil {
		p.window.untrusted()
	}
}

// problem tells of a fault of one session.
func (p *program) problem(s *session.Session, err error) {
	p.events.fault(s, err)
	if p.window != nil {
		p.window.Failed(s, err)
	} else {
		p.console.Failed(s, err)
	}
}

// filmMade tells where a film is, and what befell it.
func (p *program) filmMade(s *session.Session, made recording.Result, st recording.State) {
	if p.window != nil {
		p.window.filmMade(s.Name(), made.Film, st)
		return
	}
	p.console.filmMade(s.Name(), made.Film, st)
}

// fail tells of a fault that belongs to no session.
func (p *program) fail(err error) {
	p.events.fault(nil, err)
	p.warn(err)
}

// warn tells a person what belongs to no session, and leaves the events alone.
func (p *program) warn(err error) {
	if p.window != nil {
		p.window.fail(err)
	} else {
		p.log.Error(err.Error())
	}
}
