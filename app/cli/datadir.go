package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DataDir is the folder that --data-dir names, or the user's own.
func DataDir(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	return DefaultDataDir()
}

// DefaultDataDir is where this user's programs keep what must last.
func DefaultDataDir() (string, error) {
	base, err := userDataDir()
	if err != nil {
		return "", fmt.Errorf("Handlens does not know where to keep its data; name a folder with "+
			"--data-dir: %w", err)
	}
	return base, nil
}

func userDataDir() (string, error) {
	switch runtime.GOOS {
	case "darwin", "windows":
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "Handlens"), err
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "handlens"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "handlens"), err
}
