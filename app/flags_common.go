package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"handlens/inference"
	"handlens/models"
)

// parseArgs reads long options ("--name value", "--name=value", "--switch") and files in any order and returns the files. What follows
// "--" is a file whatever it looks like. Errors are sentences; flag.ErrHelp says that --help was asked for.
func parseArgs(fs *flag.FlagSet, args []string) (files []string, err error) {
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

// modelFlags are the options of every subcommand that runs a model.
type modelFlags struct {
	model, provider, dataDir string
	confidence, iou          float64
	classes                  []string
	allLabels                bool // no flag: an evaluation sets it
	threads                  int  // 0 lets the engine choose; only bench has a flag for it
}

func (m *modelFlags) register(fs *flag.FlagSet) {
	fs.StringVar(&m.model, "model", "", "")
	fs.StringVar(&m.provider, "provider", "auto", "")
	fs.StringVar(&m.dataDir, "data-dir", "", "")
	fs.Float64Var(&m.confidence, "confidence", inference.DefaultConfidence, "")
	fs.Float64Var(&m.iou, "iou", inference.DefaultIoU, "")
	fs.Func("classes", "", words(&m.classes))
}

func (m *modelFlags) check() error {
	switch {
	case !(m.confidence > 0 && m.confidence <= 1):
		return fmt.Errorf("--confidence %g is outside 0..1", m.confidence)
	case !(m.iou > 0 && m.iou <= 1):
		return fmt.Errorf("--iou %g is outside 0..1", m.iou)
	}
	return nil
}

// store opens the store of models in the user's data directory.
func (m *modelFlags) store() (*models.Store, error) { return openStore(m.dataDir) }

func openStore(dataDir string) (*models.Store, error) {
	if dataDir == "" {
		var err error
		if dataDir, err = defaultDataDir(); err != nil {
			return nil, err
		}
	}
	return models.Open(filepath.Join(dataDir, "models"))
}

// open loads a model that was found.
func (m *modelFlags) open(found models.Model) (*inference.Detector, error) {
	return openModel(found, m.options())
}

// openModel loads a model that was found, from its file or, for the starter, from the program itself.
func openModel(m models.Model, o inference.Options) (*inference.Detector, error) {
	if m.Data != nil {
		return inference.OpenBytes(m.Name+".onnx", m.Data, o)
	}
	return inference.Open(m.Path, o)
}

func (m *modelFlags) options() inference.Options {
	return inference.Options{
		Verdicts:   verdictFile(m.dataDir),
		Provider:   m.provider,
		Threads:    m.threads,
		Confidence: float32(m.confidence),
		IoU:        float32(m.iou),
		Classes:    m.classes,
		AllLabels:  m.allLabels,
	}
}

// verdictFile is where it is remembered what runs which model best; "" where there is no place for it.
func verdictFile(dataDir string) string {
	if dataDir == "" {
		var err error
		if dataDir, err = defaultDataDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dataDir, "providers.json")
}

// complain writes one line on standard error for something that failed.
func complain(stderr io.Writer, command string, err error) {
	fmt.Fprintf(stderr, "handlens %s: %v\n", command, err)
}

// complainUsage writes one line for a command line that cannot be understood.
func complainUsage(stderr io.Writer, command string, err error) int {
	fmt.Fprintf(stderr, "handlens %s: %v (handlens %s --help tells more)\n", command, err, command)
	return exitUsage
}

// interrupted says that the user stopped the work.
func interrupted(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("stopped: %w", context.Cause(ctx))
	}
	return nil
}
