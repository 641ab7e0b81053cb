package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"handlens/app/cli"
	"handlens/inference/detector"
	"handlens/media/plaintext"
	"handlens/models"
)

var modelsCommand = &cli.Command{
	Name: "models", Args: "[VERB]",
	Summary: "list, download and manage models",
	Verbs: []cli.Verb{
		{Name: "list", Help: "the models there are, and which of them are on this computer " +
			"(default)"},
		{Name: "get", Args: "NAME", Help: "download one, continuing where an earlier try ended"},
		{Name: "add", Args: "FILE", Help: "copy an ONNX file of yours into the store"},
		{Name: "remove", Args: "NAME", Help: "delete one from the store"},
		{
			Name: "info", Args: "NAME|FILE",
			Help: "what is known of one, and whether it can be used",
		},
		{
			Name: "explain", Args: "NAME|FILE",
			Help: "how one is read and why, and a NAME.json to start from where that is wrong",
		},
	},
	ArgChoices: cli.ModelNames(), ArgPaths: cli.Files,
	New: func() cli.Options { return &modelsFlags{format: explainFormats[0].Name} },
}

// modelsFlags is what the command line of models says.
type modelsFlags struct {
	dataDir, verb string
	model         string // that the verb is about; "" for list
	// explain's
	format, picture string
}

func (o *modelsFlags) Flags() []cli.Flag {
	return []cli.Flag{
		cli.DataDirFlag(&o.dataDir),
		{
			Name: "format", To: &o.format, Placeholder: "FORMAT", Choices: explainFormats,
			Help: "what explain writes",
		},
		{
			Name: "picture", To: &o.picture, Placeholder: "FILE", Paths: cli.Files,
			Help:    "the picture on which explain runs the model",
			Default: "a drawn one",
		},
	}
}

func (o *modelsFlags) Check(args cli.Args) error {
	if o.verb = "list"; len(args.Rest) > 0 {
		o.verb = args.Rest[0]
		args.Rest = args.Rest[1:]
	}
	if o.verb == "list" {
		if len(args.Rest) > 0 {
			return fmt.Errorf("list takes nothing, not %q", args.Rest[0])
		}
		return nil
	}
	if err := modelsCommand.CheckVerb(o.verb); err != nil {
		return err
	}
	if len(args.Rest) != 1 {
		return fmt.Errorf("%s takes one model", o.verb)
	}
	o.model = args.Rest[0]
	if o.verb != "explain" && (o.picture != "" || o.format != explainFormats[0].Name) {
		return errors.New("--format and --picture belong to explain")
	}
	return cli.CheckChoice("format", o.format, explainFormats)
}

// Run lists, fetches, adds, removes and describes models.
func (o *modelsFlags) Run(ctx context.Context, stdout, stderr io.Writer) error {
	store, err := cli.OpenStore(o.dataDir)
	if err != nil {
		return err
	}
	switch o.verb {
	case "get":
		return getModel(ctx, store, o.model, stdout, stderr)
	case "add":
		return addModel(store, o.model, o.options(), stdout, stderr)
	case "remove":
		return removeModel(store, o.model, stdout)
	case "info":
		return describeModel(store, o.model, o.options(), stdout)
	case "explain":
		return explainModel(store, o, stdout)
	}
	return listModels(store, stdout)
}

func listModels(store *models.Store, stdout io.Writer) error {
	best := store.Default()
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tINSTALLED\tSIZE\tINPUT\tCOCO mAP\tLICENCE\t")
	for _, m := range store.List() {
		state := "no"
		switch {
		case m.Name == best.Name:
			state = "yes, default"
		case m.Shipped:
			state = "yes, shipped"
		case m.Installed():
			state = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Name, state, plaintext.Bytes(m.Size),
			orDash(m.Input.Width > 0, "%d × %d", m.Input.Width, m.Input.Height),
			orDash(m.COCOmAP > 0, "%.1f", m.COCOmAP), orDash(m.License != "", "%s", m.License))
	}
	if err := table.Flush(); err != nil || best.Name != models.Starter {
		return err
	}
	_, err := fmt.Fprintf(stdout,
		"\nThe starter is part of the program and finds few classes; %s.\n",
		cli.BetterModel(store))
	return err
}

// orDash formats what is known and writes a dash for what is not.
func orDash(known bool, format string, args ...any) string {
	if !known {
		return "-"
	}
	return fmt.Sprintf(format, args...)
}

func getModel(ctx context.Context, store *models.Store, name string, stdout,
	stderr io.Writer,
) error {
	progress := cli.NewMeter(stderr, name)
	m, err := store.Get(ctx, name, progress.Bytes)
	progress.End()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is installed: %s\n", m.Name, m.Path)
	return err
}

// options are those with which a model is opened to look at it.
func (o *modelsFlags) options() detector.Options {
	return detector.Options{Checks: cli.ChecksFile(o.dataDir)}
}

func addModel(store *models.Store, file string, o detector.Options, stdout,
	stderr io.Writer,
) error {
	if _, err := models.File(file); err != nil {
		return err
	}
	warnings, err := checkModel(file, o)
	if err != nil {
		return err
	}
	m, err := store.Add(file)
	if err != nil {
		return err
	}
	cli.Warn(stderr, m.Name, warnings)
	_, err = fmt.Fprintf(stdout, "%s is installed: %s\n", m.Name, m.Path)
	return err
}

// checkModel opens a model as it would be used, to refuse now what could not be used later. It
// returns what does not match in it, though it can be used.
func checkModel(file string, o detector.Options) ([]string, error) {
	d, err := detector.Open(file, o)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Info().Warnings, d.Check()
}

func removeModel(store *models.Store, name string, stdout io.Writer) error {
	if err := store.Remove(name); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "%s is removed\n", name)
	return err
}

// describeModel prints what the catalogue or the user's note knows and, for an installed model,
// what opening it shows.
func describeModel(store *models.Store, nameOrFile string, o detector.Options,
	stdout io.Writer,
) error {
	m, err := store.Find(nameOrFile)
	if err != nil && !errors.Is(err, models.ErrNotInstalled) {
		return err
	}
	facts := facts{tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)}
	facts.add("name", m.Name)
	facts.add("title", m.Title)
	facts.add("size", plaintext.Bytes(m.Size))
	if m.COCOmAP > 0 {
		facts.add("COCO mAP", fmt.Sprintf("%.1f, as published", m.COCOmAP))
	}
	facts.add("SHA-256", m.SHA256)
	facts.add("from", m.URL)
	facts.add("note", m.Note)
	if !m.Installed() {
		facts.add("family", m.Family)
		facts.add("licence", m.License)
		facts.add("installed", fmt.Sprintf("no; handlens models get %s", m.Name))
		return facts.table.Flush()
	}
	return errors.Join(facts.opened(m, o), facts.table.Flush())
}

// facts is a table of names and values.
type facts struct{ table *tabwriter.Writer }

// add leaves out what is not known.
func (f facts) add(name, value string) {
	if value != "" {
		fmt.Fprintf(f.table, "%s\t%s\n", name, value)
	}
}

// opened adds what opening an installed model shows.
func (f facts) opened(m models.Model, o detector.Options) error {
	if m.Data != nil {
		f.add("file", "none: it is a part of the program")
	} else {
		f.add("file", m.Path)
	}
	d, err := cli.OpenModel(m, o)
	if err != nil {
		f.add("licence", m.License)
		return err
	}
	defer d.Close()
	warnings := d.Review()
	info := d.Info()
	f.add("licence", cmp.Or(m.License, info.License))
	f.add("version", info.Version)
	f.add("data", info.Data)
	f.add("family", info.Family)
	f.add("input", fmt.Sprintf("%d × %d", info.InputWidth, info.InputHeight))
	f.add("classes", classList(info.Labels))
	for _, w := range warnings {
		f.add("warning", w)
	}
	return nil
}

// shownClasses is how many class names fit a line.
const shownClasses = 8

func classList(labels []string) string {
	text := fmt.Sprintf("%d: %s", len(labels),
		strings.Join(labels[:min(len(labels), shownClasses)], ", "))
	if len(labels) > shownClasses {
		text += ", …"
	}
	return text
}
