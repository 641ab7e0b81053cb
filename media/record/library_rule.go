package record

import (
	"encoding/json"
	"io"
	"os"
	"time"
)

// takenBy is what the data of an item said of the rule that had it taken, as long as the file was
// changed last at that time.
type takenBy struct {
	changed time.Time
	rule    string
}

// ruleOf is the rule that a file of data names, "" for none. It is read again only when it has
// changed.
func (l *Library) ruleOf(f file) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.rule[f.path]
	if !ok || !known.changed.Equal(f.info.ModTime()) {
		known = takenBy{changed: f.info.ModTime(), rule: readRule(f.path)}
		l.rule[f.path] = known
	}
	return known.rule
}

// maxDataHead is how much of a file of data is looked at.
const maxDataHead = 256 << 10

// readRule looks for "rule" in the first JSON object of a file: the data of a snapshot, or the
// first line of a recording's.
func readRule(path string) (rule string) {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	in := json.NewDecoder(io.LimitReader(f, maxDataHead))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return ""
	}
	for in.More() {
		key, err := in.Token()
		if err != nil || key == "detections" {
			return ""
		}
		if key == "rule" {
			if in.Decode(&rule) != nil {
				return ""
			}
			return rule
		}
		var other json.RawMessage
		if in.Decode(&other) != nil {
			return ""
		}
	}
	return ""
}
