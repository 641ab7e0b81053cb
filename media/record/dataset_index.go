package record

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handlens/media/atomicfile"
)

// index brings samples.tsv, data.yaml and annotations.json up to date with the pictures that are
// there, and returns how many there are. Only pictures and labels that are new or changed are read;
// the others go from file to file line by line.
func (d Dataset) index(classes []string) (int, error) {
	there, err := d.pictures()
	if err != nil {
		return 0, err
	}
	var last sample
	lines := make(map[string]indexEntry, len(there))
	n := 0
	size, err := d.samples(func(s sample) error {
		if s.valid() {
			lines[s.name] = indexEntry{line: n, id: s.id, changed: s.changed}
			last.id, last.last = max(last.id, s.id), max(last.last, s.last)
		}
		n++
		return nil
	})
	if err != nil {
		return 0, err
	}
	maps.DeleteFunc(lines, func(name string, _ indexEntry) bool { return !there[name] })
	if err := d.append(d.stale(there, lines), lines, n, last, classes); err != nil {
		d.cutSamples(size)
		return 0, err
	}
	if err := d.writeSplit(lines, classes); err != nil {
		d.cutSamples(size)
		return 0, err
	}
	list := func(w io.Writer) error { return d.writeCOCO(w, lines, classes) }
	if err := atomicfile.Replace(filepath.Join(d.Dir, cocoFile), 0o644, list); err != nil {
		d.cutSamples(size)
		return 0, err
	}
	return len(lines), nil
}

// pictures lists the files in images.
func (d Dataset) pictures() (map[string]bool, error) {
	entries, err := os.ReadDir(filepath.Join(d.Dir, imagesFolder))
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg":
			if e.Type().IsRegular() && e.Name()[0] != '.' &&
				!strings.ContainsAny(e.Name(), "\t\n") {
				names[e.Name()] = true
			}
		}
	}
	return names, nil
}

// stale lists the pictures whose line is missing or out of date.
func (d Dataset) stale(there map[string]bool, lines map[string]indexEntry) []string {
	var names []string
	for name := range there {
		if k, ok := lines[name]; !ok || k.changed != d.changed(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// changed says when a picture and its labels were changed last; zero for what is not there.
func (d Dataset) changed(name string) (at [2]int64) {
	for i, path := range []string{filepath.Join(d.Dir, imagesFolder, name), d.labelsOf(name)} {
		if st, err := os.Lstat(path); err == nil {
			at[i] = st.ModTime().UnixNano()
		}
	}
	return at
}

// labelsOf is the file with a picture's labels.
func (d Dataset) labelsOf(name string) string {
	return filepath.Join(d.Dir, labelsFolder,
		strings.TrimSuffix(name, filepath.Ext(name))+labelSuffix)
}
