package record

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// folderSum is what is known of the files in a folder, as long as it was changed last at that time.
type folderSum struct {
	changed time.Time
	files   []string // those that belong to items, in order
	bytes   int64
	count   int // pictures
}

// folderItem makes an item of a burst's or a data set's folder; false for any other.
func (l *Library) folderItem(path string) (Item, bool) {
	if name, ok := strings.CutSuffix(filepath.Base(path), burstSuffix); ok && name != "" {
		return l.burstItem(path, name)
	}
	st, err := os.Lstat(filepath.Join(path, classesFile))
	if err != nil || !st.Mode().IsRegular() {
		return Item{}, false
	}
	return l.datasetItem(path)
}

func (l *Library) burstItem(path, name string) (Item, bool) {
	sum, ok := l.sum(path)
	if !ok || sum.count == 0 {
		return Item{}, false
	}
	item := Item{
		Kind: KindPicture, Name: name, Folder: path, Path: sum.files[0], Others: sum.files[1:],
		Count: sum.count, Bytes: sum.bytes,
		Taken: takenAt(name, sum.changed),
	}
	if info, err := os.Lstat(item.Path); err == nil {
		l.thumbs.describe(&item, info)
	}
	return item, true
}

// datasetItem shows the newest picture of a data set.
func (l *Library) datasetItem(path string) (Item, bool) {
	images, ok := l.sum(filepath.Join(path, imagesFolder))
	if !ok || images.count == 0 {
		return Item{}, false
	}
	item := Item{
		Kind: KindPicture, Name: filepath.Base(path), Folder: path,
		Path: images.files[len(images.files)-1], Count: images.count,
		Bytes: images.bytes, Taken: images.changed,
	}
	if labels, ok := l.sum(filepath.Join(path, labelsFolder)); ok {
		item.Bytes += labels.bytes
	}
	for _, name := range []string{classesFile, yamlFile, cocoFile, samplesFile} {
		if info, err := os.Lstat(filepath.Join(path, name)); err == nil && info.Mode().IsRegular() {
			item.Others = append(item.Others, filepath.Join(path, name))
			item.Bytes += info.Size()
		}
	}
	return item, true
}

// sum looks at the files in a folder, again only when it has changed. A folder behind a link is not
// looked at.
func (l *Library) sum(path string) (folderSum, bool) {
	st, err := os.Lstat(path)
	if err != nil || !st.IsDir() {
		return folderSum{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, ok := l.sums[path]; ok && s.changed.Equal(st.ModTime()) {
		return s, true
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return folderSum{}, false
	}
	s := folderSum{changed: st.ModTime()}
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			s.add(path, e)
		}
	}
	l.sums[path] = s
	return s, true
}

func (s *folderSum) add(dir string, e fs.DirEntry) {
	info, err := e.Info()
	if err != nil {
		return // gone meanwhile
	}
	s.bytes += info.Size()
	p, ok := classify(KindPicture, e.Name())
	if !ok {
		return
	}
	s.files = append(s.files, filepath.Join(dir, e.Name()))
	if p.rank == rankMain {
		s.count++
	}
}
