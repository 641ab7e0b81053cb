package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"handlens/inference"
	"handlens/media/plaintext"
	"handlens/models"
)

// Parse reads long options ("--name value", "--name=value", "--switch") and files in any order and
// returns the files. What follows "--" is a file whatever it looks like. Errors are sentences;
// flag.ErrHelp says that --help was asked for.
func Parse(fs *flag.FlagSet, args []string) (files []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return append(files, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			files = append(files, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		f := fs.Lookup(name)
		if f == nil {
			if name == "help" || name == "h" {
				return nil, flag.ErrHelp
			}
			return nil, fmt.Errorf("there is no option --%s", name)
		}
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() && !given {
			value, given = "true", true
		}
		if !given {
			if len(args) == 0 {
				return nil, fmt.Errorf("--%s needs a value", name)
			}
			value, args = args[0], args[1:]
		}
		if err := fs.Set(name, value); err != nil {
			return nil, fmt.Errorf("--%s %q: %w", name, value, err)
		}
	}
	return files, nil
}

// List gathers the values of an option that takes a list with commas.
func List(into *[]string) func(string) error {
	return func(s string) error {
		for w := range strings.SplitSeq(s, ",") {
			if w = strings.TrimSpace(w); w != "" {
				*into = append(*into, w)
			}
		}
		return nil
	}
}

// ModelFlags are the options of every subcommand that runs a model.
type ModelFlags struct {
	Model, Provider, DataDir string
	Confidence, IoU          float64
	Classes                  []string
	AllLabels                bool // no flag: an evaluation sets it
	Threads                  int  // 0 lets the engine choose; only bench has a flag for it
}

func (m *ModelFlags) Register(fs *flag.FlagSet) {
	fs.StringVar(&m.Model, "model", "", "")
	fs.StringVar(&m.Provider, "provider", "auto", "")
	fs.StringVar(&m.DataDir, "data-dir", "", "")
	fs.Float64Var(&m.Confidence, "confidence", inference.DefaultConfidence, "")
	fs.Float64Var(&m.IoU, "iou", inference.DefaultIoU, "")
	fs.Func("classes", "", List(&m.Classes))
}

func (m *ModelFlags) Check() error {
	switch {
	case !(m.Confidence > 0 && m.Confidence <= 1):
		return fmt.Errorf("--confidence %g is outside 0..1", m.Confidence)
	case !(m.IoU > 0 && m.IoU <= 1):
		return fmt.Errorf("--iou %g is outside 0..1", m.IoU)
	}
	return nil
}

// store opens the store of models in the user's data directory.
func (m *ModelFlags) Store() (*models.Store, error) { return OpenStore(m.DataDir) }

func OpenStore(dataDir string) (*models.Store, error) {
	if dataDir == "" {
		var err error
		if dataDir, err = DefaultDataDir(); err != nil {
			return nil, err
		}
	}
	return models.Open(filepath.Join(dataDir, "models"))
}

// open loads a model that was found.
func (m *ModelFlags) Open(found models.Model) (*inference.Detector, error) {
	return OpenModel(found, m.Options())
}

// OpenModel loads a model that was found, from its file or, for the starter, from the program
// itself.
func OpenModel(m models.Model, o inference.Options) (*inference.Detector, error) {
	if m.Data != nil {
		return inference.OpenBytes(m.Name+".onnx", m.Data, o)
	}
	return inference.Open(m.Path, o)
}

func (m *ModelFlags) Options() inference.Options {
	return inference.Options{
		Verdicts:   VerdictFile(m.DataDir),
		Provider:   m.Provider,
		Threads:    m.Threads,
		Confidence: float32(m.Confidence),
		IoU:        float32(m.IoU),
		Classes:    m.Classes,
		AllLabels:  m.AllLabels,
	}
}

// VerdictFile is where it is remembered what runs which model best; "" where there is no place for
// it.
func VerdictFile(dataDir string) string {
	if dataDir == "" {
		var err error
		if dataDir, err = DefaultDataDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dataDir, "providers.json")
}

// Complain writes one line on standard error for something that failed.
func Complain(stderr io.Writer, command string, err error) {
	fmt.Fprintf(stderr, "handlens %s: %v\n", command, err)
}

// ComplainUsage writes one line for a command line that cannot be understood.
func ComplainUsage(stderr io.Writer, command string, err error) int {
	fmt.Fprintf(stderr, "handlens %s: %v (handlens %s --help tells more)\n", command, err, command)
	return Usage
}

// Interrupted says that the user stopped the work.
func Interrupted(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return nil
}

// BetterModel says how to get what is recommended in the starter's place; without a full stop.
func BetterModel(store *models.Store) string {
	m := store.Recommended()
	return fmt.Sprintf("`handlens models get %s` fetches a better one (%s, %s, %.1f mAP)", m.Name,
		plaintext.Bytes(m.Size), m.License, m.COCOmAP)
}
