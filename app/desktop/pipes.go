package desktop

import (
	"io"
	"os"
	"os/signal"
	"syscall"
)

// surviveBrokenPipes has writes to standard output and standard error fail, as those to other files
// do, when their reader has gone; else Go ends the program then, in the middle of a recording. It
// lasts until the function that it returns is called. The subcommands do not want it: a command
// whose output nobody reads any more (| head) may end.
func surviveBrokenPipes() (stop func()) {
	// Nobody reads the channel: a signal that is caught is enough. Unlike one that is ignored,
	// programs that are started from here do not inherit it.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	return func() { signal.Stop(broken) }
}

// keptOpen is a Writer that is not ours to close.
type keptOpen struct{ io.Writer }

func (keptOpen) Close() error { return nil }

// openAlready returns what opens a Writer that is open, and stays so.
func openAlready(w io.Writer) func() (io.WriteCloser, error) {
	return func() (io.WriteCloser, error) { return keptOpen{w}, nil }
}
