package record

import (
	"path/filepath"
	"regexp"
	"strings"
)

// What a file is within its item: the first that is there is the main one.
const (
	rankMain = iota
	rankUnfinished
	rankClean
	rankData
)

// part is what a file's name says: whose it is, what it ends in after that, and what it is.
type part struct {
	key, suffix string
	rank        int
}

// pageSuffix is what the name of a page about a recording ends in.
const pageSuffix = " report.html"

// suffixes are the endings by kind; of two that fit, the first counts. Without regard to case.
var suffixes = map[Kind][]part{
	KindPicture: {
		{suffix: annotatedSuffix, rank: rankMain},
		{suffix: cleanSuffix, rank: rankClean},
		{suffix: ".png", rank: rankMain},
		{suffix: ".jpg", rank: rankMain},
		{suffix: ".jpeg", rank: rankMain},
		{suffix: dataSuffix, rank: rankData},
	},
	KindRecording: {
		{suffix: ".part.mp4", rank: rankUnfinished},
		{suffix: ".clean.mkv", rank: rankClean},
		{suffix: ".mp4", rank: rankMain},
		{suffix: ".mkv", rank: rankMain},
		{suffix: ".webm", rank: rankMain},
		{suffix: ".mov", rank: rankMain},
		{suffix: ".part.jsonl", rank: rankData},
		{suffix: ".jsonl", rank: rankData},
		{suffix: ".coco.json", rank: rankData},
		{suffix: ".json", rank: rankData},
		{suffix: pageSuffix, rank: rankData},
		{suffix: " report.csv", rank: rankData},
		{suffix: " report.png", rank: rankData},
		{suffix: ".csv", rank: rankData},
	},
}

// numberedLast is how snapshots of one second were called before their files shared a number.
var numberedLast = regexp.MustCompile(`^(.+)( annotated| clean)( \([0-9]+\))(\.png)$`)

// classify says which item a file belongs to by its name; false for none.
func classify(kind Kind, name string) (part, bool) {
	if m := numberedLast.FindStringSubmatch(name); m != nil && kind == KindPicture {
		rank := rankMain
		if m[2]+m[4] == cleanSuffix {
			rank = rankClean
		}
		return part{key: m[1] + m[3], suffix: m[2] + m[4], rank: rank}, true
	}
	for _, s := range suffixes[kind] {
		cut := len(name) - len(s.suffix)
		if cut > 0 && strings.EqualFold(name[cut:], s.suffix) {
			return part{key: name[:cut], suffix: name[cut:], rank: s.rank}, true
		}
	}
	return part{}, false
}

// classifyPath does the same to a path.
func classifyPath(kind Kind, path string) (part,
	bool,
) {
	return classify(kind, filepath.Base(path))
}
