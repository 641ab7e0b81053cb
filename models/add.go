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
)

// Add copies a model file into the store and notes its checksum. A file that is byte for byte one
// of the catalogue's gets that entry's name, any other the file's own, in lower case. What is no
// ONNX model is refused (ErrNotONNX), and so is a name that another model has (ErrExists); adding
// the same file twice is no error.
func (s *Store) Add(file string) (Model, error) {
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	src, size, err := openModel(file)
	if err != nil {
		return Model{}, err
	}
	defer src.Close()
	if err := CheckONNX(src, size); err != nil {
		return Model{}, fmt.Errorf("%s: %w", file, err)
	}
	temp, sum, err := s.copyIn(src, size)
	if err != nil {
		return Model{}, err
	}
	defer os.Remove(temp) // does nothing once the file has its name
	return s.install(temp, sum, size, file)
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
	name := nameFrom(base)
	if !nameForm.MatchString(name) {
		return Model{}, &Fault{Code: NoName, Path: base}
	}
	if _, taken := s.entry(name); taken {
		return Model{}, &Fault{Code: Reserved, Name: name}
	}
	if old, err := s.installed(name); err == nil {
		if have, err := checksum(old.Path); err == nil && have == sum {
			return old, nil
		}
		return Model{}, &Fault{Code: Taken, Name: name}
	}
	e := Entry{Name: name, Size: size, SHA256: sum}
	note, err := json.MarshalIndent(struct {
		Entry
		Layout json.RawMessage `json:"layout,omitempty"`
	}{e, sidecarLayout(file)}, "", "  ")
	if err != nil {
		return Model{}, fmt.Errorf("noting the model's checksum: %w", err)
	}
	if err := s.putNote(name, append(note, '\n')); err != nil {
		return Model{}, err
	}
	return s.publish(temp, e)
}

// putNote writes what is known of an added model beside its file, in one step.
func (s *Store) putNote(name string, note []byte) error {
	temp, err := s.writeTemp(bytes.NewReader(note), int64(len(note)))
	if err != nil {
		return err
	}
	if err := os.Rename(temp, notePath(s.path(name))); err != nil {
		os.Remove(temp)
		return s.writeError(err, int64(len(note)))
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
	for _, p := range []string{path, notePath(path), partPath(path), tagPath(path)} {
		switch err := os.Remove(p); {
		case err == nil:
			found = true
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("removing the model %s: %w", name, err)
		}
	}
	if found {
		return nil
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

// checksum returns a file's SHA-256 in hexadecimal digits.
func checksum(path string) (string, error) {
	f, err := os.Open(path)
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
