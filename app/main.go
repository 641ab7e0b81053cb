// Command handlens is the app: it opens the window, or does what a subcommand says. The running app
// is package desktop, the subcommands are package command.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"handlens/app/cli"
	"handlens/app/command"
	"handlens/app/desktop"
)

func main() {
	ctx := cli.UntilSignal()
	os.Exit(cli.ExitStatus(ctx, run(ctx, os.Args[1:], os.Stdout, os.Stderr)))
}

// run does what the arguments say and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		if c := command.Find(args[0]); c != nil {
			return c(ctx, args[1:], stdout, stderr)
		}
		switch args[0] {
		case "help", "-h", "--help", "-help":
			fmt.Fprint(stdout, desktop.UsageText)
			return cli.Done
		case "version", "--version", "-version":
			cli.PrintVersion(stdout)
			return cli.Done
		}
	}
	return desktop.Run(ctx, args, stdout, stderr)
}
