package desktop

import (
	"path/filepath"

	"handlens/media/record"
	"handlens/ui"
)

// What was taken is shown as it lies in the folders.
var _ ui.Library = (*record.Library)(nil)

// openLibrary opens what was taken; nil where no folder for it is known.
func openLibrary(dataDir string) ui.Library {
	pictures, err := record.PicturesDir()
	if err != nil {
		return nil
	}
	videos, err := record.VideosDir()
	if err != nil {
		return nil
	}
	return record.OpenLibrary(pictures, videos, filepath.Join(dataDir, "trash"))
}
