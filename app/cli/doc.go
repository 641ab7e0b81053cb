// Package cli holds what the program and its subcommands share: how a command line is read, the
// options of everything that runs a model, exit statuses, the version, and where the data lie. It
// owns nothing and starts no goroutine.
package cli
