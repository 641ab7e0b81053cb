package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// keepTrash is how long what was deleted can be had back.
	keepTrash = 30 * 24 * time.Hour
	// trashLayout is the time in the names of the trash's folders, of which there is one for each
	// deleted item.
	trashPrefix, trashLayout = "deleted-", "20060102T150405Z"
)

// Delete moves an item and what belongs to it to the trash; undo brings it back, once, under its
// old name or an error if that has been taken. The trash is emptied of what is thirty days old when
// a library is opened.
func (l *Library) Delete(item Item) (undo func() error, err error) {
	all, err := l.belongs(item)
	if err != nil {
		return nil, err
	}
	release, err := l.lockItem(item)
	if err != nil {
		return nil, fmt.Errorf("%s could not be deleted: %w", item.Name, err)
	}
	defer release()
	bin, err := l.newBin(time.Now())
	if err != nil {
		return nil, fmt.Errorf("%s could not be deleted: %w", item.Name, err)
	}
	there := make([]move, len(all))
	back := make([]move, len(all))
	for i, path := range all {
		in := filepath.Join(bin, filepath.Base(path))
		there[i], back[i] = move{from: path, to: in}, move{from: in, to: path}
	}
	if err := moveAll(there); err != nil {
		os.Remove(bin) // only when it is empty
		return nil, fmt.Errorf("%s could not be deleted: %w", item.Name, err)
	}
	var mu sync.Mutex
	done := false
	return func() error {
		mu.Lock()
		defer mu.Unlock()
		if done {
			return nil
		}
		if err := moveAll(back); err != nil {
			return fmt.Errorf("%s could not be brought back from %s: %w", item.Name, bin, err)
		}
		done = true
		os.Remove(bin)
		return nil
	}, nil
}

// newBin makes the folder in the trash for one item.
func (l *Library) newBin(now time.Time) (string, error) {
	if err := os.MkdirAll(l.trash, 0o700); err != nil {
		return "", err
	}
	return os.MkdirTemp(l.trash, trashPrefix+now.UTC().Format(trashLayout)+"-*")
}

// emptyTrash removes what was deleted before that time. It touches nothing that is not called as
// our folders there are; what cannot be removed stays for the next time.
func emptyTrash(trash string, before time.Time) {
	entries, err := os.ReadDir(trash)
	if err != nil {
		return
	}
	for _, e := range entries {
		if deleted, err := deletedAt(e.Name()); err == nil && e.IsDir() && deleted.Before(before) {
			os.RemoveAll(filepath.Join(trash, e.Name()))
		}
	}
}

// deletedAt reads the time from the name of one of our folders in the trash.
func deletedAt(name string) (time.Time, error) {
	rest, ok := strings.CutPrefix(name, trashPrefix)
	stamp, _, found := strings.Cut(rest, "-")
	if !ok || !found {
		return time.Time{}, errors.New("not ours")
	}
	return time.Parse(trashLayout, stamp)
}
