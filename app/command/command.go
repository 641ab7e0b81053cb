// Package command holds the subcommands of handlens: detect, render, models, accuracy, bench,
// doctor and uninstall. Each runs on the caller's goroutine until it is done or its context ends,
// and closes what it opened. What it finds goes to standard output; what went wrong goes to
// standard error, a line for each fault.
package command

import (
	"encoding/json"
	"io"

	"handlens/app/cli"
)

// All returns the subcommands in the order in which the help lists them. One of them needs the app.
func All(phone PhoneCheck) []*cli.Command {
	return []*cli.Command{
		detectCommand, renderCommand, reportCommand, modelsCommand, providersCommand,
		accuracyCommand, benchCommand,
		doctorCommand(phone), uninstallCommand,
	}
}

// jsonFlag is the option --json.
func jsonFlag(to *bool) cli.Flag {
	return cli.Flag{Name: "json", To: to, Help: "write one JSON object instead of the table"}
}

// writeJSON writes one JSON object for people and programs.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
