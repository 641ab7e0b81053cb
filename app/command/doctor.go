package command

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"handlens/app/cli"
)

const doctorUsage = `handlens doctor [options]    looks at all that Handlens needs of this computer, and says what to do where something is missing

  --json              one JSON object in place of the lines
  --port N            the port that phones come to (8443)
  --model NAME|FILE   the model that is tried (the best one installed)
  --data-dir DIR      where certificates, models and settings are kept

The status is 0 when the main job can be done (a phone can join, its picture is shown and objects are found), 1 when something stands in its way.
`

// finding is what was seen of one thing.
type finding struct {
	// About names the thing, State is "fine", "note" (the main job can be done nevertheless) or
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
	findings       []finding
}

func (d *doctor) find(about, state, format string, args ...any) {
	d.findings = append(d.findings, finding{about, state, fmt.Sprintf(format, args...)})
}

func parseDoctor(args []string) (d *doctor, asJSON bool, err error) {
	d = &doctor{}
	fs := flag.NewFlagSet("doctor", flag.ContinueOnError)
	fs.IntVar(&d.port, "port", 8443, "")
	fs.StringVar(&d.model, "model", "", "")
	fs.StringVar(&d.dataDir, "data-dir", "", "")
	fs.BoolVar(&asJSON, "json", false, "")
	rest, err := cli.Parse(fs, args)
	switch {
	case err != nil:
		return d, asJSON, err
	case len(rest) > 0:
		return d, asJSON, fmt.Errorf("it takes nothing, not %q", rest[0])
	case d.port < 1 || d.port > 65535:
		return d, asJSON, fmt.Errorf("--port %d is outside 1..65535", d.port)
	}
	if d.dataDir == "" {
		d.dataDir, err = cli.DefaultDataDir()
	}
	return d, asJSON, err
}

// runDoctor examines everything in turn and writes what it found.
func runDoctor(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	d, asJSON, err := parseDoctor(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, doctorUsage)
		return cli.Done
	}
	if err != nil {
		return cli.ComplainUsage(stderr, "doctor", err)
	}
	for _, look := range []func(){
		d.versions, d.data, d.network, d.listening, d.certificate, d.display, d.detector,
		d.providers, d.encoders, d.decoders,
	} {
		if err := cli.Interrupted(ctx); err != nil {
			cli.Complain(stderr, "doctor", err)
			return cli.Failed
		}
		look()
	}
	if err := d.write(stdout, asJSON); err != nil {
		cli.Complain(stderr, "doctor", err)
		return cli.Failed
	}
	if d.faults() > 0 {
		return cli.Failed
	}
	return cli.Done
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

func (d *doctor) write(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
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
