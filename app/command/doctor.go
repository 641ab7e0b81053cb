package command

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"handlens/app/cli"
	"handlens/media/reach"
)

// PhoneCheck has a phone join and says how far it comes; see [doctor].
type PhoneCheck func(ctx context.Context, o cli.PhoneCheck, stdout, stderr io.Writer) error

// doctorCommand makes the command, which needs the app for --phone.
func doctorCommand(phone PhoneCheck) *cli.Command {
	return &cli.Command{
		Name:    "doctor",
		Summary: "check what this computer lacks, and say what to do about it",
		Notes: `The status is 0 when the main job can be done (a phone can join, its video is shown
and objects are found), 1 when something prevents it.

With --phone it waits for a phone instead, and says each step of its way here as it is done: the
first connection, the certificate, the page, the code, the camera, the path for the video, the first
packet, the first picture and the first box, each with its time; and where a step does not come, the
likely cause and what to do. The status is 0 after the first box, else 1.`,
		New: func() cli.Options { return &doctor{port: 8443, wait: 300, phoneCheck: phone} },
	}
}

// finding is the result of one check.
type finding struct {
	// About names the subject. State is "fine", "note" (the main job can still be done) or
	// "fault".
	About string `json:"about"`
	State string `json:"state"`
	// Text says what was found and, where that is not fine, what to do.
	Text string `json:"text"`
}

// States of a finding.
const (
	isFine  = "fine"
	isNote  = "note"
	isFault = "fault"
)

// doctor gathers findings. It belongs to one goroutine.
type doctor struct {
	port           int
	model, dataDir string
	own            cli.CertificateFlags
	address        netip.Addr
	qr, phone      bool
	wait           int // seconds
	asJSON         bool
	colours        bool // of the QR codes
	phoneCheck     PhoneCheck

	addressText string // read by Check
	facts       reach.Facts
	report      doctorReport
	qrs         []string // of the addresses
}

// doctorReport is what --json gives. Programs rely on its names.
type doctorReport struct {
	Fine     bool      `json:"fine"`
	Findings []finding `json:"findings"`
	networkReport
}

func (d *doctor) find(about, state, format string, args ...any) {
	d.report.Findings = append(d.report.Findings,
		finding{about, state, fmt.Sprintf(format, args...)})
}

func (d *doctor) Flags() []cli.Flag {
	json := jsonFlag(&d.asJSON)
	json.Help = "write one JSON object instead of the lines"
	model := cli.ModelFlag(&d.model)
	model.Help = "the model to try"
	return append([]cli.Flag{
		json,
		{
			Name: "port", To: &d.port, Placeholder: "N",
			Help: "the port that phones connect to",
		},
		{
			Name: "address", To: &d.addressText, Placeholder: "IP",
			Help: "the address in the QR code", Default: "the most likely one",
		},
		{Name: "qr", To: &d.qr, Help: "show the QR code of each address"},
		{Name: "phone", To: &d.phone, Help: "wait for a phone, and say how far it comes"},
		{
			Name: "wait", To: &d.wait, Placeholder: "SECONDS",
			Help: "how long --phone waits; 0 for as long as it takes",
		},
		model,
		cli.DataDirFlag(&d.dataDir),
	}, d.own.Flags()...)
}

func (d *doctor) Check(args cli.Args) (err error) {
	switch {
	case len(args.Rest) > 0:
		return fmt.Errorf("it takes nothing, not %q", args.Rest[0])
	case d.port < 1 || d.port > 65535:
		return fmt.Errorf("--port %d is outside 1..65535", d.port)
	case d.wait < 0:
		return fmt.Errorf("--wait %d is less than nothing", d.wait)
	}
	if d.addressText != "" {
		if d.address, err = netip.ParseAddr(d.addressText); err != nil {
			return fmt.Errorf("--address %q is not an IP address", d.addressText)
		}
	}
	if err := d.own.Check(); err != nil {
		return err
	}
	d.dataDir, err = cli.DataDir(d.dataDir)
	return err
}

// Run checks everything in turn and writes what it found.
func (d *doctor) Run(ctx context.Context, stdout, stderr io.Writer) error {
	if d.phone {
		return d.phoneCheck(ctx, cli.PhoneCheck{
			Port: d.port, Address: d.address, Model: d.model, DataDir: d.dataDir,
			Own: d.own, JSON: d.asJSON,
			Wait: time.Duration(d.wait) * time.Second,
		}, stdout, stderr)
	}
	d.facts, d.colours = reach.Look(ctx, d.port), cli.Colours(stdout)
	for _, check := range []func(){
		d.versions, d.data, d.network, func() { d.listening(ctx) }, d.firewalls, d.certificate,
		d.display, d.detector, d.providers, d.encoders, d.decoders,
	} {
		if err := cli.Interrupted(ctx); err != nil {
			return err
		}
		check()
	}
	d.report.Fine = d.faults() == 0
	if err := d.write(stdout); err != nil {
		return err
	}
	if !d.report.Fine {
		return cli.ErrReported
	}
	return nil
}

func (d *doctor) faults() int {
	n := 0
	for _, f := range d.report.Findings {
		if f.State == isFault {
			n++
		}
	}
	return n
}

func (d *doctor) write(w io.Writer) error {
	if d.asJSON {
		return writeJSON(w, d.report)
	}
	var text strings.Builder
	for _, f := range d.report.Findings {
		mark := map[string]string{isFine: "✓", isNote: "·", isFault: "✗"}[f.State]
		fmt.Fprintf(&text, "%s %-12s %s\n", mark, f.About, f.Text)
	}
	switch n := d.faults(); n {
	case 0:
		text.WriteString("\nNothing stands in the way.\n")
	case 1:
		text.WriteString("\nOne thing stands in the way (✗).\n")
	default:
		fmt.Fprintf(&text, "\n%d things stand in the way (✗).\n", n)
	}
	for _, qr := range d.qrs {
		text.WriteString(qr)
	}
	_, err := io.WriteString(w, text.String())
	return err
}
