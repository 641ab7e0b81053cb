package ui

import (
	"image"
	"sync"

	"handlens/media/record"
)

// maxThumbs bounds the small pictures in memory: several screens full, some tens of megabytes.
const maxThumbs = 128

// galleryThumbs reads the small pictures that are in view, one after the other, beside the UI
// goroutine.
type galleryThumbs struct {
	g *gallery

	// have and order belong to the UI goroutine: what was read, the oldest use first. A nil picture
	// is one that cannot be made.
	have  map[string]readThumb
	order []string

	mu     sync.Mutex
	wanted []LibraryItem
	flying map[string]bool // those that are being read, or were and are on their way to put
	wake   chan struct{}
}

// readThumb is a small picture, and how large the item was at the time: one that has grown is read
// again.
type readThumb struct {
	img   image.Image
	bytes int64
}

func newGalleryThumbs(g *gallery) *galleryThumbs {
	return &galleryThumbs{
		g: g, have: make(map[string]readThumb), flying: make(map[string]bool),
		wake: make(chan struct{}, 1),
	}
}

// get returns an item's picture, and whether there is any use in asking for it.
func (t *galleryThumbs) get(item LibraryItem) (img image.Image, had bool) {
	read, ok := t.have[item.Path]
	return read.img, ok && read.bytes == item.Bytes
}

// want says which pictures are missing in view; what was wanted before is not any more.
func (t *galleryThumbs) want(items []LibraryItem) {
	t.mu.Lock()
	t.wanted = items
	t.mu.Unlock()
	if len(items) > 0 {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
}

func (t *galleryThumbs) next() (LibraryItem, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.wanted) > 0 {
		item := t.wanted[0]
		t.wanted = t.wanted[1:]
		if !t.flying[item.Path] {
			t.flying[item.Path] = true
			return item, true
		}
	}
	return LibraryItem{}, false
}

// run reads until the gallery is left.
func (t *galleryThumbs) run() {
	for {
		select {
		case <-t.wake:
		case <-t.g.ctx.Done():
			return
		}
		for item, ok := t.next(); ok && t.g.ctx.Err() == nil; item, ok = t.next() {
			img, err := t.g.lib.Thumbnail(item)
			if err != nil {
				img = nil
			}
			t.g.post("thumb "+item.Path, func() { t.put(item, img) })
		}
	}
}

// put keeps a picture and shows it; the one that was used longest ago makes room.
func (t *galleryThumbs) put(item LibraryItem, img image.Image) {
	t.mu.Lock()
	delete(t.flying, item.Path)
	t.mu.Unlock()
	if _, had := t.have[item.Path]; !had {
		t.order = append(t.order, item.Path)
	}
	t.have[item.Path] = readThumb{img, item.Bytes}
	for len(t.order) > maxThumbs {
		delete(t.have, t.order[0])
		t.order = t.order[1:]
	}
	if cell := t.g.grid.cells[item.Path]; cell != nil {
		cell.set(cell.item, img, cell.chosen)
	}
}

// keep forgets the pictures of what is gone.
func (t *galleryThumbs) keep(items []LibraryItem) {
	there := make(map[string]bool, len(items))
	for _, i := range items {
		there[i.Path] = true
	}
	kept := t.order[:0]
	for _, path := range t.order {
		if there[path] {
			kept = append(kept, path)
		} else {
			delete(t.have, path)
		}
	}
	t.order = kept
}

// folderOf is where an item lies.
func folderOf(lib Library, item LibraryItem) string {
	if item.Folder != "" {
		return item.Folder
	}
	if item.Kind == record.KindRecording {
		return lib.Folder(record.KindRecording)
	}
	return lib.Folder(record.KindPicture)
}
