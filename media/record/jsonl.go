package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"handlens/media/atomicfile"
)

// maxPending is how many bytes of lines wait at most to be written.
const maxPending = 64 << 10

// JSONLWriter is a file of JSON, one value a line, beside a recording: Name.jsonl. Any goroutine
// may use it. A goroutine of its own writes what has come and has it reach the disk each second.
type JSONLWriter struct {
	dir, path string
	syncer    *syncer

	mu      sync.Mutex
	file    *os.File
	pending []byte
	written int64 // whole lines in the file
	closed  bool
	failure error
}

// CreateJSONL begins such a file in dir, which Reserve has made. Its name gets a number when it is
// taken. An empty suffix means "jsonl". The caller closes the JSONLWriter.
func CreateJSONL(dir, name, suffix string) (*JSONLWriter, error) {
	suffix = "." + strings.TrimPrefix(suffix, ".")
	if suffix == "." {
		suffix = jsonlSuffix
	}
	name = fileName(name)
	for n := 1; n <= maxSame; n++ {
		path := filepath.Join(dir, atomicfile.Numbered(name, n)+suffix)
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, explain(dir, err)
		}
		l := &JSONLWriter{dir: dir, path: path, file: f}
		l.syncer = startSyncer(l.flush)
		return l, nil
	}
	return nil, fmt.Errorf("%d files called %s exist already", maxSame, name+suffix)
}

// Path is where the file is.
func (l *JSONLWriter) Path() string { return l.path }

// Write adds one value as one line of JSON. A value that JSON has no form for is an error and left
// out. After an error of the disk ([ErrFull] is one) nothing more can be written: the whole lines
// that were stay.
func (l *JSONLWriter) Write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("a line of %s cannot be written: %w", l.path, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return ErrClosed
	case l.failure != nil:
		return l.failure
	}
	l.pending = append(append(l.pending, line...), '\n')
	if len(l.pending) >= maxPending {
		return l.put()
	}
	return nil
}

// put writes what is pending. The caller holds the lock.
func (l *JSONLWriter) put() error {
	if l.failure != nil || len(l.pending) == 0 {
		return l.failure
	}
	n, err := l.file.Write(l.pending)
	if err != nil {
		// Half a line would spoil the file for whoever reads it.
		l.written += int64(bytes.LastIndexByte(l.pending[:n], '\n') + 1)
		_ = l.file.Truncate(l.written)
		l.failure = explain(l.dir, err)
		return l.failure
	}
	l.written += int64(n)
	l.pending = l.pending[:0]
	return nil
}

// flush writes what is pending and has it reach the disk. Writers do not wait for the disk.
func (l *JSONLWriter) flush() error {
	l.mu.Lock()
	err := l.put()
	l.mu.Unlock()
	if err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.failure = explain(l.dir, err)
		return l.failure
	}
	return nil
}

// Bytes is how much was written, what is about to be included.
func (l *JSONLWriter) Bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written + int64(len(l.pending))
}

// Close writes the last lines. It may be called again.
func (l *JSONLWriter) Close() error {
	l.mu.Lock()
	again := l.closed
	l.closed = true
	l.mu.Unlock()
	if again {
		return nil
	}
	l.syncer.stop()
	err := l.flush()
	if e := l.file.Close(); err == nil && e != nil {
		err = explain(l.dir, e)
	}
	return err
}
