package record

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Kind is what an Item is.
type Kind int

// The kinds of items.
const (
	KindPicture Kind = iota
	KindRecording
)

// Item is one thing that was taken: a snapshot, a burst, a data set or a recording, with what
// belongs to it.
type Item struct {
	Kind Kind
	// Name is the file's without folder and suffix, Path the main file: the annotated one where
	// there is one.
	Name, Path string
	// Others are the files that belong to it: the clean picture or stream, the data.
	Others []string
	// Folder is that of a burst or a data set, in which all its files lie; "" for other items.
	Folder string
	// Count is how many pictures a burst or a data set has; 1 for other items.
	Count int
	Taken time.Time
	// Length is a recording's; 0 while unknown.
	Length time.Duration
	// Bytes is the size of all files together.
	Bytes int64
	// Width and Height are in pixels; 0 while unknown.
	Width, Height int
	// Unfinished says that the recording was cut off and has not been repaired.
	Unfinished bool
	// Rule is what the rule of the user's is called that had it taken; "" for none.
	Rule string
}

// Library is what was taken: the items in a folder of pictures and one of recordings. What was
// deleted stays in a third for thirty days. It follows no link and looks into no folder but those
// of bursts and data sets. Any goroutine may use it.
type Library struct {
	pictures, videos, trash string
	thumbs                  *thumbs

	mu   sync.Mutex
	sums map[string]folderSum // by folder
	rule map[string]takenBy   // by file of data
}

// OpenLibrary returns the library of those folders, which need not be there yet, and removes from
// the trash what is old.
func OpenLibrary(pictures, videos, trash string) *Library {
	emptyTrash(trash, time.Now().Add(-keepTrash))
	return &Library{
		pictures: pictures, videos: videos, trash: trash, thumbs: newThumbs(),
		sums: make(map[string]folderSum), rule: make(map[string]takenBy),
	}
}

// Folder is where items of that kind lie.
func (l *Library) Folder(kind Kind) string {
	if kind == KindRecording {
		return l.videos
	}
	return l.pictures
}

// List returns everything that is not just being recorded, newest first. Sizes in pixels and
// lengths are those that are known from thumbnails so far.
func (l *Library) List() ([]Item, error) {
	var all []Item
	for _, kind := range []Kind{KindPicture, KindRecording} {
		items, err := l.list(kind)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
	}
	slices.SortStableFunc(all, func(a, b Item) int {
		return cmp.Or(b.Taken.Compare(a.Taken), strings.Compare(b.Name, a.Name),
			cmp.Compare(a.Kind, b.Kind))
	})
	return all, nil
}

// file is an entry of a folder, and which item it belongs to.
type file struct {
	path string
	part
	info fs.FileInfo
}

func (l *Library) list(kind Kind) ([]Item, error) {
	dir := l.Folder(kind)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what was taken cannot be listed: %w", err)
	}
	var items []Item
	groups := make(map[string][]file)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && kind == KindPicture:
			if item, ok := l.folderItem(path); ok {
				items = append(items, item)
			}
		case e.Type().IsRegular():
			p, ok := classify(kind, e.Name())
			if !ok {
				continue
			}
			info, err := e.Info()
			if err != nil {
				continue // gone meanwhile
			}
			groups[p.key] = append(groups[p.key], file{path: path, part: p, info: info})
		}
	}
	for _, files := range groups {
		if item, ok := l.fileItem(kind, files); ok &&
			!(item.Unfinished && isRecording(dir, item.Name)) {
			items = append(items, item)
		}
	}
	return items, nil
}

// fileItem makes an item of the files that belong together; false when the main one is missing.
func (l *Library) fileItem(kind Kind, files []file) (Item, bool) {
	slices.SortFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.path, b.path))
	})
	first := files[0]
	if first.rank >= rankData {
		return Item{}, false // data alone is nothing to look at
	}
	item := Item{
		Kind: kind, Name: first.key, Path: first.path, Count: 1,
		Taken:      takenAt(first.key, first.info.ModTime()),
		Unfinished: first.rank == rankUnfinished,
	}
	for i, f := range files {
		item.Bytes += f.info.Size()
		if i > 0 {
			item.Others = append(item.Others, f.path)
		}
		if item.Rule == "" && f.rank == rankData {
			item.Rule = l.ruleOf(f)
		}
	}
	l.thumbs.describe(&item, first.info)
	return item, true
}

// isRecording says whether a recording of that name is going on, here or in another Handlens.
func isRecording(dir, name string) bool {
	h, err := lockName(dir, name)
	if err == nil {
		h.release()
	}
	return errors.Is(err, errLocked)
}

// lockItem keeps a recording from being recorded or repaired while its files are moved, and fails
// when it is.
func (l *Library) lockItem(item Item) (release func(), err error) {
	if item.Kind != KindRecording {
		return func() {}, nil
	}
	h, err := lockName(l.videos, item.Name)
	if err != nil {
		return nil, err
	}
	return h.release, nil
}

// takenAt reads the time from a name as takenName makes them, else it is the file's.
func takenAt(name string, changed time.Time) time.Time {
	const layout = "2006-01-02 15-04-05"
	if rest, ok := strings.CutPrefix(name, folderName+" "); ok && len(rest) >= len(layout) {
		if t, err := time.ParseInLocation(layout, rest[:len(layout)], time.Local); err == nil {
			return t
		}
	}
	return changed
}
