package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
	"handlens/models/beside"
	"handlens/models/sniff"
)

// Add copies a model file into the store, with the files of its weights and of its class names, and
// notes its checksum. A file that is byte for byte one of the catalogue's gets that entry's name,
// any other the file's own, in lower case. What is no ONNX model is refused (ErrNotONNX), and so is
// a name that another model has (ErrExists); adding the same file twice is no error.
func (s *Store) Add(file string) (Model, error) {
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	if _, err := statModel(file); err != nil {
		return Model{}, err
	}
	weights, err := sniff.File(file)
	if err != nil {
		return Model{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(weights) > 0 {
		return s.addParts(file, weights)
	}
	src, err := inputfile.Open(file)
	if err != nil {
		return Model{}, fmt.Errorf("opening the model file: %w", err)
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return Model{}, fmt.Errorf("opening the model file: %w", err)
	}
	temp, sum, err := s.copyIn(src, info.Size())
	if err != nil {
		return Model{}, err
	}
	defer os.Remove(temp) // does nothing once the file has its name
	return s.install(temp, sum, info.Size(), file)
}

// copyIn copies the file into the store's folder under a passing name and returns that and the
// checksum.
func (s *Store) copyIn(src io.Reader, size int64) (path, sum string, err error) {
	hash := sha256.New()
	path, err = s.writeTemp(io.TeeReader(src, hash), size)
	return path, hex.EncodeToString(hash.Sum(nil)), err
}

// writeTemp writes a file under a temporary name in the store's folder, which it makes when it is
// missing. After an error nothing is left.
func (s *Store) writeTemp(content io.Reader, size int64) (path string, err error) {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return "", s.writeError(err, size)
	}
	path, err = atomicfile.Write(s.dir, 0o644, func(w io.Writer) error {
		_, err := io.Copy(w, content)
		return err
	})
	if err != nil {
		return "", s.writeError(err, size)
	}
	return path, nil
}

// install gives the copied file its name.
func (s *Store) install(temp, sum string, size int64, file string) (Model, error) {
	base := filepath.Base(file)
	for _, e := range s.entries {
		if e.SHA256 == sum && e.Name == Starter {
			return starter(), nil
		}
		if e.SHA256 == sum {
			return s.publish(temp, e)
		}
	}
	e := Entry{Name: nameFrom(base), Size: size, SHA256: sum}
	if old, err := s.free(e, base); err != nil || old.Installed() {
		return old, err
	}
	note, err := noteOf(e, file)
	if err != nil {
		return Model{}, err
	}
	if err := s.putBeside(notePath(s.path(e.Name)), note); err != nil {
		return Model{}, err
	}
	if _, names := beside.Names(file); names != "" {
		if err := s.putBeside(namesPath(s.path(e.Name)), []byte(names)); err != nil {
			return Model{}, err
		}
	}
	return s.publish(temp, e)
}

// free says whether a model of that entry can get its name; base is that of its file. It returns
// the model that is there already when it is the same.
func (s *Store) free(e Entry, base string) (Model, error) {
	if !nameForm.MatchString(e.Name) {
		return Model{}, &Fault{Code: NoName, Path: base}
	}
	if _, taken := s.entry(e.Name); taken {
		return Model{}, &Fault{Code: Reserved, Name: e.Name}
	}
	old, err := s.installed(e.Name)
	if err != nil {
		return Model{}, nil //nolint:nilerr // nothing is there
	}
	if have, err := checksum(old.Path); err == nil && have == e.SHA256 {
		return old, nil
	}
	return Model{}, &Fault{Code: Taken, Name: e.Name}
}

// noteOf is what is kept of an added model beside its file, as JSON.
func noteOf(e Entry, file string) ([]byte, error) {
	note, err := json.MarshalIndent(struct {
		Entry
		Layout json.RawMessage `json:"layout,omitempty"`
	}{e, sidecarLayout(file)}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("noting the model's checksum: %w", err)
	}
	return append(note, '\n'), nil
}

// putBeside writes what belongs to a model beside its file, in one step.
func (s *Store) putBeside(path string, content []byte) error {
	temp, err := s.writeTemp(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return s.writeError(err, int64(len(content)))
	}
	return nil
}

// publish moves a finished file to the name of its entry, in one step.
func (s *Store) publish(temp string, e Entry) (Model, error) {
	path := s.path(e.Name)
	if err := os.Rename(temp, path); err != nil {
		return Model{}, s.writeError(err, e.Size)
	}
	return Model{Entry: e, Path: path}, nil
}

// path is where a model of that name lies in the user's store.
func (s *Store) path(name string) string { return filepath.Join(s.dir, name+".onnx") }

// Remove deletes a model from the store, with what was left of an unfinished download. One that was
// shipped with the program stays (ErrShipped).
func (s *Store) Remove(name string) error {
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	name = strings.ToLower(name)
	if !nameForm.MatchString(name) {
		return s.unknown(name)
	}
	path := s.path(name)
	found := false
	for _, p := range []string{
		path, notePath(path), namesPath(path), partPath(path), tagPath(path),
	} {
		switch err := os.Remove(p); {
		case err == nil:
			found = true
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("removing the model %s: %w", name, err)
		}
	}
	if removed, err := s.removeParts(name); err != nil || removed || found {
		return err
	}
	if m, err := s.installed(name); err == nil {
		return m.stays()
	}
	if e, ok := s.entry(name); ok {
		return &Fault{Code: NotThere, Name: e.Name}
	}
	return s.unknown(name)
}

// stays says why a model that came with the program is not removed.
func (m Model) stays() error {
	if m.Data != nil {
		return &Fault{Code: BuiltIn, Name: m.Name}
	}
	return &Fault{Code: Shipped, Name: m.Name, Path: m.Path}
}

// nameFrom makes a model's name of a file's.
func nameFrom(base string) string {
	name := strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base)))
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, name)
	name = strings.TrimLeft(name, ".-_")
	return name[:min(len(name), 64)]
}

// checksum returns the SHA-256 of a model's file, and of those of its weights after it, in
// hexadecimal digits.
func checksum(path string) (string, error) {
	f, err := sniff.OpenAll(path)
	if err != nil {
		return "", fmt.Errorf("checking the model: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", fmt.Errorf("checking the model: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// writeError says what went wrong in the store's folder, and plainly so when it is full.
func (s *Store) writeError(err error, size int64) error {
	if isDiskFull(err) {
		return &Fault{Code: NoRoom, Path: s.dir, Size: size, Err: err}
	}
	return fmt.Errorf("writing to the store of models: %w", err)
}
