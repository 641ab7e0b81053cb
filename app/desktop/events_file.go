package desktop

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// readerSoon is how long a FIFO may be without a reader before a person is told.
const readerSoon = time.Second

// eventsFile returns what opens the file of that name to append events to it. What is wrong with
// the file is said at once, but a FIFO, which waits for its reader, and other things that are no
// plain files are only opened when the function is called; it tells waiting when there is no reader
// yet.
func eventsFile(name string, waiting func(error)) (open func() (io.WriteCloser, error), err error) {
	const flags = os.O_WRONLY | os.O_APPEND
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return func() (io.WriteCloser, error) {
			timer := time.AfterFunc(readerSoon, func() {
				waiting(fmt.Errorf("nobody reads the events in %s yet; the newest are kept", name))
			})
			defer timer.Stop()
			return os.OpenFile(name, flags, 0)
		}, nil
	}
	f, err := os.OpenFile(name, flags|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--events cannot write to %s: %w", name, cause(err))
	}
	return func() (io.WriteCloser, error) { return f, nil }, nil
}

// eventsEnd says why no more events are written to the file of that name.
func eventsEnd(name string, err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("the reader of the events in %s has gone, so they end", name)
	}
	return fmt.Errorf("the events cannot be written to %s, so they end: %w", name, cause(err))
}

// cause is an error without the file's name and what was tried with it.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
