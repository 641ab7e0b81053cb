package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"handlens/app/cli"
	"handlens/app/forward"
	"handlens/app/mqtt"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/media"
	"handlens/ui"
)

// Command returns the app itself, yet without its subcommands.
func Command() *cli.Command {
	return &cli.Command{
		Summary: "open the app: it shows a QR code, the phone scans it",
		About:   "Handlens turns any phone into an object-detecting camera.",
		Notes: `FILE.onnx is a model, which the window checks and offers to add.

Ctrl-C (SIGINT) or SIGTERM ends what is going on in good order, a second one at once. Exit status: 0
done, also when the app is stopped so; 1 failed; 2 wrong usage; 130 (SIGINT) or 143 (SIGTERM) for a
command that was cut short.`,
		Args: "[FILE.onnx]", Takes: opensFile,
		New: func() cli.Options { return newOptions() },
	}
}

// options are what the command line of the app itself says.
type options struct {
	cli.ModelFlags
	port       int
	address    netip.Addr
	name       string // this machine's name in Tailscale or in its own certificate, instead of it
	iceServers []media.ICEServer
	approve    string
	maxPhones  int
	maxViewers int
	events     string
	rules      []string
	mqtt       string
	mqttCA     string
	forward    string
	// forwardBoxes has boxes burnt into what is forwarded.
	forwardBoxes bool
	noWindow     bool
	record       bool
	own          cli.CertificateFlags
	share        bool
	folders      folders
	glass        *glassRun       // the delay is measured; nil for the app itself
	newOne       bool            // a window of its own, whatever is open already
	open         string          // a model file to offer, as an absolute path; "" for none
	phone        *phoneCheck     // the doctor waits for a phone; nil for the app itself
	version      bool            // print the version, and do nothing else
	given        map[string]bool // the options that stand on the command line

	addressText string   // read by Check
	serverTexts []string // likewise
}

func newOptions() *options {
	standard := ui.DefaultSettings()
	return &options{
		ModelFlags: cli.DefaultModelFlags(), port: 8443, approve: standard.Approve,
		maxPhones: standard.MaxPhones, maxViewers: standard.MaxViewers,
	}
}

// hostName is a name with a domain, in which an address that was mistyped is none.
var hostName = regexp.MustCompile(`^([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*\.?$`)

// approvals are the values of --approve.
var approvals = []cli.Choice{
	{Name: ui.ApproveAsk, Help: "phones that are not remembered are asked for at the window"},
	{Name: ui.ApproveAuto, Help: "the code is enough"},
}

// Flags is the table of the app's options.
func (o *options) Flags() []cli.Flag {
	return slices.Concat(o.addressFlags(), o.ModelFlags.Flags(), o.sessionFlags(),
		o.folders.flags(), o.own.Flags(), o.serverFlags())
}

func (o *options) addressFlags() []cli.Flag {
	return []cli.Flag{
		{
			Name: "port", To: &o.port, Placeholder: "N",
			Help: "the port that phones connect to, for HTTPS and video; the next free one when " +
				"it is taken",
		},
		{
			Name: "address", To: &o.addressText, Placeholder: "IP|NAME",
			Help: "the address in the QR code, and the only one announced; or this computer's " +
				"name in Tailscale, whose certificate is then used",
			Default: "the most likely one",
		},
	}
}

func (o *options) sessionFlags() []cli.Flag {
	return []cli.Flag{
		{
			Name: "approve", To: &o.approve, Placeholder: "HOW", Choices: approvals,
			Help: "who lets a phone in; without a window \"ask\" lets in only those that are " +
				"remembered",
			Default: "as in the settings",
		},
		{
			Name: "max-phones", To: &o.maxPhones, Placeholder: "N",
			Help:    fmt.Sprintf("how many phones may be here at once, 1 to %d", session.MaxPhones),
			Default: "as in the settings",
		},
		o.eventsFlag(),
		o.ruleFlag(),
		{
			Name: "mqtt", Placeholder: "URL",
			To: func(s string) error { o.mqtt = s; _, err := mqtt.ParseURL(s); return err },
			Help: "tell an MQTT broker what phones show, and which rules fire, so that Home " +
				"Assistant finds it: mqtt://USER@HOST:PORT, or mqtts:// with TLS; the password " +
				"from the environment (" + mqtt.PasswordVariable + "). It learns the phones' " +
				"names, counts and rules, no picture",
			Default: "as in the settings",
		},
		{
			Name: "mqtt-ca", To: &o.mqttCA, Placeholder: "FILE", Paths: cli.Files,
			Help: "the authority of the broker's certificate, in PEM", Default: "the system's",
		},
		o.forwardFlag(),
		{
			Name: "forward-boxes", To: &o.forwardBoxes,
			Help: "with --forward: burn boxes, names and what is blurred into the video, which " +
				"is encoded a second time",
			Default: "as in the settings",
		},
		{
			Name: "new-instance", To: &o.newOne,
			Help: "open another window, even if there is one for this data folder; without it, a " +
				"second start without options shows the first one's window and ends",
		},
		{
			Name: "no-window", To: &o.noWindow,
			Help: "everything but the window; the QR code appears in the terminal",
		},
		{
			Name: "record", To: &o.record,
			Help: "record each phone from its first frame, with what the window's settings keep",
		},
		{
			Name: "share", To: &o.share,
			Help: "let others on the network watch in a browser, by a code and a link of their " +
				"own; without a window they appear in the terminal",
			Default: "as in the settings",
		},
		{
			Name: "max-viewers", To: &o.maxViewers, Placeholder: "N",
			Help:    fmt.Sprintf("how many may watch at once, 1 to %d", session.MaxViewers),
			Default: "as in the settings",
		},
	}
}

func (o *options) eventsFlag() cli.Flag {
	return cli.Flag{
		Name: "events", To: &o.events, Placeholder: "FILE|-", Paths: cli.Files,
		Help: "write one JSON object a line for what happens, for scripts",
	}
}

func (o *options) forwardFlag() cli.Flag {
	return cli.Flag{
		Name: "forward", Placeholder: "URL",
		To: func(s string) error { o.forward = s; _, err := forward.Parse(s, ""); return err },
		Help: "send the video of phones on to a server that takes WHIP (MediaMTX, LiveKit, " +
			"Cloudflare), as they encode it and without sound; {phone} in the path gives each " +
			"phone an address of its own, else the first one is sent. The server's token from " +
			"the environment (" + forward.TokenVariable + ")",
		Default: "as in the settings; off",
	}
}

func (o *options) ruleFlag() cli.Flag {
	return cli.Flag{
		Name: "rule", Placeholder: "SENTENCE",
		To: func(s string) error {
			if _, err := rules.Parse(s); err != nil {
				return err
			}
			o.rules = append(o.rules, s)
			return nil
		},
		Help: "what is to be done when something happens, as in --rule 'when person in " +
			"\"Zone 1\" for 5 s at most every 60 s then snapshot'; once for each rule, beside " +
			"those of the settings. What can be said and done: README, \"When something happens\"",
	}
}

func (o *options) serverFlags() []cli.Flag {
	return []cli.Flag{
		{
			Name: "ice-server", Placeholder: "URL",
			// Check reads it, since an error here would repeat the password.
			To: func(s string) error { o.serverTexts = append(o.serverTexts, s); return nil },
			Help: "a STUN or TURN server: stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT, user " +
				"and password percent-encoded where needed (%3A for a colon); once for each " +
				"server. It learns the addresses of this computer, of phones and of viewers, and " +
				"a TURN server passes their video on, encrypted; without one nothing leaves the " +
				"local network",
		},
		{
			Name: "version", To: &o.version,
			Help: "print the version and those of FFmpeg and ONNX Runtime",
		},
	}
}

// Check reads what Parse left as text, and checks everything.
func (o *options) Check(args cli.Args) (err error) {
	if o.version {
		return nil
	}
	o.given = args.Given
	if o.open, err = fileToOpen(args.Rest); err != nil {
		return err
	}
	if o.open != "" && o.noWindow {
		return errors.New(
			"--no-window cannot ask about a model; add it by handlens models add FILE")
	}
	if o.addressText != "" {
		if o.address, err = netip.ParseAddr(o.addressText); err != nil {
			if !hostName.MatchString(o.addressText) {
				return fmt.Errorf("--address %q is not an IP address, nor a full name",
					o.addressText)
			}
			o.name = strings.ToLower(strings.TrimSuffix(o.addressText, "."))
		}
	}
	if o.iceServers, err = parseICEServers(o.serverTexts); err != nil {
		return err
	}
	if o.DataDir, err = cli.DataDir(o.DataDir); err != nil {
		return err
	}
	return o.check()
}

// Run runs the app until its window is closed or ctx ends.
func (o *options) Run(ctx context.Context, stdout, stderr io.Writer) error {
	if o.version {
		cli.PrintVersion(stdout)
		return nil
	}
	return runApp(ctx, *o, stdout, stderr)
}

// parseICEServers reads the values of --ice-server. The error repeats nothing of them, since a part
// that is misread may be the password.
func parseICEServers(values []string) ([]media.ICEServer, error) {
	var servers []media.ICEServer
	for i, value := range values {
		server, err := media.ParseICEServer(value)
		switch {
		case err != nil && len(values) > 1:
			return nil, fmt.Errorf("--ice-server, number %d of %d: %w", i+1, len(values), err)
		case err != nil:
			return nil, fmt.Errorf("--ice-server: %w", err)
		}
		servers = append(servers, server)
	}
	return servers, nil
}

func (o *options) check() error {
	if err := cli.CheckChoice("approve", o.approve, approvals); err != nil {
		return err
	}
	switch {
	case o.port < 0 || o.port > 65535:
		return fmt.Errorf("--port %d is outside 0..65535", o.port)
	case o.maxPhones < 1 || o.maxPhones > session.MaxPhones:
		return fmt.Errorf("--max-phones %d is outside 1..%d", o.maxPhones, session.MaxPhones)
	case o.maxViewers < 1 || o.maxViewers > session.MaxViewers:
		return fmt.Errorf("--max-viewers %d is outside 1..%d", o.maxViewers, session.MaxViewers)
	}
	if err := o.own.Check(); err != nil {
		return err
	}
	return o.ModelFlags.Check()
}
