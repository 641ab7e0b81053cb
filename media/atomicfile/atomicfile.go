// Package atomicfile puts files on disk whole or not at all. It imports nothing of the program.
//
// A file is written under a hidden temporary name in its own folder, synced, and only then given
// its name: nobody ever reads half of one, and neither a crash nor a full disk leaves one
// behind.
//
// [Replace] is only for files that are ours to replace, such as the settings in our own data
// folder. Whatever a user may have under the same name goes through [Create] or [Rename], which
// never replace anything.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// TempPattern is what the files of [Temp] are called, as [filepath.Match] has it: hidden, and
// nobody takes them for finished.
const TempPattern = ".handlens-*.part"

// bufferSize is how much is written at once, in bytes.
const bufferSize = 256 << 10

// Replace writes a file in place of the one at path, which need not exist. Readers see the old
// content or the new.
func Replace(path string, perm fs.FileMode, fill func(io.Writer) error) error {
	return put(path, perm, fill, os.Rename)
}

// Create writes a new file. Where there is one already, or anything else of that name, that
// stays as it is and the error is [fs.ErrExist].
func Create(path string, perm fs.FileMode, fill func(io.Writer) error) error {
	return put(path, perm, fill, Rename)
}

func put(
	path string, perm fs.FileMode, fill func(io.Writer) error, name func(from, to string) error,
) error {
	temp, err := Write(filepath.Dir(path), perm, fill)
	if err != nil {
		return err
	}
	if err := name(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	SyncDir(filepath.Dir(path))
	return nil
}

// Bytes is a fill function for content that is in memory.
func Bytes(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// Write writes a file under a temporary name in dir and returns its path. The caller gives it its
// name, or removes it. After an error nothing is left.
func Write(dir string, perm fs.FileMode, fill func(io.Writer) error) (temp string, err error) {
	f, err := Temp(dir, perm)
	if err != nil {
		return "", err
	}
	if err := Fill(f, fill); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// Temp makes an empty file under a temporary name in dir. Unlike [os.CreateTemp] it takes the
// permissions, so that the user's umask counts for them as for every other file.
func Temp(dir string, perm fs.FileMode) (*os.File, error) {
	const tries = 1000
	for range tries {
		name := fmt.Sprintf(".handlens-%08x.part", rand.Uint32())
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_RDWR, perm)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "create", Path: filepath.Join(dir, TempPattern), Err: fs.ErrExist}
}

// Fill writes into an open file, syncs it and closes it.
func Fill(f *os.File, fill func(io.Writer) error) (err error) {
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	w := bufio.NewWriterSize(f, bufferSize)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// Rename gives a file another name on the same file system. Where that name is taken the error is
// [fs.ErrExist], and both stay as they are: [os.Rename] would replace what is there.
func Rename(from, to string) error {
	switch err := os.Link(from, to); {
	case err == nil:
		return os.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return renameWithoutLinks(from, to)
}

// renameWithoutLinks is [Rename] for file systems that have no hard links (exFAT, network shares):
// an empty file of our own takes the name first, and is then the one that is replaced.
func renameWithoutLinks(from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	f.Close()
	if err := os.Rename(from, to); err != nil {
		os.Remove(to)
		return err
	}
	return nil
}

// SyncDir makes sure that the names in a folder are on disk, on systems that can do that; elsewhere
// it does nothing.
func SyncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // not every file system can; the files themselves are synced
		d.Close()
	}
}

// Numbered is the n-th of the names that are tried for one file: "name", "name (2)", "name (3)".
func Numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s (%d)", name, n)
}
