// Command handlens is the app: it opens the window, or does what a subcommand says. The running app
// is package desktop, the subcommands are package command.
package main

import (
	"context"
	"io"
	"os"

	"handlens/app/cli"
	"handlens/app/command"
	"handlens/app/crash"
	"handlens/app/desktop"
)

func main() {
	cli.OpenConsole()
	crash.Watch()
	ctx := cli.UntilSignal()
	status := cli.ExitStatus(ctx, run(ctx, os.Args[1:], cli.ForReaders(os.Stdout),
		cli.ForReaders(os.Stderr)))
	cli.TellFailure(status)
	os.Exit(status)
}

// app returns the app with all its subcommands.
func app() *cli.Command {
	app := desktop.Command()
	app.Sub = append(command.All(desktop.CheckPhone), desktop.GlassCommand(),
		cli.CompletionCommand(app), cli.ManCommand(app))
	return app
}

// run does what the arguments say and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "help": // "help detect" is "detect --help"
			args = append(args[1:], "--help")
		case "version":
			args = append([]string{"--version"}, args[1:]...)
		}
	}
	return app().Run(ctx, args, stdout, stderr)
}
