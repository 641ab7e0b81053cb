package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handlens/media/inputfile"
	"handlens/models/sniff"
)

// Model is an Entry with the place where it is installed.
type Model struct {
	Entry
	// Path is the ONNX file; empty while the model is not installed, and for the starter, which is
	// no file.
	Path string
	// Data is the starter's ONNX file in memory, nil for every other model. It must not be changed.
	Data []byte
	// Shipped says that the model came with the program and does not lie in the user's store.
	Shipped bool
}

// Installed says whether the model is on this machine.
func (m Model) Installed() bool { return m.Path != "" || m.Data != nil }

// Store finds, fetches and removes models. See the package comment for who may use it.
type Store struct {
	dir     string
	shipped []string
	entries []Entry
	client  *http.Client
	stall   time.Duration
	// holds one token while the folder is being changed: a mutex whose wait a context can end
	writing chan struct{}
}

// Open returns the store in that folder, which need not exist: it is made when the first model is
// put in.
func Open(dir string) (*Store, error) {
	entries, err := catalogue()
	if err != nil {
		return nil, err
	}
	entries = append(slices.Clip(entries), starter().Entry)
	if dir == "" {
		return nil, errors.New("the store of models needs a folder")
	}
	return &Store{
		dir: dir, shipped: besideProgram(), entries: entries,
		client: newClient(), stall: stallTimeout, writing: make(chan struct{}, 1),
	}, nil
}

// Dir returns the folder that Get and Add write to.
func (s *Store) Dir() string { return s.dir }

// besideProgram returns the folders in which a packager may put models: "models" beside the
// executable, and in the resources of a macOS bundle.
func besideProgram() []string {
	exe, err := os.Executable()
	if err != nil {
		return nil // then there is none to be found
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		exe = real
	}
	return []string{
		filepath.Join(filepath.Dir(exe), "models"),
		filepath.Join(filepath.Dir(exe), "..", "Resources", "models"),
	}
}

// Find returns the model that the user means: a path (it ends in .onnx or has a separator in it) is
// taken as it is, anything else is a name from the catalogue or of an added model or Starter, and
// "" is Default. Errors are sentences that wrap ErrUnknown, ErrNotInstalled, ErrDamaged, or
// fs.ErrNotExist for a path where nothing is.
func (s *Store) Find(nameOrFile string) (Model, error) {
	if nameOrFile == "" {
		return s.Default(), nil
	}
	if looksLikePath(nameOrFile) {
		return File(nameOrFile)
	}
	name := strings.ToLower(nameOrFile)
	if m, err := s.installed(name); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	if e, ok := s.entry(name); ok {
		return Model{Entry: e}, notInstalled(e)
	}
	if _, err := os.Stat(nameOrFile); err == nil {
		return File(nameOrFile) // best.pt, or a folder: what opens it says what it is
	}
	return Model{}, s.unknown(nameOrFile)
}

func notInstalled(e Entry) error {
	return &Fault{Code: NotInstalled, Name: e.Name, Size: e.Size, License: e.License}
}

// Default returns the best model that is here: the first of the catalogue's that is installed, else
// the first of the user's own by name, else the starter. A damaged file counts as not installed.
func (s *Store) Default() Model {
	for _, e := range s.entries {
		if m, err := s.installed(e.Name); err == nil && e.Name != Starter {
			return m
		}
	}
	for _, name := range s.added() {
		if m, err := s.installed(name); err == nil {
			return m
		}
	}
	return starter()
}

// Recommended returns the catalogue's first model: what is advised to get in the starter's place.
func (s *Store) Recommended() Entry { return s.entries[0] }

// List returns the catalogue's models, installed or not, in its order, the starter, and then the
// user's own by name. A damaged file counts as not installed.
func (s *Store) List() []Model {
	var all []Model
	for _, e := range s.entries {
		m, err := s.installed(e.Name)
		if err != nil {
			m = Model{Entry: e}
		}
		all = append(all, m)
	}
	for _, name := range s.added() {
		if m, err := s.installed(name); err == nil {
			all = append(all, m)
		}
	}
	return all
}

// entry returns the catalogue's entry of that name.
func (s *Store) entry(name string) (Entry, bool) {
	i := slices.IndexFunc(s.entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return s.entries[i], true
}

// installed looks for NAME.onnx, or NAME/NAME.onnx for a model of several files, in the user's
// folder and then in the shipped ones.
func (s *Store) installed(name string) (Model, error) {
	if !nameForm.MatchString(name) {
		return Model{}, fs.ErrNotExist
	}
	if name == Starter {
		return starter(), nil
	}
	for i, dir := range append([]string{s.dir}, s.shipped...) {
		path, info := modelIn(dir, name)
		if info == nil {
			continue
		}
		e, known := s.entry(name)
		if known && info.Size() != e.Size {
			return Model{Entry: e}, &Fault{
				Code: Damaged, Name: name, Path: path, Size: e.Size, Got: info.Size(),
			}
		}
		if !known {
			e = readNote(path)
			// The note of a model of several files has the size of all.
			e.Name, e.Size = name, max(e.Size, info.Size())
		}
		return Model{Entry: e, Path: path, Shipped: i > 0}, nil
	}
	return Model{}, fs.ErrNotExist
}

// modelIn returns where the model of that name lies in a folder; nil if it does not.
func modelIn(dir, name string) (string, fs.FileInfo) {
	for _, path := range []string{
		filepath.Join(dir, name+".onnx"), filepath.Join(dir, name, name+".onnx"),
	} {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, info
		}
	}
	return "", nil
}

// added returns the names of installed models that the catalogue does not have, sorted.
func (s *Store) added() []string {
	var names []string
	for _, dir := range append([]string{s.dir}, s.shipped...) {
		files, _ := os.ReadDir(dir) // a folder that is not there holds no models
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name(), ".onnx")
			if f.IsDir() {
				_, info := modelIn(dir, name)
				ok = info != nil
			}
			if _, known := s.entry(name); ok && !known && nameForm.MatchString(name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// readNote reads what Add wrote down beside the file; nothing when there is nothing.
func readNote(path string) Entry {
	var e Entry
	if info, err := os.Stat(notePath(path)); err != nil || !info.Mode().IsRegular() {
		return Entry{}
	}
	data, err := os.ReadFile(notePath(path))
	if err != nil || json.Unmarshal(data, &e) != nil {
		return Entry{}
	}
	return e
}

// notePath is where the checksum of an added model is kept.
func notePath(onnx string) string { return strings.TrimSuffix(onnx, ".onnx") + ".json" }

func looksLikePath(s string) bool {
	return strings.ContainsRune(s, '/') || strings.ContainsRune(s, os.PathSeparator) ||
		strings.HasSuffix(strings.ToLower(s), ".onnx")
}

// statModel returns the size of a model file that the user named.
func statModel(path string) (int64, error) {
	info, err := inputfile.Stat(path)
	if folder, statErr := os.Stat(path); statErr == nil && folder.IsDir() {
		_, err := sniff.File(path) // which says what is in it
		return 0, err
	}
	reason, _ := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, &Fault{Code: NoFile, Path: path}
	case errors.Is(err, inputfile.ErrNotFile):
		return 0, &Fault{Code: NotAFile, Path: path, Err: reason.Err}
	case err != nil:
		return 0, fmt.Errorf("looking at the model file: %w", err)
	}
	return info.Size(), nil
}

// File is the model in a file, which is not looked into.
func File(path string) (Model, error) {
	size, err := statModel(path)
	if err != nil {
		return Model{}, err
	}
	name := filepath.Base(path)
	return Model{Entry: Entry{
		Name: strings.TrimSuffix(name, filepath.Ext(name)),
		Size: size,
	}, Path: path}, nil
}
