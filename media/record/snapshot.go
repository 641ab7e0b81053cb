package record

import (
	"encoding/json"
	"fmt"
	"image"
	"strings"
	"time"
	"unicode/utf8"

	"handlens/media/atomicfile"
)

// Saved says where the files of a snapshot are.
type Saved struct {
	// Annotated has the boxes burnt in, Clean is the picture as the camera sent it, Data is what
	// was seen, as JSON. Of a burst they are those of its first picture. "" for what was not saved.
	Annotated, Clean, Data string
	// Folder is a burst's or a data set's; "" for one snapshot.
	Folder string
	// Count is how many pictures a burst has, or a data set has now; 1 for one snapshot.
	Count int
}

// Seen is what stands in the data of a snapshot.
type Seen struct {
	Time  time.Time `json:"time"`
	Phone string    `json:"phone,omitempty"`
	// Rule is what the rule is called that had it taken; "" for none.
	Rule   string `json:"rule,omitempty"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Model  string `json:"model,omitempty"`
	// Detections are whatever the caller makes of them; nil is written as an empty list.
	Detections any `json:"detections"`
}

// maxPhone bounds a phone's name in the files' names, in characters.
const maxPhone = 40

// What the names of one picture's files end in.
const (
	annotatedSuffix = " annotated.png"
	cleanSuffix     = " clean.png"
	dataSuffix      = ".json"
)

// SaveSnapshot writes a snapshot, taken at that time, into a folder: "Handlens 2026-01-02 15-04-05
// annotated.png", the same with "clean", and "Handlens 2026-01-02 15-04-05.json" with what was
// seen, usually a [Seen]; nil for no such file. When the phone has a name it stands after the time.
// All files are there or none. Times are local, with no colons, which Windows does not allow.
func SaveSnapshot(dir string, at time.Time, name string, annotated, clean image.Image,
	seen any,
) (Saved, error) {
	return saveImages(dir, takenName(at, name), annotated, clean, seen)
}

// takenForm is how a picture's name says when it was taken, by the local clock.
const takenForm = "2006-01-02 15-04-05"

// takenName is what is called by the time it was taken at and the phone.
func takenName(at time.Time, phone string) string {
	base := folderName + " " + at.Format(takenForm)
	if phone = strings.TrimSpace(phone); phone != "" {
		if utf8.RuneCountInString(phone) > maxPhone {
			phone = string([]rune(phone)[:maxPhone])
		}
		base += " " + phone
	}
	return base
}

// saveImages writes the files of one picture.
func saveImages(dir, base string, annotated, clean image.Image, seen any) (Saved, error) {
	pieces := []newFile{pictureFile(annotatedSuffix, annotated), pictureFile(cleanSuffix, clean)}
	if seen != nil {
		data, err := marshal(seen)
		if err != nil {
			return Saved{}, err
		}
		pieces = append(pieces, bytesFile(dataSuffix, data))
	}
	paths, err := saveTogether(dir, base, pieces)
	if err != nil {
		return Saved{}, err
	}
	saved := Saved{Annotated: paths[0], Clean: paths[1], Count: 1}
	if seen != nil {
		saved.Data = paths[2]
	}
	return saved, nil
}

// marshal writes what was seen as JSON for people and programs.
func marshal(seen any) ([]byte, error) {
	if s, ok := seen.(Seen); ok && s.Detections == nil {
		s.Detections = []any{}
		seen = s
	}
	data, err := json.MarshalIndent(seen, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("what was seen cannot be written as JSON: %w", err)
	}
	return append(data, '\n'), nil
}

// bytesFile is a file of those bytes.
func bytesFile(suffix string, data []byte) newFile {
	return newFile{suffix: suffix, write: atomicfile.Bytes(data)}
}
