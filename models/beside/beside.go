// Package beside finds what lies beside a model's file and says more about it. It imports nothing
// of the program but how to open files.
package beside

import (
	"os"
	"path/filepath"
	"strings"

	"handlens/media/inputfile"
)

// maxNames bounds a file of class names, in bytes.
const maxNames = 1 << 20

// named are the endings of files of class names that are called as the model is, and common are the
// names of those that belong to any model of their folder, the most telling ones first.
var (
	named = []string{
		".labels", ".names", ".txt", ".yaml", ".yml", "_labels.txt", "_classes.txt", "-labels.txt",
		"-classes.txt", ".pbtxt",
	}
	common = []string{
		"labels.txt", "classes.txt", "class_names.txt", "names.txt", "labelmap.txt", "obj.names",
		"data.yaml", "data.yml", "dataset.yaml", "metadata.yaml", "coco.names", "labels.json",
		"classes.json", "class_names.json", "id2label.json", "labelmap.pbtxt", "label_map.pbtxt",
		"config.json",
	}
)

// Names returns the file of class names that lies beside a model, by its name, and its text; ""
// when there is none. Whether its names are those of the model's classes is not known here.
func Names(model string) (file, text string) {
	entries, err := os.ReadDir(filepath.Dir(model))
	if err != nil {
		return "", ""
	}
	there := make(map[string]string, len(entries))
	lonely := "" // the only file that ends in .names
	for _, e := range entries {
		lower := strings.ToLower(e.Name())
		there[lower] = e.Name()
		if strings.HasSuffix(lower, ".names") {
			if lonely == "" {
				lonely = lower
			} else {
				lonely = "-"
			}
		}
	}
	base := strings.ToLower(filepath.Base(model))
	base = strings.TrimSuffix(base, filepath.Ext(base))
	var wanted []string
	for _, ending := range named {
		wanted = append(wanted, base+ending)
	}
	for _, name := range append(append(wanted, common...), lonely) {
		file, ok := there[name]
		if !ok || strings.EqualFold(file, filepath.Base(model)) {
			continue
		}
		data, err := inputfile.Read(filepath.Join(filepath.Dir(model), file), maxNames)
		if text := string(data); err == nil && names(name, text) {
			return file, text
		}
	}
	return "", ""
}

// names tells whether a file of that name has class names in it: tables of settings often have
// none.
func names(file, text string) bool {
	switch filepath.Ext(file) {
	case ".yaml", ".yml":
		return strings.HasPrefix(text, "names:") || strings.Contains(text, "\nnames:")
	case ".json":
		return file != "config.json" || strings.Contains(text, `"id2label"`)
	}
	return strings.TrimSpace(text) != ""
}
