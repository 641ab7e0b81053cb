package ort

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	engine "github.com/yalue/onnxruntime_go"
)

// Version is the release of ONNX Runtime that Handlens is built and tested with. The Makefile's
// ORT_VERSION is the same.
const Version = "1.30.0"

// apiVersion is the C API that the binding requires. A library of an older minor release does not
// have it, and the binding then fails with only a number.
const apiVersion = 29

// library is the one engine of this process.
var library struct {
	once sync.Once
	path string
	err  error
}

// Load finds ONNX Runtime and initialises it, once per process; later calls return the result of
// the first. [Open] calls it by itself. Its error matches [ErrLibrary] and says what to do.
func Load() error {
	library.once.Do(func() { library.path, library.err = load() })
	return library.err
}

// LoadedVersion returns the release of the library that was loaded, for example "1.30.0", and the
// path it came from.
func LoadedVersion() (version, path string, err error) {
	if err := Load(); err != nil {
		return "", library.path, err
	}
	return engine.GetVersion(), library.path, nil
}

func load() (string, error) {
	path, err := findLibrary(os.Getenv("HANDLENS_ONNXRUNTIME"), searchFolders())
	if err != nil {
		return "", err
	}
	if err := checkOptOut(); err != nil {
		return path, err
	}
	engine.SetSharedLibraryPath(path)
	if err := engine.InitializeEnvironment(engine.WithLogLevelFatal()); err != nil {
		return path, loadError(path, err)
	}
	if v := engine.GetVersion(); !newEnough(v) {
		return path,
			fmt.Errorf("%w: %s is release %s, which is too old; `make setup` fetches %s",
				ErrLibrary, path, v, Version)
	}
	// The official Windows builds give their usage reports to the system, which the variables in
	// telemetry.go do not turn off.
	if err := engine.DisableTelemetry(); err != nil {
		return path, fmt.Errorf("%w: %s: telemetry cannot be turned off: %w", ErrLibrary, path, err)
	}
	return path, nil
}

// loadError turns the binding's error into a sentence that says what to do.
func loadError(path string, err error) error {
	// "Error setting ORT API base: 2": the library works but does not have the required API
	// version.
	if strings.Contains(err.Error(), "ORT API base") {
		return fmt.Errorf("%w: %s is older than release 1.%d; `make setup` fetches %s", ErrLibrary,
			path, apiVersion, Version)
	}
	return fmt.Errorf("%w: %s is not an ONNX Runtime library for this computer; `make setup` "+
		"fetches release %s",
		ErrLibrary, path, Version)
}

// newEnough tells whether a release such as "1.30.0" has the C API of this binding: API n came with
// release 1.n.
func newEnough(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	ma, err1 := strconv.Atoi(major)
	mi, err2 := strconv.Atoi(minor)
	return err1 == nil && err2 == nil && (ma > 1 || ma == 1 && mi >= apiVersion)
}

// libraryName is the file's name on this system.
func libraryName() string {
	switch runtime.GOOS {
	case "windows":
		return "onnxruntime.dll"
	case "darwin":
		return "libonnxruntime.1.dylib"
	}
	return "libonnxruntime.so.1"
}

// searchFolders lists where the library may be, best first: where [besideProgram] says, in the
// user's cache.
func searchFolders() []string {
	var dirs []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dirs = append(dirs, besideProgram(exe)...)
	}
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(cache, "handlens", "onnxruntime-"+Version))
	}
	return dirs
}

// besideProgram lists where a package may have it: beside the program, in ../lib, and in an app of
// macOS in ../Frameworks.
func besideProgram(program string) []string {
	dir := filepath.Dir(program)
	above := filepath.Dir(dir)
	return []string{dir, filepath.Join(above, "lib"), filepath.Join(above, "Frameworks")}
}

// findLibrary returns the named file when one is named (it must exist), else the first that exists
// in the folders.
func findLibrary(named string, folders []string) (string, error) {
	if named != "" {
		if !isFile(named) {
			return named,
				fmt.Errorf("%w: HANDLENS_ONNXRUNTIME names %s, which is not there", ErrLibrary,
					named)
		}
		return named, nil
	}
	for _, dir := range folders {
		if p := filepath.Join(dir, libraryName()); isFile(p) {
			return p, nil
		}
	}
	return "",
		fmt.Errorf("%w: %s is in none of %s; `make setup` fetches release %s", ErrLibrary,
			libraryName(),
			strings.Join(folders, ", "), Version)
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}
