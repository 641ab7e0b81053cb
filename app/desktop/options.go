package desktop

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"

	"handlens/app/cli"
	"handlens/media"
)

// options are what the command line of the app itself says.
type options struct {
	cli.ModelFlags
	port       int
	address    netip.Addr
	iceServers []media.ICEServer
	approve    string
	events     string
	noWindow   bool
	record     bool
	tlsCert    string
	tlsKey     string
	given      map[string]bool // the options that stand on the command line
}

// parseOptions reads the command line of the app. What is wrong comes back as one sentence; flag.ErrHelp says that --help was asked for.
func parseOptions(args []string) (options, error) {
	var o options
	var address string
	var servers []string
	fs := flag.NewFlagSet("handlens", flag.ContinueOnError)
	o.Register(fs)
	fs.IntVar(&o.port, "port", 8443, "")
	fs.StringVar(&address, "address", "", "")
	fs.Func("ice-server", "", func(s string) error {
		servers = append(servers, s) // read below, since an error here would repeat the password
		return nil
	})
	fs.StringVar(&o.approve, "approve", "auto", "")
	fs.StringVar(&o.events, "events", "", "")
	fs.BoolVar(&o.noWindow, "no-window", false, "")
	fs.BoolVar(&o.record, "record", false, "")
	fs.StringVar(&o.tlsCert, "tls-cert", "", "")
	fs.StringVar(&o.tlsKey, "tls-key", "", "")
	rest, err := cli.Parse(fs, args)
	if err != nil {
		return o, err
	}
	o.given = make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { o.given[f.Name] = true })
	if len(rest) > 0 {
		return o, fmt.Errorf("%q is no command of handlens; there are detect, render, models, accuracy, bench and doctor", rest[0])
	}
	if address != "" {
		if o.address, err = netip.ParseAddr(address); err != nil {
			return o, fmt.Errorf("--address %q is no IP address", address)
		}
	}
	if o.iceServers, err = parseICEServers(servers); err != nil {
		return o, err
	}
	if o.DataDir == "" {
		if o.DataDir, err = cli.DefaultDataDir(); err != nil {
			return o, err
		}
	}
	return o, o.check()
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
	switch {
	case o.port < 0 || o.port > 65535:
		return fmt.Errorf("--port %d is outside 0..65535", o.port)
	case o.approve != "ask" && o.approve != "auto":
		return fmt.Errorf("--approve is ask or auto, not %q", o.approve)
	case o.approve == "ask" && o.noWindow:
		return errors.New("--approve ask needs the window, so it does not go with --no-window")
	case (o.tlsCert == "") != (o.tlsKey == ""):
		return errors.New("--tls-cert and --tls-key go together")
	}
	return o.ModelFlags.Check()
}

// UsageText is what --help prints.
const UsageText = `Handlens turns any phone into an object-detecting camera.

  handlens [options]              open the app: it shows a QR code, the phone scans it
  handlens detect [options] FILE… find objects in pictures and videos
  handlens render [options] RECORDING   make a film again with another confidence, or export to COCO or CSV
  handlens models [list|get|add|remove|info]
  handlens accuracy [options] FOLDER    how right a model's boxes are on labelled pictures
  handlens bench [options]        what each stage costs on this machine
  handlens doctor [--json]        what this computer has of what Handlens needs, and what to do where something is missing

Options of the app:
  --port N            the port phones come to, HTTPS and video (8443; the next free one when taken)
  --address IP        the address in the QR code and the only one announced (chosen by itself)
  --model NAME|FILE   a model of the catalogue, or an .onnx file (the best one installed)
  --provider NAME     what runs the model: auto, cpu, webgpu, cuda, tensorrt, coreml, directml or openvino (auto: what
                      has proved itself faster than the processor with the same answers)
  --confidence C      the least score that is shown, 0..1 (0.4)
  --iou O             the overlap above which two boxes of a class are one, 0..1 (0.5)
  --classes A,B       only these classes
  --approve ask|auto  ask at the window before a phone may send (auto: the code is enough)
  --events FILE|-     one JSON object a line for what happens, for scripts
  --no-window         everything but the window; the QR code comes in the terminal
  --record            record each phone from its first picture, with what the window's settings keep
  --data-dir DIR      where certificates, models and settings are kept
  --ice-server URL    a STUN or TURN server: stun:HOST:PORT or turn:USER:PASSWORD@HOST:PORT, user and
                      password percent-encoded where need be (%3A for a colon); once for each server;
                      without one nothing leaves the local network
  --tls-cert FILE --tls-key FILE   a certificate of your own
  --version           the version and those of FFmpeg and ONNX Runtime

Ctrl-C (SIGINT) or SIGTERM ends what is going on in good order, a second one at once. Exit status:
0 done, also when the app is stopped so; 1 failed; 2 wrong usage; 130 (SIGINT) or 143 (SIGTERM) for
a command that was cut short.
`
