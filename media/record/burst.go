package record

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"handlens/media/atomicfile"
)

// burstSuffix is what a burst's folder ends in.
const burstSuffix = " burst"

// Burst is a series of pictures in a folder of their own: "Handlens 2026-01-02 15-04-05 burst" with
// "01 annotated.png", "01 clean.png", "01.json", and so on. Any goroutine may use it; pictures are
// numbered in the order of the calls.
type Burst struct {
	dir, base string

	mu    sync.Mutex
	saved Saved
}

// NewBurst begins a burst of a phone, "" for one without a name. The folder is made with the first
// picture.
func NewBurst(dir string, at time.Time, phone string) *Burst {
	return &Burst{dir: dir, base: takenName(at, phone)}
}

// Add saves the next picture as [SaveSnapshot] does, all of its files or none. What was saved
// before an error stays.
func (b *Burst) Add(annotated, clean image.Image, seen any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, img := range []image.Image{annotated, clean} {
		if err := checkPicture(img); err != nil {
			return err
		}
	}
	if b.saved.Folder == "" {
		folder, err := makeFolder(b.dir, fileName(b.base), burstSuffix)
		if err != nil {
			return explain(b.dir, err)
		}
		b.saved.Folder = folder
	}
	one, err := saveImages(b.saved.Folder, fmt.Sprintf("%02d", b.saved.Count+1), annotated, clean,
		seen)
	if err != nil {
		if b.saved.Count == 0 {
			os.Remove(b.saved.Folder) // only when it is empty
			b.saved.Folder = ""
		}
		return err
	}
	if b.saved.Count == 0 {
		b.saved.Annotated, b.saved.Clean, b.saved.Data = one.Annotated, one.Clean, one.Data
	}
	b.saved.Count++
	return nil
}

// Saved says what has been saved so far: the first picture's files, the folder, and how many
// pictures there are.
func (b *Burst) Saved() Saved {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.saved
}

// makeFolder makes a new folder of the first name that is free.
func makeFolder(dir, base, suffix string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for n := 1; n <= maxSame; n++ {
		path := filepath.Join(dir, atomicfile.Numbered(base, n)+suffix)
		err := os.Mkdir(path, 0o755)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return "", fmt.Errorf("%d folders called %s exist already", maxSame, base)
}
