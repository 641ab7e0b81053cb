package sniff

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handlens/media/inputfile"
)

// File checks a model's file as [Check] does, and that the files with its weights are there and
// long enough. It returns their names from the model's folder, in the order of the alphabet.
func File(path string) ([]string, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, folder(path)
	}
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	external, err := Check(f, info.Size(), path)
	if err != nil || len(external) == 0 {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("looking for the model's weights: %w", err)
	}
	defer root.Close()
	var names []string
	for _, e := range external {
		if err := e.check(root); err != nil {
			return nil, err
		}
		names = append(names, e.Location)
	}
	slices.Sort(names)
	return names, nil
}

// check says what is wrong with the file in the model's folder.
func (e External) check(root *os.Root) error {
	name := filepath.FromSlash(e.Location)
	if !filepath.IsLocal(name) {
		return &Refusal{Code: DataOutside, File: e.Location}
	}
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.Mode().IsRegular():
		return &Refusal{Code: DataMissing, File: e.Location}
	case err != nil:
		return &Refusal{Code: DataOutside, File: e.Location} // a link leads out of the folder
	case info.Size() < e.Size:
		return &Refusal{Code: DataShort, File: e.Location}
	}
	return nil
}

// OpenAll opens a model's file and then those with its weights, as one: for a checksum of all that
// makes the model. A model of one file has that file's own checksum.
func OpenAll(path string) (io.ReadCloser, error) {
	names, err := File(path)
	if err != nil {
		// It cannot be opened as a model either, and whoever tries says why.
		return inputfile.Open(path)
	}
	all := &files{}
	for _, name := range append([]string{filepath.Base(path)}, names...) {
		f, err := inputfile.Open(filepath.Join(filepath.Dir(path), filepath.FromSlash(name)))
		if err != nil {
			all.Close()
			return nil, err
		}
		all.open = append(all.open, f)
	}
	var readers []io.Reader
	for _, f := range all.open {
		readers = append(readers, f)
	}
	all.Reader = io.MultiReader(readers...)
	return all, nil
}

type files struct {
	io.Reader
	open []*os.File
}

// Close implements io.Closer.
func (f *files) Close() error {
	var errs []error
	for _, one := range f.open {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}

// folder says what a folder is that was taken for a model.
func folder(dir string) *Refusal {
	if r, ok := byEnding[strings.ToLower(filepath.Ext(dir))]; ok {
		return &r
	}
	entries, _ := os.ReadDir(dir) // an unreadable one is a folder all the same
	byExt := make(map[string]string)
	for _, e := range entries {
		if e.Name() == "saved_model.pb" {
			return &savedModel
		}
		ext := strings.ToLower(filepath.Ext(e.Name()))
		byExt[ext] = cmp.Or(byExt[ext], e.Name())
	}
	switch {
	case byExt[".onnx"] != "":
		return &Refusal{Code: Folder, File: filepath.Join(dir, byExt[".onnx"])}
	case byExt[".param"] != "" && byExt[".bin"] != "":
		return &ncnn
	case byExt[".xml"] != "" && byExt[".bin"] != "":
		return &openVINO
	case byExt[".pdmodel"] != "" || byExt[".pdiparams"] != "":
		return &paddle
	}
	return &Refusal{Code: PlainFolder}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
