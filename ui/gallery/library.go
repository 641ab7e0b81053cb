package gallery

import (
	"context"
	"image"
	"slices"
	"strings"
	"time"
)

// Library is what was taken. Its methods run off the UI goroutine.
type Library interface {
	// List returns everything, newest first.
	List() ([]Item, error)
	// Thumbnail returns a small picture of an item.
	Thumbnail(item Item) (image.Image, error)
	// Delete removes an item with all its files; undo restores them.
	Delete(item Item) (undo func() error, err error)
	// Rename renames an item with all its files and returns the changed item.
	Rename(item Item, name string) (Item, error)
	// Report is the page about what happened in a recording that has data, which it makes when
	// there is none.
	Report(ctx context.Context, item Item) (path string, err error)
	// Folder is where items of that kind lie.
	Folder(kind Kind) string
}

// Kind is what an item is.
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
	// Others are the files that belong to it: the clean frame or video, the data.
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
	// Rule is what the rule is called that had it taken; "" for none.
	Rule string
}

// hasData says that what was found in a recording lies beside it.
func (i Item) hasData() bool {
	return i.Kind == KindRecording && !i.Unfinished &&
		slices.ContainsFunc(i.Others, func(path string) bool {
			return strings.HasSuffix(strings.ToLower(path), ".jsonl")
		})
}
