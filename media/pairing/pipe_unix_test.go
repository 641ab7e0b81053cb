//go:build unix

package pairing

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Opened without a look, a pipe would keep the start waiting for somebody who writes to it.
func TestPipesAreRefused(t *testing.T) {
	dir := t.TempDir()
	pipe, file := filepath.Join(dir, authorityFile), filepath.Join(dir, "file")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, certificate := LoadCertificate(pipe, file)
	_, key := LoadCertificate(file, pipe)
	_, authority := LoadAuthority(dir)
	for name, err := range map[string]error{
		"certificate": certificate, "key": key, "authority": authority,
	} {
		if err == nil || !strings.Contains(err.Error(), "is a pipe") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !errors.Is(authority, ErrDamagedAuthority) {
		t.Errorf("authority: %v", authority)
	}
}
