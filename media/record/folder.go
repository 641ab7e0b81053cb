package record

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"handlens/media/inputfile"
)

// folderName is the folder of ours inside the user's pictures and inside the user's videos.
const folderName = "Handlens"

// PicturesDir returns the folder that snapshots go to: Handlens in the user's pictures folder as
// the desktop has it set (xdg-user-dirs), else in Pictures under the home folder. It is made when
// the first picture is saved.
func PicturesDir() (string, error) { return mediaDir("XDG_PICTURES_DIR", "Pictures") }

// VideosDir returns the folder that recordings go to: Handlens in the user's videos folder as the
// desktop has it set, else in Movies (macOS) or Videos under the home folder. It is made when the
// first recording begins.
func VideosDir() (string, error) {
	if runtime.GOOS == "darwin" {
		return mediaDir("", "Movies")
	}
	return mediaDir("XDG_VIDEOS_DIR", "Videos")
}

// mediaDir finds our folder in one of the user's by its name in xdg-user-dirs, else by its usual
// name under the home folder.
func mediaDir(variable, usual string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("where pictures and recordings go is not known: this user has no " +
			"home " +
			"folder")
	}
	dir := ""
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		config := os.Getenv("XDG_CONFIG_HOME")
		if !filepath.IsAbs(config) {
			config = filepath.Join(home, ".config")
		}
		dir = userDir(filepath.Join(config, "user-dirs.dirs"), variable, home)
	}
	if dir == "" {
		dir = filepath.Join(home, usual)
	}
	return filepath.Join(dir, folderName), nil
}

// userDir reads one folder from a file of xdg-user-dirs, whose lines read XDG_NAME="$HOME/relative"
// or XDG_NAME="/absolute" and where the home folder itself means that there is none. It returns ""
// for none; user-dirs.dirs(5).
func userDir(file, name, home string) string {
	f, err := inputfile.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	found := ""
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		value, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), name+"=")
		if !ok {
			continue
		}
		value, ok = unquote(value)
		if !ok {
			continue
		}
		if rest, inHome := strings.CutPrefix(value, "$HOME"); inHome &&
			(rest == "" || rest[0] == '/') {
			value = filepath.Join(home, rest)
		}
		if filepath.IsAbs(value) {
			found = filepath.Clean(value) // the last one counts, as in the shell
		}
	}
	if found == filepath.Clean(home) {
		return ""
	}
	return found
}

// unquote takes the double quotes off a shell word and the backslashes out of it.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' && i+1 < len(s)-1 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}
