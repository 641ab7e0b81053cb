package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"handlens/models/beside"
)

// addParts is Add for a model whose weights are in other files, which are named from the model's
// folder. It gets a folder of its own in the store, since those names are not ours to choose.
func (s *Store) addParts(file string, weights []string) (Model, error) {
	base := filepath.Base(file)
	e := Entry{Name: nameFrom(base)}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return Model{}, s.writeError(err, 0)
	}
	temp, err := os.MkdirTemp(s.dir, ".adding-")
	if err != nil {
		return Model{}, s.writeError(err, 0)
	}
	defer os.RemoveAll(temp) // nothing is there once the folder has its name
	c := partsCopy{dir: temp, hash: sha256.New()}
	// Both roots keep a link that leads out of the folder from being followed.
	if c.from, err = os.OpenRoot(filepath.Dir(file)); err != nil {
		return Model{}, fmt.Errorf("opening the model's folder: %w", err)
	}
	defer c.from.Close()
	if err := c.copy(base, e.Name+".onnx"); err != nil {
		return Model{}, s.writeError(err, c.size)
	}
	for _, name := range weights {
		if err := c.copy(name, name); err != nil {
			return Model{}, s.writeError(err, c.size)
		}
	}
	e.Size, e.SHA256 = c.size, hex.EncodeToString(c.hash.Sum(nil))
	if old, err := s.free(e, base); err != nil || old.Installed() {
		return old, err
	}
	return s.publishParts(temp, e, file)
}

// publishParts adds what is known of the model to its folder, and gives that its name.
func (s *Store) publishParts(temp string, e Entry, file string) (Model, error) {
	note, err := noteOf(e, file)
	if err != nil {
		return Model{}, err
	}
	inside := filepath.Join(temp, e.Name+".onnx")
	if err := os.WriteFile(notePath(inside), note, 0o600); err != nil {
		return Model{}, s.writeError(err, e.Size)
	}
	if _, names := beside.Names(file); names != "" {
		if err := os.WriteFile(namesPath(inside), []byte(names), 0o600); err != nil {
			return Model{}, s.writeError(err, e.Size)
		}
	}
	dir := filepath.Join(s.dir, e.Name)
	if err := os.Rename(temp, dir); err != nil {
		return Model{}, s.writeError(err, e.Size)
	}
	return Model{Entry: e, Path: filepath.Join(dir, e.Name+".onnx")}, nil
}

// partsCopy copies the files of one model from its folder, and counts and sums up what they have.
type partsCopy struct {
	from *os.Root
	dir  string
	hash hash.Hash
	size int64
}

// copy copies a file of the model's folder; both names are within their folders.
func (c *partsCopy) copy(name, as string) error {
	src, err := c.from.Open(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	defer src.Close()
	to := filepath.Join(c.dir, filepath.FromSlash(as))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	n, err := io.Copy(io.MultiWriter(dst, c.hash), src)
	c.size += n
	if closeErr := dst.Close(); err == nil {
		err = closeErr
	}
	return err
}

// removeParts deletes the folder of a model of several files, and says whether there was one.
func (s *Store) removeParts(name string) (bool, error) {
	dir := filepath.Join(s.dir, name)
	if info, err := os.Stat(filepath.Join(dir, name+".onnx")); err != nil ||
		!info.Mode().IsRegular() {
		return false, nil //nolint:nilerr // then it is no folder of ours
	}
	if err := os.RemoveAll(dir); err != nil {
		return false, fmt.Errorf("removing the model %s: %w", name, err)
	}
	return true, nil
}

// namesPath is where the class names of an added model are kept that lay beside it.
func namesPath(onnx string) string { return strings.TrimSuffix(onnx, ".onnx") + ".labels" }
