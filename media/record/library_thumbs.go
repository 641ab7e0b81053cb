package record

import (
	"bufio"
	"container/list"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"sync"
	"time"

	"golang.org/x/image/draw"

	"handlens/media"
	"handlens/media/ffmpeg"
)

const (
	// ThumbnailSide is the longer side of a thumbnail, in pixels; smaller pictures stay as they
	// are.
	ThumbnailSide = 320
	// maxThumbs bounds how many thumbnails are kept: at most 400 KiB each.
	maxThumbs = 160
	// maxPixels bounds the pictures that are decoded, so that a small file cannot take all memory.
	maxPixels = 50_000_000
)

// thumb is what looking into a file has brought.
type thumb struct {
	path    string
	size    int64
	changed time.Time

	img           *image.RGBA
	width, height int
	length        time.Duration
	err           error
}

// thumbs keeps the thumbnails that were used last, and what is wrong with the files that have none.
// One is made at a time, which bounds the memory.
type thumbs struct {
	making sync.Mutex
	pool   media.Pool

	mu     sync.Mutex
	recent *list.List // of *thumb, the last used first
	byPath map[string]*list.Element
}

func newThumbs() *thumbs {
	return &thumbs{
		recent: list.New(),
		byPath: make(map[string]*list.Element),
	}
}

// Thumbnail returns a small picture of an item, and an error for a file that is none or broken. It
// is not to be changed.
func (l *Library) Thumbnail(item Item) (image.Image, error) {
	if _, err := l.belongs(item); err != nil {
		return nil, err
	}
	info, err := os.Lstat(item.Path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not an ordinary file", item.Path)
	}
	t := l.thumbs.get(item.Kind, item.Path, info)
	if t.err != nil {
		return nil, t.err
	}
	return t.img, nil
}

// describe adds what is known of an item's main file.
func (ts *thumbs) describe(item *Item, info fs.FileInfo) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if e, ok := ts.byPath[item.Path]; ok {
		if t := e.Value.(*thumb); t.matches(info) {
			item.Width, item.Height, item.Length = t.width, t.height, t.length
		}
	}
}

func (t *thumb) matches(info fs.FileInfo) bool {
	return t.size == info.Size() && t.changed.Equal(info.ModTime())
}

func (ts *thumbs) get(kind Kind, path string, info fs.FileInfo) *thumb {
	if t := ts.kept(path, info); t != nil {
		return t
	}
	ts.making.Lock()
	defer ts.making.Unlock()
	if t := ts.kept(path, info); t != nil { // made while we waited
		return t
	}
	t := &thumb{path: path, size: info.Size(), changed: info.ModTime()}
	if kind == KindRecording {
		t.err = t.recording(&ts.pool)
	} else {
		t.err = t.picture()
	}
	if t.err != nil {
		t.err = fmt.Errorf("there is no thumbnail of %s: %w", path, t.err)
	}
	ts.keep(t)
	return t
}

func (ts *thumbs) kept(path string, info fs.FileInfo) *thumb {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	e, ok := ts.byPath[path]
	if !ok || !e.Value.(*thumb).matches(info) {
		return nil
	}
	ts.recent.MoveToFront(e)
	return e.Value.(*thumb)
}

func (ts *thumbs) keep(t *thumb) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if e, ok := ts.byPath[t.path]; ok {
		ts.recent.Remove(e)
	}
	ts.byPath[t.path] = ts.recent.PushFront(t)
	for ts.recent.Len() > maxThumbs {
		last := ts.recent.Remove(ts.recent.Back()).(*thumb)
		delete(ts.byPath, last.path)
	}
}

// picture decodes and shrinks a picture, unless it says that it is too large.
func (t *thumb) picture() error {
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer f.Close()
	size, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return err
	}
	if size.Width < 1 || size.Height < 1 || size.Width > media.MaxSide ||
		size.Height > media.MaxSide || size.Width*size.Height > maxPixels {
		return fmt.Errorf("%d × %d pixels are too many", size.Width, size.Height)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	img, _, err := image.Decode(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return err
	}
	t.width, t.height = size.Width, size.Height
	t.img = image.NewRGBA(shrunk(size.Width, size.Height))
	draw.BiLinear.Scale(t.img, t.img.Rect, img, img.Bounds(), draw.Src, nil)
	return nil
}

// recording takes the first picture of a recording.
func (t *thumb) recording(pool *media.Pool) error {
	if t.size == 0 {
		return errors.New("the file is empty")
	}
	r, err := ffmpeg.OpenFile(t.path, pool)
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := r.Next()
	if err != nil {
		return err
	}
	defer f.Release()
	t.width, t.height, t.length = f.Width, f.Height, r.Info().Duration
	t.img = image.NewRGBA(shrunk(f.Width, f.Height))
	c := ffmpeg.NewConverter()
	defer c.Close()
	return c.ToRGBA(t.img, f)
}

// shrunk is the thumbnail's size for a picture's.
func shrunk(w, h int) image.Rectangle {
	if long := max(w, h); long > ThumbnailSide {
		w, h = max(1, w*ThumbnailSide/long), max(1, h*ThumbnailSide/long)
	}
	return image.Rect(0, 0, w, h)
}
