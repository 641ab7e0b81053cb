package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultDataDir is where this user's programs keep what must last.
func DefaultDataDir() (string, error) {
	switch runtime.GOOS {
	case "darwin", "windows":
		dir, err := os.UserConfigDir()
		if err != nil {
			return "", fmt.Errorf("no place for Handlens's data is known; name one with "+
				"--data-dir: %w", err)
		}
		return filepath.Join(dir, "Handlens"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "handlens"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "",
			fmt.Errorf("no place for Handlens's data is known; name one with --data-dir: %w", err)
	}
	return filepath.Join(home, ".local", "share", "handlens"), nil
}
