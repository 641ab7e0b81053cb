package record

import (
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

	"handlens/media/atomicfile"
)

const (
	// maxBase bounds a file's name in characters, and maxBaseBytes in bytes, so that with its
	// number and suffix it fits every file system.
	maxBase      = 120
	maxBaseBytes = 200
	// maxSame bounds how many pictures may have one name before we give up.
	maxSame = 10_000
)

// newFile is one of several files that appear together.
type newFile struct {
	// suffix is what the file's name has after the base that all share, with its extension; folder
	// is where in theirs it lies, "" for itself.
	suffix, folder string
	// check is asked before anything is written; nil for nothing to be asked.
	check func() error
	write func(io.Writer) error
}

// saveTogether writes files into a folder, which it makes when it is missing, and returns their
// paths. All get the same base, with a number when one of the names is taken: nothing is ever
// overwritten. Either all are there, each whole, or none.
func saveTogether(dir, base string, pieces []newFile) ([]string, error) {
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
	defer removeAll(temps) // what a failure leaves
	errs := make([]error, len(pieces))
	var all sync.WaitGroup
	for i, p := range pieces { // at once: packing a picture takes far longer than writing it
		all.Go(func() { temps[i], errs[i] = atomicfile.Write(dir, 0o644, p.write) })
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

// Save writes a file of that base and suffix (".png") into a folder, which it makes when it is
// missing, and returns the file's path. The base is made fit for a file's name, and gets a number
// when the name is taken: nothing is ever overwritten. The file appears whole or not at all. Errors
// are one sentence; see [ErrFull] and [ErrReadOnly].
func Save(dir, base, suffix string, write func(io.Writer) error) (string, error) {
	paths, err := saveTogether(dir, base, []newFile{{suffix: suffix, write: write}})
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

// publish gives finished files the first base that is free for all of them.
func publish(temps []string, dir, base string, pieces []newFile) ([]string, error) {
	paths, moves := make([]string, len(temps)), make([]move, len(temps))
	for n := 1; n <= maxSame; n++ {
		name := atomicfile.Numbered(base, n)
		for i, p := range pieces {
			paths[i] = filepath.Join(dir, p.folder, name+p.suffix)
			moves[i] = move{from: temps[i], to: paths[i]}
		}
		switch err := moveAll(moves); {
		case err == nil:
			return paths, nil
		case !errors.Is(err, fs.ErrExist):
			return nil, err
		}
	}
	return nil, fmt.Errorf("%d files called %s exist already", maxSame, base)
}

func removeAll(paths []string) {
	for _, p := range paths {
		if p != "" {
			os.Remove(p)
		}
	}
}

// fileName makes text fit as a file's name on Linux, macOS and Windows.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar ||
			strings.ContainsRune(`/\:*?"<>|`, r) {
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
