package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"handlens/media/atomicfile"
)

// settleTime is how long a part must have been untouched to be taken for cut off, where the file
// system has no locks.
const settleTime = 30 * time.Second

// staleAfter is how long no one has written to a copy that no one is making any more.
const staleAfter = time.Hour

// Unfinished is a recording that was cut off: by a crash, a kill, or the power.
type Unfinished struct {
	// Dir and Name are the folder and the base that the files share; Path is the recording as far
	// as it was written, which plays.
	Dir, Name, Path string
	// Others are what belongs to it: the clean stream, the data.
	Others []string
	// Bytes is the recording's size, Ended when it was last written.
	Bytes int64
	Ended time.Time
}

// FindUnfinished lists the recordings in dir that were cut off and that no living Handlens is
// recording, the oldest name first. A folder that is missing has none.
func FindUnfinished(dir string) ([]Unfinished, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the recordings in %s cannot be listed: %w", dir, err)
	}
	var all []Unfinished
	for _, e := range entries {
		name, isPart := strings.CutSuffix(e.Name(), partSuffix)
		if !isPart || !e.Type().IsRegular() || strings.HasPrefix(name, ".") {
			sweep(dir, e)
			continue
		}
		if l, ok := findUnfinished(dir, name); ok {
			all = append(all, l)
		}
	}
	return all, nil
}

// sweep removes what a recording that was cut off leaves hidden: its lock, and copies that were
// being made of it.
func sweep(dir string, e fs.DirEntry) {
	name, hidden := strings.CutPrefix(e.Name(), ".")
	if !hidden {
		return
	}
	if name, isLock := strings.CutSuffix(name, ".lock"); isLock && name != "" {
		if h, err := lockName(dir, name); err == nil {
			h.release()
		}
		return
	}
	if copied, _ := filepath.Match(atomicfile.TempPattern, e.Name()); !copied {
		return
	}
	if info, err := e.Info(); err == nil && info.Mode().IsRegular() &&
		time.Since(info.ModTime()) > staleAfter {
		os.Remove(filepath.Join(dir, e.Name()))
	}
}

// findUnfinished looks at one part; false when it is being recorded, or is gone.
func findUnfinished(dir, name string) (Unfinished, bool) {
	h, err := lockName(dir, name)
	sure := true
	switch {
	case errors.Is(err, errLocked):
		return Unfinished{}, false
	case err != nil: // a folder where nothing may be written: no one is recording there
	default:
		sure = h.sure
		defer h.release()
	}
	l := Unfinished{Dir: dir, Name: name, Path: filepath.Join(dir, name+partSuffix)}
	st, err := os.Stat(l.Path)
	if err != nil || !sure && time.Since(st.ModTime()) < settleTime {
		return Unfinished{}, false
	}
	l.Bytes, l.Ended = st.Size(), st.ModTime()
	for _, suffix := range []string{mkvSuffix, jsonlSuffix} {
		if path := filepath.Join(dir, name+suffix); exists(path) {
			l.Others = append(l.Others, path)
		}
	}
	return l, true
}

// Repair makes the recording an ordinary MP4, as [MP4Writer.Close] does, and returns its path;
// progress, which may be nil, goes from 0 to 1. A recording that ended before its first second was
// written cannot be repaired: ErrEmpty.
func (l Unfinished) Repair(ctx context.Context, progress func(float64)) (string, error) {
	h, err := lockName(l.Dir, l.Name)
	if err != nil {
		return "", fmt.Errorf("%s cannot be repaired: %w", l.Path, err)
	}
	defer h.release()
	return finishMP4(ctx, l.Dir, l.Name, progress)
}

// Discard removes the recording and what belongs to it.
func (l Unfinished) Discard() error {
	h, err := lockName(l.Dir, l.Name)
	if err != nil {
		return fmt.Errorf("%s cannot be removed: %w", l.Path, err)
	}
	defer h.release()
	var failed error
	for _, path := range append([]string{l.Path}, l.Others...) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return fmt.Errorf("%s cannot be removed: %w", l.Path, failed)
	}
	return nil
}
