// Package command holds the subcommands of handlens: detect, render, models, accuracy, bench and
// doctor. Each runs on the caller's goroutine until it is done or its context ends, and closes what
// it opened. What it finds goes to standard output; what went wrong goes to standard error, a line
// for each fault.
package command

import (
	"context"
	"io"
)

// Run does what the arguments after the subcommand's name say and returns the exit status.
type Run func(ctx context.Context, args []string, stdout, stderr io.Writer) int

// Find returns the subcommand of that name, nil when there is none.
func Find(name string) Run {
	return map[string]Run{
		"detect":   runDetect,
		"render":   runRender,
		"models":   runModels,
		"accuracy": runAccuracy,
		"bench":    runBench,
		"doctor":   runDoctor,
	}[name]
}
