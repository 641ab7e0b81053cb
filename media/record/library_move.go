package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"handlens/media/atomicfile"
)

// move is one file or folder that gets another name.
type move struct{ from, to string }

// moveAll gives all of them their new names, or none. Nothing is overwritten: the error then
// satisfies fs.ErrExist.
func moveAll(moves []move) error {
	for i, m := range moves {
		if err := moveNew(m.from, m.to); err != nil {
			for k := i - 1; k >= 0; k-- {
				if e := moveNew(moves[k].to, moves[k].from); e != nil {
					return fmt.Errorf("%w, and then %s could not be put back: %w", err, moves[k].to,
						e)
				}
			}
			return err
		}
	}
	return nil
}

// moveNew gives a file or a folder a name that is free. To another file system a file is copied,
// and the first one removed when the copy is whole.
func moveNew(from, to string) error {
	st, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if st.IsDir() {
		return moveFolder(from, to)
	}
	if !st.Mode().IsRegular() {
		return fmt.Errorf("%s is not an ordinary file", from)
	}
	err = atomicfile.Rename(from, to)
	if !isOtherDisk(err) {
		return err
	}
	err = atomicfile.Create(to, st.Mode().Perm(), func(w io.Writer) error {
		return copyFrom(w, from)
	})
	if err != nil {
		return err
	}
	_ = os.Chtimes(to, st.ModTime(), st.ModTime()) // only the order in a list depends on it
	return os.Remove(from)
}

func copyFrom(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// moveFolder does it for a folder of files, as bursts and data sets are.
func moveFolder(from, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s: %w", to, fs.ErrExist)
	}
	err := os.Rename(from, to)
	if !isOtherDisk(err) {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return errors.Join(err, os.RemoveAll(to))
	}
	return os.RemoveAll(from)
}

// isOtherDisk says whether a rename failed because it would lead to another file system.
func isOtherDisk(err error) bool {
	// ERROR_NOT_SAME_DEVICE, which the syscall package does not name
	const notSameDevice = syscall.Errno(17)
	return errors.Is(err, syscall.EXDEV) || runtime.GOOS == "windows" &&
		errors.Is(err, notSameDevice)
}

// belongs returns the files or the folder that an item consists of, after a look whether they lie
// where the library's items do.
func (l *Library) belongs(item Item) ([]string, error) {
	dir := l.Folder(item.Kind)
	all := append([]string{item.Path}, item.Others...)
	if item.Folder != "" {
		all = []string{item.Folder}
	}
	for _, path := range all {
		if path == "" || filepath.Dir(path) != filepath.Clean(dir) ||
			filepath.Base(path)[0] == '.' {
			return nil, fmt.Errorf("%q does not lie in %s", path, dir)
		}
	}
	if in := filepath.Dir(item.Path); item.Folder != "" && in != item.Folder &&
		in != filepath.Join(item.Folder, imagesFolder) {
		return nil, fmt.Errorf("%q does not lie in %s", item.Path, item.Folder)
	}
	return all, nil
}

// Rename gives an item and what belongs to it another name and returns it changed. What the name
// has that file systems do not like is replaced. All its files are renamed or none, and nothing is
// overwritten: the error satisfies fs.ErrExist when the name is taken.
func (l *Library) Rename(item Item, name string) (Item, error) {
	all, err := l.belongs(item)
	if err != nil {
		return item, err
	}
	base := fileName(name)
	if base == item.Name {
		return item, nil
	}
	dir := l.Folder(item.Kind)
	renamed := func(path string) (string, error) {
		if item.Folder != "" {
			if _, ok := strings.CutSuffix(filepath.Base(path), burstSuffix); ok {
				return filepath.Join(dir, base+burstSuffix), nil
			}
			return filepath.Join(dir, base), nil
		}
		p, ok := classifyPath(item.Kind, path)
		if ok {
			to := base + p.suffix
			if q, _ := classify(item.Kind, to); q.key == base {
				return filepath.Join(dir, to), nil
			}
		}
		return "",
			fmt.Errorf("%q cannot be the name of %s: its files would no longer be told apart", base,
				item.Name)
	}
	release, err := l.lockItem(item)
	if err != nil {
		return item, fmt.Errorf("%s could not be renamed: %w", item.Name, err)
	}
	defer release()
	if err := l.free(item, base); err != nil {
		return item, err
	}
	moves := make([]move, len(all))
	for i, path := range all {
		to, err := renamed(path)
		if err != nil {
			return item, err
		}
		moves[i] = move{from: path, to: to}
	}
	if err := moveAll(moves); err != nil {
		return item, fmt.Errorf("%s could not be renamed: %w", item.Name, err)
	}
	changed := item.moved(base, moves)
	for _, path := range changed.Others {
		if strings.HasSuffix(path, pageSuffix) {
			renamePage(path, filepath.Base(item.Path), filepath.Base(changed.Path))
		}
	}
	return changed, nil
}

// free says whether nothing else has a name, without regard to case, as most file systems outside
// Linux have it.
func (l *Library) free(item Item, base string) error {
	own, err := l.belongs(item)
	if err != nil {
		return err
	}
	dir := l.Folder(item.Kind)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("%s could not be renamed: %w", item.Name, err)
	}
	for _, e := range entries {
		name := e.Name()
		if p, ok := classify(item.Kind, name); ok && !e.IsDir() {
			name = p.key
		}
		if burst, ok := strings.CutSuffix(name, burstSuffix); ok && e.IsDir() {
			name = burst
		}
		if strings.EqualFold(name, base) && !slices.Contains(own, filepath.Join(dir, e.Name())) {
			return fmt.Errorf("%s could not be renamed: something in %s is called %q already: %w",
				item.Name, dir, e.Name(), fs.ErrExist)
		}
	}
	return nil
}

// moved is the item after its files were.
func (item Item) moved(name string, moves []move) Item {
	item.Name = name
	if item.Folder == "" {
		item.Path, item.Others = moves[0].to, make([]string, 0, len(moves)-1)
		for _, m := range moves[1:] {
			item.Others = append(item.Others, m.to)
		}
		return item
	}
	from, to := moves[0].from, moves[0].to
	in := func(path string) string { return to + strings.TrimPrefix(path, from) }
	others := make([]string, len(item.Others))
	for i, o := range item.Others {
		others[i] = in(o)
	}
	item.Folder, item.Path, item.Others = to, in(item.Path), others
	return item
}
