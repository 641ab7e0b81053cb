package record

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handlens/media/atomicfile"
)

// The lists of pictures that data.yaml names: one file a line, as seen from where the list lies.
const (
	trainFile = "split-train.txt"
	valFile   = "split-val.txt"
)

const (
	// valShare is about which share of the pictures is for validation, and mostVal which is too
	// many.
	valShare, mostVal = 0.2, 0.5
	// apart is how long after the one before a picture shows something else: a camera that looks
	// at the same thing twice in a minute has taken the same picture twice.
	apart = time.Minute
)

// split says which pictures of a data set are for training and which for validation: those that
// were taken first, and those that were taken last, with a pause in between. Neighbours in time
// show nearly the same, so a split among them would only measure what was learnt by heart.
type split struct {
	train, val []string
	from       time.Time // when the first one for validation was taken
}

// splitByTime finds the pause after which about a fifth of the pictures were taken. Without any
// pause there is no split, and all pictures are for training.
func splitByTime(lines map[string]indexEntry) split {
	type picture struct {
		name string
		at   time.Time
	}
	all := make([]picture, 0, len(lines))
	for name, entry := range lines {
		all = append(all, picture{name, pictureTaken(name, entry)})
	}
	slices.SortFunc(all, func(a, b picture) int {
		return cmp.Or(a.at.Compare(b.at), strings.Compare(a.name, b.name))
	})
	first, off := 0, math.Inf(1)
	for i := 1; i < len(all); i++ {
		share := float64(len(all)-i) / float64(len(all))
		if all[i].at.Sub(all[i-1].at) >= apart && share <= mostVal &&
			math.Abs(share-valShare) < off {
			first, off = i, math.Abs(share-valShare)
		}
	}
	var s split
	for i, p := range all {
		if first > 0 && i >= first {
			s.val = append(s.val, p.name)
		} else {
			s.train = append(s.train, p.name)
		}
	}
	if first > 0 {
		s.from = all[first].at
	}
	return s
}

// pictureTaken is when a picture was taken: as its name says, if it is one of ours, else when its
// file was changed.
func pictureTaken(name string, entry indexEntry) time.Time {
	if rest, ours := strings.CutPrefix(name, folderName+" "); ours && len(rest) >= len(takenForm) {
		if at, err := time.ParseInLocation(takenForm, rest[:len(takenForm)],
			time.Local); err == nil {
			return at
		}
	}
	return time.Unix(0, entry.changed[0])
}

// yaml is the part of data.yaml that says where the pictures are.
func (s split) yaml() string {
	if len(s.val) == 0 {
		return fmt.Sprintf("# There is no split: the pictures are too few, or too near to each "+
			"other in time. So val is\n# train itself, and its figures say nothing about other "+
			"pictures.\ntrain: %s\nval: %s\n", imagesFolder, imagesFolder)
	}
	return fmt.Sprintf("# The split is by time: train has the first %d pictures, val the %d from "+
		"%s on.\ntrain: %s\nval: %s\n", len(s.train), len(s.val), s.from.Format(time.DateTime),
		trainFile, valFile)
}

// writeSplit brings data.yaml up to date, and the lists that it names. The user's own is left
// alone.
func (d Dataset) writeSplit(lines map[string]indexEntry, classes []string) error {
	s := splitByTime(lines)
	if own, err := d.ownYAML(); own || err != nil {
		return err
	}
	for name, pictures := range map[string][]string{trainFile: s.train, valFile: s.val} {
		path := filepath.Join(d.Dir, name)
		if len(s.val) == 0 {
			_ = os.Remove(path) // nothing names it any more
			continue
		}
		var b bytes.Buffer
		for _, picture := range pictures {
			fmt.Fprintf(&b, "./%s/%s\n", imagesFolder, picture)
		}
		if err := atomicfile.Replace(path, 0o644, atomicfile.Bytes(b.Bytes())); err != nil {
			return err
		}
	}
	return d.writeYAML(s, classes)
}
