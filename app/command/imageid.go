package command

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// imageIDs numbers the pictures and frames of a run for COCO, each differently. A picture has the
// number that is its name, as in COCO's own 000000000285.jpg, so that an evaluation finds it;
// unless another file of the run has the same one. All else has its index in the run, or the next
// number that is free.
type imageIDs struct {
	taken map[int64]int // how many files have that number as their name
	next  int64         // the least number that an index may be
}

// cocoName is the name of a picture of COCO without its ending: a number, which the files of 2014
// have something before.
var cocoName = regexp.MustCompile(`^(?:COCO_[a-z]+\d{4}_)?(\d+)$`)

// newImageIDs takes the files of the run.
func newImageIDs(paths []string) *imageIDs {
	ids := &imageIDs{taken: make(map[int64]int)}
	for _, path := range paths {
		if n, ok := numberIn(path); ok {
			ids.taken[n]++
		}
	}
	return ids
}

// pathsOf are the files that there are.
func pathsOf(all []input) []string {
	var paths []string
	for _, in := range all {
		if in.err == nil {
			paths = append(paths, in.path)
		}
	}
	return paths
}

// of is the number of the next picture or frame, which is the index-th of the run.
func (ids *imageIDs) of(path string, video bool, index int) int64 {
	if n, ok := numberIn(path); ok && !video && ids.taken[n] == 1 {
		return n
	}
	id := max(ids.next, int64(index))
	for ids.taken[id] > 0 {
		id++
	}
	ids.next = id + 1
	return id
}

// numberIn is the number that a file's name is.
func numberIn(path string) (int64, bool) {
	name := filepath.Base(path)
	found := cocoName.FindStringSubmatch(strings.TrimSuffix(name, filepath.Ext(name)))
	if found == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(found[1], 10, 53) // JSON's numbers are exact up to there
	return n, err == nil
}
