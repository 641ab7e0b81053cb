//go:build !darwin

package ui

import "context"

// OnOpenFile is for macOS alone: elsewhere the files are arguments of the program.
func OnOpenFile(context.Context, func(path string)) {}
