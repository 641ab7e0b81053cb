package gallery

import (
	"image"
	"sync"
)

// maxThumbnails bounds the small pictures in memory: several screens full, some tens of megabytes.
const maxThumbnails = 128

// thumbnails reads the thumbnails of the items in view, one after the other, off the UI goroutine.
type thumbnails struct {
	g *Gallery

	// read and order belong to the UI goroutine: what was read, the least recently used first. A
	// nil picture is one that cannot be made.
	read  map[string]thumbnail
	order []string

	mu      sync.Mutex
	wanted  []Item
	loading map[string]bool // being read, or on their way to store
	wake    chan struct{}
}

// thumbnail is a small picture, and how large the item was at the time: one that has grown is read
// again.
type thumbnail struct {
	img   image.Image
	bytes int64
}

func newThumbnails(g *Gallery) *thumbnails {
	return &thumbnails{
		g: g, read: make(map[string]thumbnail), loading: make(map[string]bool),
		wake: make(chan struct{}, 1),
	}
}

// get returns an item's picture, and false when it should be requested.
func (t *thumbnails) get(item Item) (img image.Image, had bool) {
	read, ok := t.read[item.Path]
	return read.img, ok && read.bytes == item.Bytes
}

// request sets which items in view lack a thumbnail; earlier requests are dropped.
func (t *thumbnails) request(items []Item) {
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

func (t *thumbnails) next() (Item, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.wanted) > 0 {
		item := t.wanted[0]
		t.wanted = t.wanted[1:]
		if !t.loading[item.Path] {
			t.loading[item.Path] = true
			return item, true
		}
	}
	return Item{}, false
}

// run reads until the gallery is left.
func (t *thumbnails) run() {
	for {
		select {
		case <-t.wake:
		case <-t.g.ctx.Done():
			return
		}
		for item, ok := t.next(); ok && t.g.ctx.Err() == nil; item, ok = t.next() {
			img, err := t.g.cfg.Library.Thumbnail(item)
			if err != nil {
				img = nil
			}
			t.g.post("thumb "+item.Path, func() { t.store(item, img) })
		}
	}
}

// store keeps a thumbnail and shows it; the oldest one makes room.
func (t *thumbnails) store(item Item, img image.Image) {
	t.mu.Lock()
	delete(t.loading, item.Path)
	t.mu.Unlock()
	if _, had := t.read[item.Path]; !had {
		t.order = append(t.order, item.Path)
	}
	t.read[item.Path] = thumbnail{img, item.Bytes}
	for len(t.order) > maxThumbnails {
		delete(t.read, t.order[0])
		t.order = t.order[1:]
	}
	if cell := t.g.grid.cells[item.Path]; cell != nil {
		cell.set(cell.item, img, cell.chosen)
	}
}

// prune drops the thumbnails of items that are gone.
func (t *thumbnails) prune(items []Item) {
	there := make(map[string]bool, len(items))
	for _, i := range items {
		there[i.Path] = true
	}
	kept := t.order[:0]
	for _, path := range t.order {
		if there[path] {
			kept = append(kept, path)
		} else {
			delete(t.read, path)
		}
	}
	t.order = kept
}

// folderOf is where an item lies.
func folderOf(lib Library, item Item) string {
	if item.Folder != "" {
		return item.Folder
	}
	if item.Kind == KindRecording {
		return lib.Folder(KindRecording)
	}
	return lib.Folder(KindPicture)
}
