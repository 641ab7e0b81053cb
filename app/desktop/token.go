package desktop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"handlens/media/atomicfile"
	"handlens/media/pairing"
)

const (
	// tokenFile, in the data folder, holds port and token while the program runs. It is there at
	// the start only when the run before ended without a word: the phones of that one come back.
	tokenFile = "token"
	// tokenAge is how old the file may be then. Each start that is not the continuation of another
	// has its own token.
	tokenAge = 10 * time.Minute
	// tokenEvery is how often the file is made young again.
	tokenEvery = time.Minute
)

// openToken returns the token of this run on that port: that of a run that was cut off a moment
// ago, or a new one. A token that cannot be kept is as good for this run.
func openToken(dataDir string, port int) (token string, err error) {
	if token = cutOff(filepath.Join(dataDir, tokenFile), port); token == "" {
		token = pairing.NewToken()
	}
	return token, writeToken(dataDir, port, token)
}

// writeToken keeps the token for the case of a crash.
func writeToken(dataDir string, port int, token string) error {
	content := fmt.Appendf(nil, "%d %s", port, token)
	path := filepath.Join(dataDir, tokenFile)
	if err := atomicfile.Replace(path, 0o600, atomicfile.Bytes(content)); err != nil {
		return fmt.Errorf("after a crash phones will need a new code: %w", err)
	}
	return nil
}

// cutOff returns the token of a run on that port that ended without a word; "" when there is none.
func cutOff(path string, port int) string {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 64 ||
		time.Since(info.ModTime()) > tokenAge {
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	of, token, _ := strings.Cut(string(b), " ")
	if of != strconv.Itoa(port) || !pairing.IsToken(token) {
		return ""
	}
	return token
}

// keepToken keeps the file young until ctx ends, and then removes it.
func keepToken(ctx context.Context, dataDir string) {
	path := filepath.Join(dataDir, tokenFile)
	tick := time.NewTicker(tokenEvery)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			// Without it a phone needs the new code after a crash.
			_ = os.Chtimes(path, now, now)
		case <-ctx.Done():
			_ = os.Remove(path) // it grows too old by itself
			return
		}
	}
}
