package desktop

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media/pairing"
)

func mustToken(t *testing.T, dir string, port int) string {
	t.Helper()
	token, err := openToken(dir, port)
	if err != nil || !pairing.IsToken(token) {
		t.Fatalf("the token is %q, %v", token, err)
	}
	return token
}

// TestTokenOutlivesACrash has only a run that was cut off a moment ago, on the same port, leave its
// token to the next one.
func TestTokenOutlivesACrash(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, tokenFile)
	first := mustToken(t, dir, 8443)
	if got := mustToken(t, dir, 8443); got != first {
		t.Errorf("after a crash the token is %q, want %q again", got, first)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v, %v", info, err)
	}
	other := mustToken(t, dir, 8444)
	if other == first {
		t.Error("a run on another port has the same token")
	}

	old := time.Now().Add(-tokenAge - time.Minute)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	if got := mustToken(t, dir, 8444); got == other {
		t.Error("the token of long ago is good again")
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	keepToken(ctx, dir)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after a proper end the file is still there: %v", err)
	}
}

// TestTokenFileIsNotTrusted puts what is no token of ours in the file's place.
func TestTokenFileIsNotTrusted(t *testing.T) {
	for _, content := range []string{
		"", "8443", "8443 SHORT", "8443 " + strings.Repeat("X", 13), "8443 XXXXXXXX/XXX",
		"8443 xxxxxxxxxxxx", "8443 XXXXXXXXXXXX\n" + strings.Repeat("X", 1<<16),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, tokenFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := mustToken(t, dir, 8443); strings.HasPrefix(strings.ToUpper(got), "XXXX") {
			t.Errorf("%.30q gives the token %q", content, got)
		}
	}
}
