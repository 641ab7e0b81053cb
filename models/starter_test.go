package models

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"handlens/models/sniff"
)

// maxStarter is what the program may grow by, in bytes.
const maxStarter = 4_000_000

// TestStarter takes the model that is a part of the program through all that can be done with a
// model.
func TestStarter(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "models"))
	if err != nil {
		t.Fatal(err)
	}
	s.shipped = nil
	d := s.Default()
	if d.Name != Starter || !d.Installed() || !d.Shipped || d.Path != "" ||
		d.SHA256 != sumOf(d.Data) || d.Size != int64(len(d.Data)) {
		t.Errorf("with nothing installed the default is %q, %q, %d bytes", d.Name, d.Path, d.Size)
	}
	if len(d.Data) > maxStarter {
		t.Errorf("it has %d bytes, more than %d", len(d.Data), maxStarter)
	}
	if _, err := sniff.Check(bytes.NewReader(d.Data), d.Size, ""); err != nil {
		t.Error(err)
	}
	for _, find := range []func() (Model, error){
		func() (Model, error) { return s.Find("") },
		func() (Model, error) { return s.Find("Starter") },
		func() (Model, error) { return s.Get(t.Context(), Starter, nil) },
		func() (Model,
			error,
		) {
			return s.Add(write(t, filepath.Join(t.TempDir(), "mine.onnx"), d.Data))
		},
	} {
		if m, err := find(); err != nil || m.Name != Starter || m.Data == nil {
			t.Errorf("it is found as %q, %v", m.Name, err)
		}
	}
	if err := s.Remove(Starter); !errors.Is(err, ErrShipped) {
		t.Errorf("removing it: %v", err)
	}
	if _, err := s.Add(write(t, filepath.Join(t.TempDir(), "starter.onnx"),
		tinyONNX(300))); !errors.Is(err, ErrExists) {
		t.Errorf("adding another of that name: %v", err)
	}
	all := s.List()
	if last := all[len(all)-1]; last.Name != Starter || !last.Installed() ||
		len(all) != len(Catalogue())+1 {
		t.Errorf("the list ends with %q", last.Name)
	}
	if r := s.Recommended(); r.Name != Catalogue()[0].Name {
		t.Errorf("recommended is %q", r.Name)
	}
	wantFiles(t, s.dir)
}
