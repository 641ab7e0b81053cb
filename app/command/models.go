package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/media/inputfile"
	"handlens/media/plaintext"
	"handlens/models"
)

const modelsUsage = `handlens models [list]            the models there are, and which of them are on this computer
handlens models get NAME          download one, continuing where an earlier try ended
handlens models add FILE          copy an ONNX file of yours into the store
handlens models remove NAME       delete one from the store
handlens models info NAME|FILE    what is known of one, and whether it can be used

  --data-dir DIR      where models are kept
`

// runModels lists, fetches, adds, removes and describes models.
func runModels(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("models", flag.ContinueOnError)
	dataDir := fs.String("data-dir", "", "")
	words, err := cli.Parse(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, modelsUsage)
		return cli.Done
	}
	if err != nil {
		return cli.ComplainUsage(stderr, "models", err)
	}
	if len(words) == 0 {
		words = []string{"list"}
	}
	verb, subject := words[0], words[1:]
	if err := checkModelsWords(verb, subject); err != nil {
		return cli.ComplainUsage(stderr, "models", err)
	}
	store, err := cli.OpenStore(*dataDir)
	if err == nil {
		switch verb {
		case "list":
			err = listModels(store, stdout)
		case "get":
			err = getModel(ctx, store, subject[0], stdout, stderr)
		case "add":
			err = addModel(store, subject[0], stdout)
		case "remove":
			err = removeModel(store, subject[0], stdout)
		case "info":
			err = describeModel(store, subject[0], stdout)
		}
	}
	if err != nil {
		cli.Complain(stderr, "models", err)
		return cli.Failed
	}
	return cli.Done
}

func checkModelsWords(verb string, subject []string) error {
	switch verb {
	case "list":
		if len(subject) > 0 {
			return fmt.Errorf("list takes nothing, not %q", subject[0])
		}
		return nil
	case "get", "add", "remove", "info":
		if len(subject) == 1 {
			return nil
		}
		return fmt.Errorf("%s takes one model", verb)
	}
	return fmt.Errorf("there is no %q; there are list, get, add, remove and info", verb)
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
		"\nThe starter is a part of the program and finds few classes; %s.\n",
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
	var progress func(done, total int64)
	if isTerminal(stderr) {
		line := &progressLine{w: stderr, label: name, percent: -1}
		progress = line.show
		defer line.end()
	}
	m, err := store.Get(ctx, name, progress)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is installed: %s\n", m.Name, m.Path)
	return err
}

func addModel(store *models.Store, file string, stdout io.Writer) error {
	if err := checkModel(file, inference.Options{}); err != nil {
		return err
	}
	m, err := store.Add(file)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is installed: %s\n", m.Name, m.Path)
	return err
}

// checkModel opens a model as it would be used, so that what cannot be is refused where the user
// still looks.
func checkModel(file string, o inference.Options) error {
	f, err := inputfile.Open(file)
	if err != nil {
		return nil // the store says it better
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || models.CheckONNX(f, info.Size()) != nil {
		return nil // and this as well
	}
	d, err := inference.Open(file, o)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Check()
}

func removeModel(store *models.Store, name string, stdout io.Writer) error {
	if err := store.Remove(name); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "%s is removed\n", name)
	return err
}

// describeModel says what the catalogue or the user's note knows and, for an installed model, what
// opening it shows.
func describeModel(store *models.Store, nameOrFile string, stdout io.Writer) error {
	m, err := store.Find(nameOrFile)
	if err != nil && !errors.Is(err, models.ErrNotInstalled) {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	row := func(what, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", what, value)
		}
	}
	row("name", m.Name)
	row("title", m.Title)
	row("size", plaintext.Bytes(m.Size))
	if m.COCOmAP > 0 {
		row("COCO mAP", fmt.Sprintf("%.1f, as published", m.COCOmAP))
	}
	row("SHA-256", m.SHA256)
	row("from", m.URL)
	row("note", m.Note)
	if !m.Installed() {
		row("family", m.Family)
		row("licence", m.License)
		row("installed", fmt.Sprintf("no; handlens models get %s", m.Name))
		return table.Flush()
	}
	if m.Data != nil {
		row("file", "none: it is a part of the program")
	} else {
		row("file", m.Path)
	}
	d, err := cli.OpenModel(m, inference.Options{})
	if err != nil {
		row("licence", m.License)
		return errors.Join(table.Flush(), err)
	}
	defer d.Close()
	info := d.Info()
	license := m.License
	if license == "" {
		license = info.License
	}
	row("licence", license)
	row("version", info.Version)
	row("data", info.Data)
	row("family", info.Family)
	row("input", fmt.Sprintf("%d × %d", info.InputWidth, info.InputHeight))
	row("classes", classList(info.Labels))
	for _, w := range info.Warnings {
		row("warning", w)
	}
	if err := d.Check(); err != nil {
		row("warning", err.Error())
	}
	return table.Flush()
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

// isTerminal says whether somebody watches what is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progressLine shows how far a download is, on one line that is written over.
type progressLine struct {
	w       io.Writer
	label   string
	percent int64
}

func (p *progressLine) show(done, total int64) {
	percent := done * 100 / max(total, 1)
	if percent == p.percent {
		return
	}
	p.percent = percent
	fmt.Fprintf(p.w, "\r%s: %s of %s, %d %% ", p.label, plaintext.Bytes(done),
		plaintext.Bytes(total), percent)
}

func (p *progressLine) end() {
	if p.percent >= 0 {
		fmt.Fprintln(p.w)
	}
}
