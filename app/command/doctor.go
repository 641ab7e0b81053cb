package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"handlens/app/cli"
)

var doctorCommand = &cli.Command{
	Name:    "doctor",
	Summary: "check what this computer lacks, and say what to do about it",
	Notes: `The status is 0 when the main job can be done (a phone can join, its video is shown and
objects are found), 1 when something prevents it.`,
	New: func() cli.Options { return &doctor{port: 8443} },
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
	asJSON         bool
	findings       []finding
}

func (d *doctor) find(about, state, format string, args ...any) {
	d.findings = append(d.findings, finding{about, state, fmt.Sprintf(format, args...)})
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
	}
	if err := d.own.Check(); err != nil {
		return err
	}
	d.dataDir, err = cli.DataDir(d.dataDir)
	return err
}

// Run checks everything in turn and writes what it found.
func (d *doctor) Run(ctx context.Context, stdout, _ io.Writer) error {
	for _, check := range []func(){
		d.versions, d.data, d.network, d.listening, d.certificate, d.display, d.detector,
		d.providers, d.encoders, d.decoders,
	} {
		if err := cli.Interrupted(ctx); err != nil {
			return err
		}
		check()
	}
	if err := d.write(stdout); err != nil {
		return err
	}
	if d.faults() > 0 {
		return cli.ErrReported
	}
	return nil
}

func (d *doctor) faults() int {
	n := 0
	for _, f := range d.findings {
		if f.State == isFault {
			n++
		}
	}
	return n
}

func (d *doctor) write(w io.Writer) error {
	if d.asJSON {
		return writeJSON(w, struct {
			Fine     bool      `json:"fine"`
			Findings []finding `json:"findings"`
		}{d.faults() == 0, d.findings})
	}
	var text strings.Builder
	for _, f := range d.findings {
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
	_, err := io.WriteString(w, text.String())
	return err
}
