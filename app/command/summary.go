package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"handlens/app/cli"
	"handlens/app/recording"
	sessionreport "handlens/app/report"
	"handlens/app/rules"
	"handlens/inference"
)

var reportCommand = &cli.Command{
	Name: "report", Args: "RECORDING",
	Summary: "write what happened in a recording as a page",
	About: `RECORDING is any of its files: NAME.mp4, NAME.clean.mkv or NAME.jsonl. The page is one
HTML file that holds all it needs: how many there were over time, what the lines and zones counted,
how long objects stayed, where they were, and moments that lead into NAME.mp4 beside it.`,
	ArgPaths: cli.Files,
	New: func() cli.Options {
		return &summaryFlags{
			confidence: inference.DefaultConfidence,
			language:   sessionreport.SystemLanguage(),
		}
	},
}

// summaryFlags is what the command line of report says.
type summaryFlags struct {
	out, language string
	beside        bool
	confidence    float64
	choice        recording.Filter
	rules         []rules.Rule
	file          string
}

func (o *summaryFlags) Flags() []cli.Flag {
	confidence := cli.ConfidenceFlag(&o.confidence)
	confidence.Help = "least score of what counts, 0..1"
	return []cli.Flag{
		{
			Name: "out", To: &o.out, Placeholder: "FILE", Paths: cli.Files,
			Help: "where to write", Default: "\"NAME report.html\" beside the recording",
		},
		{
			Name: "language", To: &o.language, Placeholder: "CODE",
			Help:    "of the page: " + strings.Join(sessionreport.Languages, ", "),
			Default: "the system's",
		},
		{
			Name: "with-files", To: &o.beside,
			Help: "write the counts over time (.csv) and the heat map (.png) beside it, too",
		},
		confidence,
		cli.ClassesFlag(&o.choice.Classes),
		{
			Name: "rule", Placeholder: "SENTENCE",
			To: func(s string) error {
				r, err := rules.ParseCondition(s)
				o.rules = append(o.rules, r)
				return err
			},
			Help: "look for the moments at which this came true, as in --rule 'when person in " +
				"\"Zone 1\" for 5 s'; once for each rule",
			Default: "those rules that there were when it was recorded",
		},
	}
}

func (o *summaryFlags) Check(args cli.Args) (err error) {
	if err := cli.CheckShare("confidence", o.confidence); err != nil {
		return err
	}
	var languages []cli.Choice
	for _, l := range sessionreport.Languages {
		languages = append(languages, cli.Choice{Name: l})
	}
	if err := cli.CheckChoice("language", o.language, languages); err != nil {
		return err
	}
	o.choice.Confidence = float32(o.confidence)
	o.file, err = oneRecording(args)
	return err
}

// Run writes the page.
func (o *summaryFlags) Run(ctx context.Context, stdout, stderr io.Writer) error {
	lines, err := recordingFile(o.file, ".jsonl", "data")
	if err != nil {
		return err
	}
	if o.out == "" {
		o.out = sessionreport.Name(lines)
	}
	if err := nothingAt(o.out); err != nil {
		return err
	}
	missing, err := sessionreport.Make(ctx, lines, sessionreport.Options{
		Filter: o.choice, Rules: o.rules, Out: o.out, Language: o.language, Beside: o.beside,
	})
	if missing != nil {
		cli.Complain(stderr, "report", fmt.Errorf("the page has no pictures: %w", missing))
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return nothingAt(o.out)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintln(stdout, o.out)
	return err
}
