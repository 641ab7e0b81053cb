package record

import (
	"image"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Saved says where the two files of a snapshot are.
type Saved struct {
	// Annotated has the boxes burnt in, Clean is the picture as the camera sent it.
	Annotated, Clean string
}

// maxPhone bounds a phone's name in the files' names, in characters.
const maxPhone = 40

// SaveSnapshot writes both pictures of a snapshot, taken at that time, into a folder: "Handlens 2026-01-02 15-04-05 annotated.png" and the same
// with "clean"; when the phone has a name it stands before the last word. Both files are there or none. Times are local,
// with no colons, which Windows does not allow.
func SaveSnapshot(dir string, at time.Time, name string, annotated, clean image.Image) (Saved, error) {
	base := folderName + " " + at.Format("2006-01-02 15-04-05")
	if name = strings.TrimSpace(name); name != "" {
		if utf8.RuneCountInString(name) > maxPhone {
			name = string([]rune(name)[:maxPhone])
		}
		base += " " + name
	}
	var saved Saved
	var err error
	if saved.Annotated, err = SavePNG(dir, base+" annotated", annotated); err != nil {
		return Saved{}, err
	}
	if saved.Clean, err = SavePNG(dir, base+" clean", clean); err != nil {
		os.Remove(saved.Annotated)
		return Saved{}, err
	}
	return saved, nil
}
