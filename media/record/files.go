package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	// maxBase bounds a file's name in characters, and maxBaseBytes in bytes, so that with its number and suffix it fits every file system.
	maxBase      = 120
	maxBaseBytes = 200
	// maxSame bounds how many pictures may have one name before we give up.
	maxSame = 10_000
	// partPattern is what files are called while they are being written: hidden, and no one takes them for finished.
	partPattern = ".handlens-*.part"
)

// piece is one of several files that appear together.
type piece struct {
	// suffix is what the file's name has after the base that all share, with its extension; folder is where in theirs it lies, "" for itself.
	suffix, folder string
	// check is asked before anything is written; nil for nothing to be asked.
	check func() error
	write func(io.Writer) error
}

// saveTogether writes files into a folder, which it makes when it is missing, and returns their paths. All get the same base, with a number when
// one of the names is taken: nothing is ever overwritten. Either all are there, each whole, or none.
func saveTogether(dir, base string, pieces []piece) ([]string, error) {
	for _, p := range pieces {
		if p.check != nil {
			if err := p.check(); err != nil {
				return nil, err
			}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, explain(dir, err)
	}
	temps := make([]string, len(pieces))
	defer func() {
		for _, t := range temps {
			if t != "" {
				os.Remove(t) // what is left of a failure, or the first name of a success
			}
		}
	}()
	errs := make([]error, len(pieces))
	var all sync.WaitGroup
	for i, p := range pieces { // at once: packing a picture takes far longer than writing it
		all.Go(func() { temps[i], errs[i] = writeTemp(dir, p.write) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, explain(dir, err)
		}
	}
	paths, err := publish(temps, dir, fileName(base), pieces)
	if err != nil {
		return nil, explain(dir, err)
	}
	return paths, nil
}

// writeTemp writes a file under a passing name in a folder and has it reach the disk. The name is returned also when that failed.
func writeTemp(dir string, fill func(io.Writer) error) (string, error) {
	f, err := os.CreateTemp(dir, partPattern)
	if err != nil {
		return "", err
	}
	return f.Name(), write(f, fill)
}

// write fills a file, has it reach the disk, and closes it.
func write(f *os.File, fill func(io.Writer) error) (err error) {
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriterSize(f, 1<<18)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	// Temporary files are for their owner alone; a picture is an ordinary file. A file system without modes refuses, which does no harm.
	_ = f.Chmod(0o644)
	return f.Sync()
}

// replaceFile puts a file in the place of another, whole or not at all.
func replaceFile(path string, fill func(io.Writer) error) error {
	temp, err := writeTemp(filepath.Dir(path), fill)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil && temp != "" {
		os.Remove(temp)
	}
	return err
}

// publish gives finished files the first base that is free for all of them.
func publish(temps []string, dir, base string, pieces []piece) ([]string, error) {
	paths := make([]string, len(temps))
	for n := 1; n <= maxSame; n++ {
		name := numbered(base, n)
		for i, p := range pieces {
			paths[i] = filepath.Join(dir, p.folder, name+p.suffix)
		}
		switch err := claimAll(temps, paths); {
		case err == nil:
			return paths, nil
		case !errors.Is(err, fs.ErrExist):
			return nil, err
		}
	}
	return nil, fmt.Errorf("%d files of the name %s are there already", maxSame, base)
}

// numbered is the n-th name of those that would be the same.
func numbered(base string, n int) string {
	if n == 1 {
		return base
	}
	return fmt.Sprintf("%s (%d)", base, n)
}

// claimAll moves files to names that are all free, or none: then the error satisfies fs.ErrExist. A link fails where a file is, which a
// rename would replace; where the file system has no links, an empty file takes the name first.
func claimAll(temps, paths []string) error {
	held := make([]string, 0, len(paths)) // names that are only held so far
	for i, path := range paths {
		err := os.Link(temps[i], path)
		if err == nil {
			continue
		}
		if !errors.Is(err, fs.ErrExist) {
			var f *os.File
			if f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err == nil {
				f.Close()
				held = append(held, path)
				continue
			}
		}
		removeAll(paths[:i])
		return err
	}
	for i, path := range paths {
		if len(held) > 0 && held[0] == path {
			held = held[1:]
			if err := os.Rename(temps[i], path); err != nil {
				removeAll(paths)
				return err
			}
		}
	}
	return nil
}

func removeAll(paths []string) {
	for _, p := range paths {
		os.Remove(p)
	}
}

// fileName makes text fit as a file's name on Linux, macOS and Windows.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(s, "-"))
	if r := []rune(s); len(r) > maxBase {
		s = string(r[:maxBase])
	}
	for len(s) > maxBaseBytes {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	// Windows drops dots and spaces at the end, and a dot at the beginning hides the file.
	s = strings.Trim(s, ". ")
	if s == "" {
		return folderName
	}
	if reserved(s) {
		return "-" + s
	}
	return s
}

// reserved says whether Windows takes a name for a device, with or without an extension.
func reserved(s string) bool {
	s, _, _ = strings.Cut(strings.ToUpper(s), ".")
	switch s = strings.TrimRight(s, " "); s {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(s) == 4 && (s[:3] == "COM" || s[:3] == "LPT") && s[3] >= '0' && s[3] <= '9'
}
