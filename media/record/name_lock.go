package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"handlens/media/atomicfile"
)

// What the files of one recording have after their base.
const (
	mp4Suffix   = ".mp4"
	partSuffix  = ".part.mp4"
	mkvSuffix   = ".clean.mkv"
	jsonlSuffix = ".jsonl"
)

// errLocked says that a recording of that base is going on, here or in another Handlens.
var errLocked = errors.New("it is being recorded")

// nameLock keeps a base for this process by the lock on a hidden file beside the recording. Locks
// end with the process, so that what was cut off is told from what is going on.
type nameLock struct {
	path string
	file *os.File
	sure bool
	n    int // guarded by holds
}

// nameLocks are those of this process: file locks do not tell its parts from each other on every
// system.
var nameLocks struct {
	sync.Mutex
	byPath map[string]*nameLock
}

// lockPath is hidden, and its end is none that anyone opens.
func lockPath(dir, name string) string {
	path := filepath.Join(dir, "."+name+".lock")
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// lockName holds a base that no one holds. It fails with errHeld.
func lockName(dir, name string) (*nameLock, error) {
	path := lockPath(dir, name)
	nameLocks.Lock()
	defer nameLocks.Unlock()
	if nameLocks.byPath[path] != nil {
		return nil, errLocked
	}
	f, sure, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	if nameLocks.byPath == nil {
		nameLocks.byPath = make(map[string]*nameLock)
	}
	h := &nameLock{path: path, file: f, sure: sure, n: 1}
	nameLocks.byPath[path] = h
	return h, nil
}

// shareLock holds a base once more that this process holds already, or returns nil.
func shareLock(dir, name string) *nameLock {
	nameLocks.Lock()
	defer nameLocks.Unlock()
	h := nameLocks.byPath[lockPath(dir, name)]
	if h != nil {
		h.n++
	}
	return h
}

func (h *nameLock) release() {
	nameLocks.Lock()
	defer nameLocks.Unlock()
	if h.n--; h.n == 0 {
		delete(nameLocks.byPath, h.path)
		unlockFile(h.file)
	}
}

// Reserve keeps a base for the files of one recording in dir, which it makes when it is missing,
// until release is called: no other recording is given the same, in this process or another. It
// returns the base made fit for a file name, with a number when files of that name are there.
// CreateMP4, CreateMKV and CreateJSONL take it as their name.
func Reserve(dir, base string) (name string, release func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, explain(dir, err)
	}
	base = shortenForNumber(fileName(base))
	for n := 1; n <= maxSame; n++ {
		name := atomicfile.Numbered(base, n)
		h, err := lockName(dir, name)
		if errors.Is(err, errLocked) {
			continue
		}
		if err != nil {
			return "", nil, explain(dir, err)
		}
		used, err := inUse(dir, name)
		if err == nil && !used {
			return name, sync.OnceFunc(h.release), nil
		}
		h.release()
		if err != nil {
			return "", nil, explain(dir, err)
		}
	}
	return "", nil, fmt.Errorf("%d recordings called %s exist already", maxSame, base)
}

// shortenForNumber cuts a file's name so that it is still one with a number behind it.
func shortenForNumber(name string) string {
	const number = len(" (10000)")
	if r := []rune(name); len(r) > maxBase-number {
		name = string(r[:maxBase-number])
	}
	for len(name) > maxBaseBytes-number {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return fileName(name)
}

// inUse says whether there is any file of that base. File systems differ in whether they tell small
// letters from large ones.
func inUse(dir, name string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if n := e.Name(); len(n) > len(name) && n[len(name)] == '.' &&
			strings.EqualFold(n[:len(name)], name) {
			return true, nil
		}
	}
	return false, nil
}

// lockMP4Name holds a base for a recording: one that was reserved and has no recording yet, else
// the first that is free.
func lockMP4Name(dir, base string) (*nameLock, string, error) {
	for n := 1; n <= maxSame; n++ {
		name := atomicfile.Numbered(base, n)
		free := !exists(filepath.Join(dir, name+partSuffix)) &&
			!exists(filepath.Join(dir, name+mp4Suffix))
		if !free {
			continue
		}
		if h := shareLock(dir, name); h != nil {
			return h, name, nil
		}
		switch h, err := lockName(dir, name); {
		case err == nil:
			return h, name, nil
		case !errors.Is(err, errLocked):
			return nil, "", err
		}
	}
	return nil, "", fmt.Errorf("%d recordings called %s exist already", maxSame, base)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
