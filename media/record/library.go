package record

import "time"

// Kind is what an Item is.
type Kind int

// The kinds of items.
const (
	Picture Kind = iota
	Film
)

// Item is one thing that was taken: a snapshot or a film, with what belongs to it.
type Item struct {
	Kind Kind
	// Name is the file's without folder and suffix, Path the main file: the annotated one where there is one.
	Name, Path string
	// Others are the files that belong to it: the clean picture or stream, the data.
	Others []string
	Taken  time.Time
	// Length is a film's; 0 while unknown.
	Length time.Duration
	// Bytes is the size of all files together.
	Bytes int64
	// Width and Height are in pixels; 0 while unknown.
	Width, Height int
	// Unfinished says that the recording was cut off and has not been repaired.
	Unfinished bool
}
