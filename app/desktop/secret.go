package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"handlens/media/atomicfile"
	"handlens/media/inputfile"
)

// secret is a password or a token that is kept in a file of the data folder, for its owner alone to
// read. It belongs to the server that it was given for, which stands in the first line, and no
// other gets it.
type secret struct{ path, what string }

// maxSecret is more than anybody has, in bytes; it is what a broker takes (MQTT 5, section
// 3.1.3.6).
const maxSecret = 1<<16 - 1

// hostOf is the server of an address, with how it is spoken to: what is for https:// is not for
// http://. It is "" for no address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// get is the one that is kept for the server of an address; "" for none.
func (s secret) get(address string) (string, error) {
	kept, err := inputfile.Read(s.path, maxSecret)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s cannot be read: %w", s.what, err)
	}
	server, text, _ := strings.Cut(string(kept), "\n")
	if server == "" || server != hostOf(address) {
		return "", nil
	}
	return text, nil
}

// set keeps another, for the server of an address, or removes the one that is kept.
func (s secret) set(address, text string) (err error) {
	switch {
	case len(hostOf(address))+1+len(text) > maxSecret:
		return fmt.Errorf("%s is too long", s.what)
	case text == "":
		if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s could not be removed: %w", s.what, err)
		}
		return nil
	}
	if err = os.MkdirAll(filepath.Dir(s.path), 0o700); err == nil {
		err = atomicfile.Replace(s.path, 0o600,
			atomicfile.Bytes([]byte(hostOf(address)+"\n"+text)))
	}
	if err != nil {
		return fmt.Errorf("%s could not be kept: %w", s.what, err)
	}
	return nil
}

// kept says whether there is one for the server of an address.
func (s secret) kept(address string) bool {
	text, err := s.get(address)
	return err == nil && text != ""
}
