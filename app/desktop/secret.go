package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// secret is a password or a token that is kept in a file of the data folder, for its owner alone to
// read.
type secret struct{ path, what string }

// maxSecret is more than anybody has, in bytes; it is what a broker takes (MQTT 5, section
// 3.1.3.6).
const maxSecret = 1<<16 - 1

// get is the one that is kept; "" for none.
func (s secret) get() (string, error) {
	kept, err := inputfile.Read(s.path, maxSecret)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s cannot be read: %w", s.what, err)
	}
	return string(kept), nil
}

// set keeps another, or removes the one that is kept.
func (s secret) set(text string) (err error) {
	switch {
	case len(text) > maxSecret:
		return fmt.Errorf("%s is too long", s.what)
	case text == "":
		if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s could not be removed: %w", s.what, err)
		}
		return nil
	}
	if err = os.MkdirAll(filepath.Dir(s.path), 0o700); err == nil {
		err = atomicfile.Replace(s.path, 0o600, atomicfile.Bytes([]byte(text)))
	}
	if err != nil {
		return fmt.Errorf("%s could not be kept: %w", s.what, err)
	}
	return nil
}

// kept says whether there is one.
func (s secret) kept() bool {
	info, err := os.Stat(s.path)
	return err == nil && info.Size() > 0
}
