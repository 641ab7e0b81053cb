// Command handlens is the app: it reads the command line, wires the rooms together and runs them.
//
// The main goroutine belongs to the window (or waits for a signal without one). A [program] owns everything else: the listener, the
// HTTP server, the peer host, the worker with its detector, and the goroutine that loads the model; stop ends them in the opposite order and waits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// version is set by the build.
var version = "development"

// Exit statuses. A command that a signal has cut short ends with 128 and the signal's number.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx := untilSignal()
	os.Exit(exitStatus(ctx, run(ctx, os.Args[1:], os.Stdout, os.Stderr)))
}

// run does what the arguments say and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "detect":
			return runDetect(ctx, args[1:], stdout, stderr)
		case "render":
			return runRender(ctx, args[1:], stdout, stderr)
		case "models":
			return runModels(ctx, args[1:], stdout, stderr)
		case "doctor":
			return runDoctor(ctx, args[1:], stdout, stderr)
		case "accuracy":
			return runAccuracy(ctx, args[1:], stdout, stderr)
		case "bench":
			return runBench(ctx, args[1:], stdout, stderr)
		case "help", "-h", "--help", "-help":
			fmt.Fprint(stdout, usageText)
			return exitDone
		case "version", "--version", "-version":
			printVersion(stdout)
			return exitDone
		}
	}
	o, err := parseOptions(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usageText)
		return exitDone
	case err != nil:
		fmt.Fprintf(stderr, "handlens: %v (handlens --help tells more)\n", err)
		return exitUsage
	}
	if err := runApp(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "handlens: %v\n", err)
		return exitFailed
	}
	return exitDone
}
