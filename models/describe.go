package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"handlens/media/inputfile"
	"handlens/models/beside"
	"handlens/models/sniff"
)

// Description is what another program has to be told to run a model of ours: a page, for example,
// whose engine does not tell what is in the file.
type Description struct {
	// SHA256 is that of the file, in hexadecimal; Size is in bytes.
	SHA256 string
	Size   int64
	// Metadata is what the file says about itself.
	Metadata map[string]string
	// Sidecar is the text of the JSON file beside it, "" for none.
	Sidecar string
	// NamesFile is the file of class names beside it, by its name, and Names its text; "" for none.
	NamesFile, Names string
}

// Open opens the model's file, which is in memory for the starter. The caller closes it.
func (m Model) Open() (io.ReadSeekCloser, error) {
	if m.Data != nil {
		return inMemory{bytes.NewReader(m.Data)}, nil
	}
	f, err := inputfile.Open(m.Path)
	if err != nil {
		return nil, fmt.Errorf("open the model %s: %w", m.Name, err)
	}
	return f, nil
}

// inMemory is a file that needs no closing.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// errParts: what runs a description has one file only.
var errParts = errors.New("its weights are in other files")

// Describe reads the whole file, which takes about a second for a large one. It fails for a model
// of several files.
func (m Model) Describe() (d Description, err error) {
	f, err := m.Open()
	if err != nil {
		return d, err
	}
	defer f.Close()
	hash := sha256.New()
	if d.Size, err = io.Copy(hash, f); err != nil {
		return d, fmt.Errorf("read the model %s: %w", m.Name, err)
	}
	d.SHA256 = hex.EncodeToString(hash.Sum(nil))
	external, err := sniff.Check(f.(io.ReaderAt), d.Size, m.Path)
	if err == nil && len(external) > 0 {
		err = errParts
	}
	if err == nil {
		d.Metadata, err = sniff.Metadata(f.(io.ReaderAt), d.Size)
	}
	if err != nil {
		return d, fmt.Errorf("read the model %s: %w", m.Name, err)
	}
	if m.Data == nil {
		d.NamesFile, d.Names = beside.Names(m.Path)
		if b, err := os.ReadFile(notePath(m.Path)); err == nil && len(b) <= maxNote {
			d.Sidecar = string(b)
		}
	}
	return d, nil
}
