// Package cli holds what the program and its subcommands share. A [Command] is a table of options
// and texts, from which the command line is read and the help, the errors and the shell completion
// are made. Beside it: the options of everything that runs a model, exit statuses, the version, the
// progress meter, and where the data lie. It owns nothing, and starts only the goroutine that waits
// for a signal.
package cli
