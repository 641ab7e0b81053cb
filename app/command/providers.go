package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"handlens/app/cli"
	"handlens/inference/detector"
	"handlens/inference/ort"
	"handlens/media/plaintext"
)

var providersCommand = &cli.Command{
	Name: "providers", Args: "[VERB]",
	Summary: "list what can run a model, and add plugins of hardware makers",
	Notes: `A plugin is an execution provider of ONNX Runtime in a library of its own, as makers of
hardware offer it on PyPI: "pip download --no-deps onnxruntime-ep-openvino" brings a file for add.
It is a program that runs as a part of Handlens: add only what comes from somebody you trust.
Whether a plugin is right and faster is measured for each model, as of every provider.`,
	Verbs: []cli.Verb{
		{Name: "list", Help: "what can run a model, and whether it can here (default)"},
		{
			Name: "add", Args: "FILE.whl|FOLDER",
			Help: "copy a plugin into the data folder, from a wheel of PyPI or from a folder",
		},
		{Name: "remove", Args: "NAME", Help: "delete a plugin"},
	},
	ArgPaths: cli.Files,
	New:      func() cli.Options { return new(providersFlags) },
}

// providersFlags is what the command line of providers says.
type providersFlags struct{ dataDir, verb, what string }

func (o *providersFlags) Flags() []cli.Flag { return []cli.Flag{cli.DataDirFlag(&o.dataDir)} }

func (o *providersFlags) Check(args cli.Args) (err error) {
	o.verb = "list"
	if len(args.Rest) > 0 {
		o.verb = args.Rest[0]
		args.Rest = args.Rest[1:]
	}
	if err := providersCommand.CheckVerb(o.verb); err != nil {
		return err
	}
	if want := map[string]int{"add": 1, "remove": 1}[o.verb]; len(args.Rest) != want {
		return fmt.Errorf("%s takes %s", o.verb, map[string]string{
			"list": "nothing", "add": "one file or folder", "remove": "one plugin",
		}[o.verb])
	}
	if len(args.Rest) == 1 {
		o.what = args.Rest[0]
	}
	o.dataDir, err = cli.DataDir(o.dataDir)
	return err
}

// Run lists, adds and removes providers.
func (o *providersFlags) Run(_ context.Context, stdout, _ io.Writer) error {
	cli.UsePlugins(o.dataDir)
	folder := cli.PluginFolder(o.dataDir)
	switch o.verb {
	case "add":
		return addPlugin(folder, o.what, stdout)
	case "remove":
		return removePlugin(folder, o.what, stdout)
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tHERE\t\t")
	for _, p := range detector.Examine() {
		state := "no"
		if p.Available {
			state = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t\n", p.Name, state, plaintext.Printable(p.Why))
	}
	return table.Flush()
}

// addPlugin copies a plugin beside where it is to be, loads it there, and puts it into place.
func addPlugin(folder, from string, stdout io.Writer) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(folder, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := copyPlugin(from, fresh); err != nil {
		return fmt.Errorf("add %s: %w", plaintext.Printable(from), err)
	}
	name, library, err := ort.PluginIn(fresh)
	if err != nil {
		return fmt.Errorf("%s has no provider's library for this system", plaintext.Printable(from))
	}
	place := filepath.Join(folder, name)
	if _, err := os.Lstat(place); err == nil {
		return fmt.Errorf("there is a %s already; handlens providers remove %s deletes it", name,
			name)
	}
	err = ort.ProbePlugin(name, library)
	if err != nil && !errors.Is(err, ort.ErrNoDevice) {
		return fmt.Errorf("%s was not added: %w", name, err)
	}
	nothing := err
	if err := os.Rename(fresh, place); err != nil {
		return err
	}
	if nothing != nil {
		_, err = fmt.Fprintf(stdout, "%s is added, but of no use here: %v.\n", name, nothing)
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is added. From now on it is tried with each model, and used "+
		"where it is right and faster; --provider %s asks for it.\n", name, name)
	return err
}

func removePlugin(folder, name string, stdout io.Writer) error {
	if !slices.Contains(ort.Plugins(), name) {
		return fmt.Errorf("no plugin is called %q; handlens providers lists them",
			plaintext.Printable(name))
	}
	if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "%s is removed\n", name)
	return err
}
