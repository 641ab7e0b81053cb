package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"handlens/inference/coco"
	"handlens/media/inputfile"
)

// labelled is a folder of pictures with their annotations.
type labelled struct {
	truth   *coco.Truth
	path    map[int64]string // of each picture, by its number
	missing int              // pictures of the annotations that are not there
}

// openLabelled reads the annotations and finds those of their pictures that are there.
func openLabelled(folder, annotations string) (*labelled, error) {
	if info, err := os.Stat(folder); err != nil {
		return nil, plainFileError(folder, err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", folder)
	}
	if annotations == "" {
		var err error
		if annotations, err = findAnnotations(folder); err != nil {
			return nil, err
		}
	}
	f, err := inputfile.Open(annotations)
	if err != nil {
		return nil, plainFileError(annotations, err)
	}
	defer f.Close()
	truth, err := coco.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s %w", annotations, err)
	}
	l := &labelled{truth: truth, path: map[int64]string{}}
	places, err := foldersIn(folder)
	if err != nil {
		return nil, err
	}
	var there []coco.Image
	for _, im := range truth.Images {
		if path := findPicture(places, im.File); path != "" {
			l.path[im.ID] = path
			there = append(there, im)
		}
	}
	if len(there) == 0 {
		return nil,
			fmt.Errorf("none of the %d pictures that %s names are in %s (the first is %s)",
				len(truth.Images), annotations, folder, truth.Images[0].File)
	}
	l.missing = len(truth.Images) - len(there)
	truth.Images = there
	return l, nil
}

// foldersIn returns the folder and those directly in it.
func foldersIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, plainFileError(folder, err)
	}
	places := []string{folder}
	for _, e := range entries {
		if e.IsDir() {
			places = append(places, filepath.Join(folder, e.Name()))
		}
	}
	return places, nil
}

// findPicture finds a picture by its name in the annotations, which must not lead out of the
// folders.
func findPicture(places []string, name string) string {
	if name = filepath.FromSlash(name); !filepath.IsLocal(name) {
		return ""
	}
	for _, dir := range places {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}

// findAnnotations searches the folder, its "annotations", and the same two places beside it. Among
// several files it prefers those that are named as COCO names its own.
func findAnnotations(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for _, dir := range []string{
		folder, filepath.Join(folder, "annotations"), filepath.Dir(folder),
		filepath.Join(filepath.Dir(folder), "annotations"),
	} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // a folder that cannot be read has nothing to offer
		}
		all, named := annotationFiles(dir, entries)
		if len(named) > 0 {
			all = named
		}
		switch {
		case len(all) == 1:
			return all[0], nil
		case len(all) > 1:
			return "", fmt.Errorf("which annotations? There are %s and %s; name one with "+
				"--annotations", all[0], all[1])
		}
	}
	return "", fmt.Errorf("%s: there is no annotation file (*.json) in this folder or beside "+
		"it; name one with --annotations", folder)
}

func annotationFiles(dir string, entries []fs.DirEntry) (all, named []string) {
	for _, e := range entries {
		if e.IsDir() || !strings.EqualFold(filepath.Ext(e.Name()), ".json") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		all = append(all, path)
		if strings.HasPrefix(e.Name(), "instances") {
			named = append(named, path)
		}
	}
	return all, named
}

// accuracyResult is what accuracy writes.
type accuracyResult struct {
	Folder   string          `json:"folder"`
	Pictures int             `json:"pictures"`
	Models   []modelAccuracy `json:"models"`
}

// modelAccuracy is that of one model.
type modelAccuracy struct {
	Model    string    `json:"model"`
	Family   string    `json:"family"`
	Provider string    `json:"provider"`
	Input    benchSize `json:"input"`
	coco.Evaluation
}

func (r accuracyResult) write(w io.Writer, o *accuracyFlags) error {
	if o.asJSON {
		return writeJSON(w, r)
	}
	if len(r.Models) == 0 {
		return nil // why has been said
	}
	fmt.Fprintf(w, "%d pictures in %s\n\n", r.Pictures, r.Folder)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "model\tfamily\tinput\tAP\tAP50\tAP75\tsmall\tmedium\tlarge\tAR100\t")
	for _, m := range r.Models {
		fmt.Fprintf(table, "%s\t%s\t%d × %d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Model, m.Family,
			m.Input.Width, m.Input.Height,
			figure(m.AP), figure(m.AP50), figure(m.AP75), figure(m.APSmall), figure(m.APMedium),
			figure(m.APLarge), figure(m.AR100))
	}
	err := table.Flush()
	for _, m := range r.Models {
		if o.table {
			err = errors.Join(err, m.writeClasses(w))
		}
	}
	return err
}

func (m modelAccuracy) writeClasses(w io.Writer) error {
	fmt.Fprintf(w, "\n%s\n", m.Model)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "class\tobjects\tAP\tAP50\tAR100\t")
	for _, c := range m.Classes {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t\n", c.Name, c.Objects, figure(c.AP),
			figure(c.AP50), figure(c.AR100))
	}
	return table.Flush()
}

// figure writes a score to three places, and a dash where there was nothing to find.
func figure(s coco.Score) string { return orDash(s >= 0, "%.3f", float64(s)) }
