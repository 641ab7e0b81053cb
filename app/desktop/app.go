// Package desktop is the running app: phones come to it, and a person watches at the window, or at
// the terminal without one.
//
// A [program] opens the parts in order, hands each what it needs of the others, and closes them in
// the opposite order. Each part owns one thing:
//
//   - session.Manager the connections and [phoneRegistry] what is done with their video here: a
//     [phone] each, whose recordings and replays the [recorder] makes, and its pictures
//     [snapshots];
//   - [detectorManager] the model, and [modelAnnouncer] what phones are told of it;
//   - [guard] who may join, and [knownPhones] those that need not be asked for;
//   - [share] who may watch in a browser;
//   - [ruleKeeper] the rules, and what is done when one fires;
//   - [addresses] the QR code, and [whipAdapter] the way from the HTTP server to the sessions;
//   - [visits] how far each device has come on its way here, and [surroundings] what is likely to
//     keep it away;
//   - [settings] what the user has chosen;
//   - [frontend] what the person sees: a [window] or a [console];
//   - [brokerTeller] what an MQTT broker is told, where one is named, and its password;
//   - [forwarder] what is sent on to a server elsewhere, where one is named, and its token;
//   - [events] the lines for scripts.
//
// All hear of things in one way: whoever knows something tells the [fanout], which tells each
// [listener] on the caller's goroutine, so none may wait.
//
// The main goroutine belongs to the frontend. The worker, the HTTP server, the watch over the
// addresses and the search for unfinished recordings have a goroutine each, which stop waits for;
// the recorder and the detector manager start and await their own.
package desktop

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"sync"

	"handlens/app/cli"
	"handlens/app/crash"
	"handlens/app/priority"
	"handlens/app/session"
	"handlens/media/pairing"
	"handlens/media/peer"
	"handlens/media/whip"
	"handlens/ui"
)

// program is the running app's wiring. It is complete when start returns.
type program struct {
	options options
	log     *slog.Logger

	settings  *settings
	guard     *guard
	share     *share
	tell      *fanout
	worker    *session.Worker
	detectors *detectorManager
	phones    *phoneRegistry
	front     frontend
	rules     *ruleKeeper
	broker    *brokerTeller // nil in a trial
	forward   *forwarder    // nil in a trial
	events    *events       // nil without --events
	visits    *visits
	around    *surroundings
	addresses *addresses

	listener *pairing.Listener
	peers    *peer.Host
	manager  *session.Manager
	whip     *whip.Server
	server   *http.Server

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// runApp runs the app until the window is closed or ctx ends.
func runApp(ctx context.Context, o options, stdout, stderr io.Writer) error {
	defer surviveBrokenPipes()()
	terminal := openTerminal(stderr)
	defer terminal.Close()
	if fault := cli.DisplayFault(); fault != "" && !o.noWindow {
		fmt.Fprintf(terminal, "handlens: %s, so it goes on without a window.\n", fault)
		o.noWindow = true
		if o.open != "" {
			fmt.Fprintf(terminal, "handlens: handlens models add %s adds the model.\n", o.open)
		}
	}
	claim, shown := o.takeFolder(ctx, terminal)
	if shown {
		return nil
	}
	// Without a report a crash is only told in the terminal.
	report, _ := crash.Open(o.DataDir, cli.Version)
	end := sync.OnceFunc(func() {
		report.Close()
		if claim != nil {
			claim.Close()
		}
	})
	defer end()
	p, err := start(ctx, o, stdout, terminal, report)
	if err != nil {
		return err
	}
	stop := sync.OnceFunc(p.stop)
	defer stop()
	w, ok := p.front.(*window)
	if !ok {
		return p.front.Run(ctx)
	}
	if claim != nil {
		claim.Serve(w.second)
		defer claim.Deaf() // before stop, which may take a while
	}
	defer unlessReturned(ctx, w.ui.Closing(), toolkitTime, func() {
		stop()
		end()
		terminal.Close()
		os.Exit(cli.Done)
	})()
	return w.Run(ctx)
}

// start opens everything. What it opened before a failure it closes again.
func start(
	parent context.Context, o options, stdout io.Writer, terminal *lineWriter,
	report *crash.Report,
) (*program, error) {
	ctx, cancel := context.WithCancel(parent)
	p := &program{
		options: o, cancel: cancel, worker: session.NewWorker(), tell: new(fanout),
		log: slog.New(slog.NewTextHandler(io.MultiWriter(terminal, report),
			&slog.HandlerOptions{Level: slog.LevelWarn})),
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
	if p.settings, err = openSettings(p.options.DataDir, p.tell.Fault); err != nil {
		p.log.Warn(err.Error())
	}
	if err := p.options.folders.check(); err != nil {
		return err
	}
	p.settings.override(p.options)
	sayICEServers(terminal, p.options.iceServers)
	cli.SayServer(terminal, p.settings.get().Provider)
	if p.guard, err = p.newGuard(); err != nil {
		p.log.Warn(err.Error())
	}
	if p.detectors, err = p.newDetectors(ctx); err != nil {
		return err
	}
	model := p.detectors.now
	p.phones = newPhoneRegistry(
		newRecorder(p.settings, model, p.tell),
		&snapshots{settings: p.settings, model: model, tell: p.tell},
		p.tell, p.options.record)
	p.visits = newVisits(p.tell)
	p.share = p.newShare()
	p.around = newSurroundings(p.visits.again)
	p.rules = newRuleKeeper(p.phones, p.tell, func(title, text string) error {
		return p.front.Notify(title, text)
	})
	if p.options.phone == nil && p.options.glass == nil { // in a trial nobody is told
		p.broker = newBrokerTeller(p.options.DataDir, p.tell.Fault)
		p.forward = newForwarder(p.options.DataDir, p.phones, p.tell, p.log)
		p.rules.broker = p.broker
	}
	p.front = p.newFrontend(ctx, terminal)
	// What is wrong with the events cannot be told by them.
	if p.events, err = openEvents(p.options.events, stdout, p.front.Fault); err != nil {
		return err
	}
	if err := p.openBroker(terminal); err != nil {
		return err
	}
	if err := p.openForwarder(terminal); err != nil {
		return err
	}
	p.tell.listeners = p.listeners(terminal)
	if p.options.phone == nil && p.options.glass == nil { // nothing is done in a trial
		p.setRules(p.settings.get().Rules)
	}
	if err := p.listen(ctx); err != nil {
		return err
	}
	p.addresses.announce()
	p.goRun(func() { priority.Low(func() { p.worker.Run(ctx) }) }) // the picture comes first
	p.detectors.load(p.settings.get().Model)
	p.goRun(func() { p.addresses.watch(ctx) })
	p.goRun(func() { p.visits.run(ctx) })
	p.goRun(func() { p.around.run(ctx, p.listener.Port) })
	p.goRun(func() { keepToken(ctx, p.options.DataDir) })
	p.goRun(func() { offerRepairs(ctx, &p.options.folders, p.front, p.tell) })
	p.goRun(func() {
		if path := crash.Untold(p.options.DataDir); path != "" {
			p.front.Crashed(path)
		}
	})
	return nil
}

// listeners are all that hear of things, in the order in which they do.
func (p *program) listeners(terminal *lineWriter) []listener {
	all := []listener{
		modelAnnouncer{phones: p.phones, model: p.detectors.now},
		p.phones, p.guard, p.share,
		p.rules,
	}
	if p.broker != nil {
		all = append(all, p.broker)
	}
	if p.forward != nil {
		all = append(all, p.forward)
	}
	if p.events != nil {
		p.events.suspects = p.around.suspects
		all = append(all, p.events)
	}
	if p.options.glass != nil {
		lines := &console{lines: terminal, log: p.log}
		all = append(all, glassLines{console: lines})
	}
	return append(all, p.front, p.visits, p.around)
}

func (p *program) newFrontend(ctx context.Context, terminal *lineWriter) frontend {
	lines := &console{lines: terminal, log: p.log, better: cli.BetterModel(p.detectors.store)}
	if check := p.options.phone; check != nil {
		check.console, check.around = lines, p.around
		return check
	}
	if p.options.noWindow {
		return lines
	}
	w := newWindow(windowParts{
		settings: p.settings, phones: p.phones, detectors: p.detectors,
		library: openLibrary(p.options.DataDir, &p.options.folders, p.settings), changed: p.changed,
		glass: p.options.glass,
		tell:  p.tell, guard: p.guard, share: p.share, rules: p.rules, suspects: p.around.suspects,
		nobody: p.around.nobody, servers: p.options.iceServers,
		broker:  p.broker,
		forward: p.forward,
	})
	if p.options.open != "" {
		w.ui.OfferModel(p.options.open)
	}
	ui.OnOpenFile(ctx, w.ui.OfferModel)
	return w
}

// newGuard makes what says who may join. After an error nobody is remembered.
func (p *program) newGuard() (*guard, error) {
	known, err := openKnown(p.options.DataDir, p.tell.Fault)
	return &guard{
		settings: p.settings, known: known, dataDir: p.options.DataDir, fault: p.tell.Fault,
		ask: func(ctx context.Context, from session.Visitor) ui.Approval {
			p.visits.asks(from)
			return p.front.Approve(ctx, from)
		},
	}, err
}

// newShare makes what lets others watch; nobody can before the app listens.
func (p *program) newShare() *share {
	return &share{
		settings: p.settings, tell: p.tell, visits: p.visits,
		ask: func(ctx context.Context, from session.Visitor) ui.Approval {
			return p.front.Approve(ctx, from)
		},
	}
}

// newDetectors makes what loads models; it has nothing to do until the first load.
func (p *program) newDetectors(ctx context.Context) (*detectorManager, error) {
	store, err := p.options.Store()
	if err != nil {
		return nil, err
	}
	o := p.options.ModelFlags.Options()
	v := p.settings.get()
	o.Provider, o.ServerCA = v.Provider, v.ProviderCA
	o.Confidence = min(session.MinScore, o.Confidence)
	return &detectorManager{
		ctx: ctx, store: store, worker: p.worker, changed: p.tell.Model, options: o,
	}, nil
}

// changed takes over what the user changed at the window.
func (p *program) changed(v ui.Settings) {
	before := p.settings.set(v)
	p.manager.SetDisplay(p.display(v))
	p.manager.SetMaxPhones(v.MaxPhones)
	p.share.apply(v)
	if p.broker != nil {
		p.broker.follow(v)
	}
	if p.forward != nil {
		p.forward.follow(v)
	}
	if !slices.Equal(v.Rules, before.Rules) {
		p.setRules(v.Rules)
	}
	if v.Model != before.Model || v.Provider != before.Provider {
		p.detectors.use(v.Model, v.Provider)
	}
}

func (p *program) setRules(all []ui.Rule) {
	if err := p.rules.set(all); err != nil {
		p.tell.Fault(err)
	}
}

// goRun runs f on a goroutine that stop waits for.
func (p *program) goRun(f func()) { p.running.Go(f) }

// stop ends everything in the opposite order of start and waits for it. It works on a half-started
// program as well.
func (p *program) stop() {
	p.cancel()
	if p.rules != nil {
		p.rules.close() // while what phones showed is still there
	}
	if p.broker != nil {
		p.broker.close()
	}
	if p.forward != nil {
		p.forward.close() // while the video still comes
	}
	if p.manager != nil {
		p.manager.Close()
		p.phones.close()
	}
	if p.whip != nil {
		p.whip.Close()
		p.server.Close()
	}
	if p.peers != nil {
		p.peers.Close()
	}
	if p.listener != nil {
		p.listener.Close()
	}
	if p.detectors != nil {
		p.detectors.wait()
	}
	p.running.Wait()
	if p.settings != nil {
		p.settings.flush()
	}
	if p.guard != nil {
		p.guard.known.flush()
	}
	if p.events == nil {
		return
	}
	if err := p.events.Close(); err != nil {
		p.log.Warn(err.Error())
	}
}
