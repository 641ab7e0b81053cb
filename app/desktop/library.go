package desktop

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handlens/app/report"
	"handlens/media/record"
	"handlens/ui"
)

// library shows in the gallery what lies in the folders. It is a ui.Library.
type library struct {
	of       *record.Library
	settings *settings
}

// openLibrary opens what was taken; nil where no folder for it is known.
func openLibrary(dataDir string, of *folders, s *settings) ui.Library {
	pictures, err := of.pictures()
	if err != nil {
		return nil
	}
	videos, err := of.videos()
	if err != nil {
		return nil
	}
	trash := filepath.Join(dataDir, "trash")
	return library{record.OpenLibrary(pictures, videos, trash), s}
}

func (l library) List() ([]ui.LibraryItem, error) {
	found, err := l.of.List()
	if err != nil {
		return nil, err
	}
	items := make([]ui.LibraryItem, len(found))
	for i, item := range found {
		items[i] = shownItem(item)
	}
	return items, nil
}

func (l library) Thumbnail(item ui.LibraryItem) (image.Image, error) {
	return l.of.Thumbnail(recordItem(item))
}

func (l library) Delete(item ui.LibraryItem) (undo func() error, err error) {
	return l.of.Delete(recordItem(item))
}

func (l library) Rename(item ui.LibraryItem, name string) (ui.LibraryItem, error) {
	renamed, err := l.of.Rename(recordItem(item), name)
	return shownItem(renamed), err
}

// Report implements ui.Library.
func (l library) Report(ctx context.Context, item ui.LibraryItem) (path string, err error) {
	i := slices.IndexFunc(item.Others, func(path string) bool {
		return strings.EqualFold(filepath.Ext(path), ".jsonl")
	})
	if i < 0 {
		return "", errors.New("what was found was not kept as data beside this recording")
	}
	o := reportOptions(item.Others[i], l.settings.get())
	if _, err := os.Stat(o.Out); err == nil {
		return o.Out, nil
	}
	_, err = report.Make(ctx, item.Others[i], o)
	return o.Out, err
}

func (l library) Folder(kind ui.LibraryKind) string { return l.of.Folder(recordKind(kind)) }

// shownItem is an item as the gallery has it, recordItem as the folders have it.
func shownItem(i record.Item) ui.LibraryItem {
	kind := ui.KindPicture
	if i.Kind == record.KindRecording {
		kind = ui.KindRecording
	}
	return ui.LibraryItem{
		Kind: kind, Name: i.Name, Path: i.Path, Others: i.Others, Folder: i.Folder, Count: i.Count,
		Taken: i.Taken, Length: i.Length, Bytes: i.Bytes, Width: i.Width, Height: i.Height,
		Unfinished: i.Unfinished, Rule: i.Rule,
	}
}

func recordItem(i ui.LibraryItem) record.Item {
	return record.Item{
		Kind: recordKind(i.Kind), Name: i.Name, Path: i.Path, Others: i.Others, Folder: i.Folder,
		Count: i.Count, Taken: i.Taken, Length: i.Length, Bytes: i.Bytes, Width: i.Width,
		Height: i.Height, Unfinished: i.Unfinished, Rule: i.Rule,
	}
}

func recordKind(k ui.LibraryKind) record.Kind {
	if k == ui.KindRecording {
		return record.KindRecording
	}
	return record.KindPicture
}
