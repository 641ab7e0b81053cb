// Package inputfile opens the files that a user has named, or that lie where a user can put things.
// It imports nothing of the program.
//
// Opening a pipe that nobody writes to takes for ever, and no signal handler changes that. So every
// input is looked at before it is opened, and what is not an ordinary file (also behind a link) is
// refused with one sentence: folders, pipes (process substitution and most of what comes through
// /dev/stdin are pipes, too), sockets, and devices. So are addresses on a network: the program
// fetches nothing that nobody asked it to fetch.
package inputfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrNotFile says that something is not an ordinary file.
var ErrNotFile = errors.New("not an ordinary file")

// refusal says what it is instead. It follows the name in a sentence, and is an [ErrNotFile].
type refusal string

func (r refusal) Error() string { return string(r) }

// Is makes errors.Is(err, ErrNotFile) true.
func (r refusal) Is(target error) bool { return target == ErrNotFile }

// Stat describes an ordinary file. Its errors, and those of the other functions, are
// [fs.PathError]s, the system's or ErrNotFile with a reason.
func Stat(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		if why, is := address(path); is {
			return nil, &fs.PathError{Op: "open", Path: path, Err: why}
		}
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: refuse(info.Mode())}
	}
	return info, nil
}

func refuse(mode fs.FileMode) refusal {
	switch {
	case mode.IsDir():
		return "is a folder, not a file"
	case mode&fs.ModeNamedPipe != 0:
		return "is a pipe, and only files are read: save what comes out of it to a file first"
	case mode&fs.ModeSocket != 0:
		return "is a socket, not a file"
	case mode&fs.ModeDevice != 0:
		return "is a device, not a file"
	}
	return "is not an ordinary file"
}

// Open opens an ordinary file for reading.
func Open(path string) (*os.File, error) {
	if _, err := Stat(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Read reads an ordinary file of at most limit bytes. A longer one is an error.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = &fs.PathError{
			Op: "read", Path: path,
			Err: fmt.Errorf("is longer than %d bytes", limit),
		}
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}
