//go:build !windows

package cli

import (
	"io"
	"os"
)

// OpenConsole does what only Windows needs: there a program for windows has no terminal at first.
func OpenConsole() {}

// TellFailure does nothing: the terminal, or the desktop's journal, has what was said.
func TellFailure(int) {}

func notifyConsole(chan os.Signal) {}

func takesEscapes(*os.File) bool { return true }

func unread(*os.File) (io.Writer, bool) { return nil, false }
