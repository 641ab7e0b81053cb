package record

import (
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// Label is an object in a picture of a data set.
type Label struct {
	// Class is the model's index, Name its name: within a data set names decide, so that models may
	// change. Without a name there is only the index.
	Class int
	Name  string
	// X1, Y1, X2 and Y2 are the box, 0..1 from the left and from the top.
	X1, Y1, X2, Y2 float32
	// Corners are x and y of the four corners of a rotated box, in order around it, in the same
	// coordinates; nil for an upright one.
	Corners [][2]float32
}

// Dataset is a folder of pictures with labels for training a detector, in YOLO's form and in
// COCO's:
//
//	images/NAME.png    the pictures as the camera sent them
//	labels/NAME.txt    a line for each object: class, middle x, middle y, width, height, all but
//	                   the class 0..1; with rotated boxes the class and x, y of the four corners
//	                   instead (YOLO-OBB)
//	classes.txt        the classes' names, the first of which is class 0
//	data.yaml          what YOLO's training is started with
//	split-train.txt    the pictures to train with, and those to validate with, which were taken
//	split-val.txt      later: see splitByTime
//	annotations.json   the same in COCO's form: classes count from 1, boxes are in pixels
//	samples.tsv        what annotations.json is made from, a line for each picture
//
// Pictures that are taken out of images, or put there with labels, and labels that are corrected,
// are so in annotations.json from the next addition on. A class keeps its number as long as its
// line in classes.txt stays. Any goroutine may use it; the zero value has no folder and is of no
// use.
type Dataset struct{ Dir string }

// ErrForeign says that a folder holds a data set of someone else.
var ErrForeign = errors.New("it holds a data set that was not made by Handlens: rename that " +
	"folder, and a new one is made")

// The names in a data set's folder.
const (
	datasetFolder  = "Dataset"
	imagesFolder   = "images"
	labelsFolder   = "labels"
	classesFile    = "classes.txt"
	yamlFile       = "data.yaml"
	cocoFile       = "annotations.json"
	samplesFile    = "samples.tsv"
	labelSuffix    = ".txt"
	maxClassesFile = 1 << 20 // bytes that are read of a list of classes
)

// DatasetIn returns the data set that belongs to a folder of pictures. It is made with the first
// addition.
func DatasetIn(
	pictures string,
) Dataset {
	return Dataset{Dir: filepath.Join(pictures, datasetFolder)}
}

// How long an addition waits for another Handlens.
const (
	datasetLock      = "dataset"
	datasetLockTries = 50
	datasetLockPause = 100 * time.Millisecond
)

// datasets lets one addition be made at a time.
var datasets sync.Mutex

// Add saves a picture, taken at that time by that phone ("" for one without a name), with its
// labels, and brings the lists up to date. No labels mean that there is nothing to be found in it.
// When it fails, nothing of the picture is left. Errors are one sentence; see [ErrFull],
// [ErrReadOnly], [ErrForeign].
func (d Dataset) Add(at time.Time, phone string, clean image.Image, labels []Label) (Saved, error) {
	if err := checkPicture(clean); err != nil {
		return Saved{}, err
	}
	datasets.Lock()
	defer datasets.Unlock()
	for _, dir := range []string{imagesFolder, labelsFolder} {
		if err := os.MkdirAll(filepath.Join(d.Dir, dir), 0o755); err != nil {
			return Saved{}, explain(d.Dir, err)
		}
	}
	release, err := d.lock()
	if err != nil {
		return Saved{}, explain(d.Dir, err)
	}
	defer release()
	if err := d.check(); err != nil {
		return Saved{}, fmt.Errorf("a picture could not be saved in %s: %w", d.Dir, err)
	}
	classes, err := d.addClasses(labels)
	if err != nil {
		return Saved{}, explain(d.Dir, err)
	}
	// The labels first: a picture without a file of them says that there is nothing in it.
	paths, err := saveTogether(d.Dir, takenName(at, phone), []newFile{
		inFolder(labelsFolder, bytesFile(labelSuffix, yoloLines(classes, labels))),
		inFolder(imagesFolder, pictureFile(".png", clean)),
	})
	if err != nil {
		return Saved{}, err
	}
	count, err := d.index(classes)
	if err != nil {
		removeAll([]string{paths[1], paths[0]})
		return Saved{}, explain(d.Dir, err)
	}
	return Saved{Clean: paths[1], Data: paths[0], Folder: d.Dir, Count: count}, nil
}

// lock waits until no other Handlens adds to the data set, and keeps it from doing so until release
// is called.
func (d Dataset) lock() (release func(), err error) {
	for range datasetLockTries {
		var h *nameLock
		if h, err = lockName(d.Dir, datasetLock); err == nil {
			return h.release, nil
		}
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		time.Sleep(datasetLockPause)
	}
	return nil, errors.New("another Handlens has been adding to it for too long")
}

func inFolder(folder string, p newFile) newFile {
	p.folder = folder
	return p
}

// check says whether the folder may be added to.
func (d Dataset) check() error {
	switch ours, err := d.ours(); {
	case err != nil:
		return err
	case !ours:
		return ErrForeign
	}
	if _, err := os.Stat(filepath.Join(d.Dir, classesFile)); errors.Is(err, fs.ErrNotExist) {
		if some, err := os.Open(filepath.Join(d.Dir, labelsFolder)); err == nil {
			defer some.Close()
			if names, _ := some.Readdirnames(1); len(names) > 0 {
				return fmt.Errorf(
					"%s is missing, without which the labels there mean nothing: put it back, or "+
						"rename that folder", classesFile)
			}
		}
	}
	return nil
}

// ours says whether the lists in the folder, which an addition changes, are of our making, or there
// are none yet. The user may have removed some of them, to have them made once more.
func (d Dataset) ours() (bool, error) {
	begin, err := readStart(filepath.Join(d.Dir, cocoFile), len(cocoBegin))
	if !errors.Is(err, fs.ErrNotExist) {
		return string(begin) == cocoBegin, err
	}
	begin, err = readStart(filepath.Join(d.Dir, yamlFile), len(yamlBegin))
	if err == nil && string(begin) == yamlBegin {
		return true, nil
	}
	marked := false // by a line that only we write
	size, err := d.samples(func(sample) error { marked = true; return nil })
	if marked || err != nil {
		return marked, err
	}
	_, noClasses := os.Stat(filepath.Join(d.Dir, classesFile))
	return size == 0 && errors.Is(noClasses, fs.ErrNotExist), nil
}

// addClasses returns the names of the data set's classes after those of the labels were added, and
// brings the file that lists them up to date.
func (d Dataset) addClasses(labels []Label) ([]string, error) {
	path := filepath.Join(d.Dir, classesFile)
	classes, err := readClasses(path)
	if err != nil {
		return nil, err
	}
	known := len(classes)
	for _, l := range labels {
		if name := l.name(); !slices.Contains(classes, name) {
			classes = append(classes, name)
		}
	}
	_, missing := os.Stat(path)
	if len(classes) > known || missing != nil {
		text := strings.Join(classes, "\n")
		if len(classes) > 0 {
			text += "\n"
		}
		if err := atomicfile.Replace(path, 0o644, atomicfile.Bytes([]byte(text))); err != nil {
			return nil, err
		}
	}
	return classes, nil
}

// readClasses reads one name a line; none when there is no such file.
func readClasses(path string) ([]string, error) {
	text, err := inputfile.Read(path, maxClassesFile)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(text) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	classes := strings.Split(strings.TrimRight(string(text), "\r\n"), "\n")
	for i, c := range classes {
		classes[i] = strings.TrimSpace(c)
	}
	return classes, nil
}

// name is what a label's class is called in the list: one line, never nothing.
func (l Label) name() string {
	if name := strings.Join(strings.Fields(l.Name), " "); name != "" {
		return name
	}
	return fmt.Sprintf("class %d", l.Class)
}

// readStart reads up to so many bytes of a file.
func readStart(path string, limit int) ([]byte, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(limit)))
}
