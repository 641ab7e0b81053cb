package ort

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// reportsFolder is where ONNX Runtime 1.29 and 1.30 keep an identifier of this computer and the
// reports not yet sent, below the user's cache folder (below Application Support on macOS).
var reportsFolder = filepath.Join("Microsoft", "DeveloperTools", ".onnxruntime")

// reportFiles are the names that ONNX Runtime gives its files there.
var reportFiles = []string{
	"deviceid", "deviceid.lock", "onnxruntime.db", "onnxruntime.db-wal", "onnxruntime.db-shm",
	"onnxruntime.db-journal",
}

// emptyLog is a log that the reporting library opens in the temporary folder and never writes to.
var emptyLog = regexp.MustCompile(`^mat-debug-[0-9]+\.log$`)

// sessionFile holds the time and the random name of its last session, in the same folder.
const sessionFile = ".ses"

var sessionText = regexp.MustCompile(`^[0-9]{13}\n[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n?$`)

// RemoveReports deletes what ONNX Runtime's usage reports left on this computer before this program
// turned them off, and returns the files deleted. Other programs with ONNX Runtime use the same
// files and make them again if they still report, so call it once per installation. Nothing but the
// known files is touched; a folder goes only when it is empty.
func RemoveReports() ([]string, error) {
	return removeReports(reportRoots(), os.TempDir())
}

// reportRoots are the folders below which the reports may lie.
func reportRoots() []string {
	var roots []string
	if dir, err := os.UserCacheDir(); err == nil {
		roots = append(roots, dir)
	}
	if home, err := os.UserHomeDir(); err == nil {
		// These do not follow XDG_CACHE_HOME.
		roots = append(roots, filepath.Join(home, ".cache"),
			filepath.Join(home, "Library", "Application Support"))
	}
	return roots
}

func removeReports(roots []string, temp string) (removed []string, err error) {
	remove := func(path string) {
		switch e := os.Remove(path); {
		case e == nil:
			removed = append(removed, path)
		case !errors.Is(e, fs.ErrNotExist):
			err = errors.Join(err, e)
		}
	}
	for _, root := range roots {
		dir := filepath.Join(root, reportsFolder)
		for _, name := range reportFiles {
			remove(filepath.Join(dir, name))
		}
		// This fails, as it should, when something else is in the folder.
		for dir != root && os.Remove(dir) == nil {
			dir = filepath.Dir(dir)
		}
	}
	entries, listErr := os.ReadDir(temp)
	if listErr != nil {
		return removed, errors.Join(err, listErr)
	}
	for _, e := range entries {
		if path := filepath.Join(temp, e.Name()); leftInTemp(path, e) {
			remove(path)
		}
	}
	return removed, err
}

// leftInTemp tells whether a temporary file belongs to the reporting library. Its log counts only
// when it is empty.
func leftInTemp(path string, e fs.DirEntry) bool {
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if emptyLog.MatchString(e.Name()) {
		return info.Size() == 0
	}
	if e.Name() != sessionFile || info.Size() > 100 {
		return false
	}
	text, err := os.ReadFile(path)
	return err == nil && sessionText.Match(text)
}
