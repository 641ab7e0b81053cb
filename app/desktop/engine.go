package desktop

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"handlens/inference/layout"
	"handlens/media/whip"
	"handlens/models"
)

// engineVariable names the folder of the engine for browsers where it does not lie beside the
// program.
const engineVariable = "HANDLENS_BROWSER"

// browserEngine returns the files with which pages detect by themselves; nil where there are none.
func browserEngine() fs.FS {
	dirs := []string{os.Getenv(engineVariable)}
	if dirs[0] == "" {
		program, err := os.Executable()
		if err != nil {
			return nil
		}
		if program, err = filepath.EvalSymlinks(program); err != nil {
			return nil
		}
		dirs = engineFolders(program)
	}
	for _, dir := range dirs {
		if info, err := os.Stat(filepath.Join(dir, "layout.wasm.gz")); err == nil &&
			info.Mode().IsRegular() {
			return os.DirFS(dir)
		}
	}
	return nil
}

// engineFolders lists where a package may have the engine: beside the program, and in an app of
// macOS among its resources, since all that lies beside a program there has to be signed code.
func engineFolders(program string) []string {
	dir := filepath.Dir(program)
	return []string{
		filepath.Join(dir, "browser"),
		filepath.Join(filepath.Dir(dir), "Resources", "browser"),
	}
}

// describe notes what pages have to know of a model to run it by themselves. What goes wrong here
// is no fault of the model's: then pages get none.
func (dm *detectorManager) describe(m models.Model) {
	d, err := m.Describe()
	dm.mu.Lock()
	defer dm.mu.Unlock()
	dm.page = whip.ModelFile{}
	if err == nil {
		if d.Names != "" {
			d.Metadata = layout.WithNamesBeside(d.Metadata, d.NamesFile+" beside it", d.Names)
		}
		dm.page = whip.ModelFile{
			Name: m.Name, SHA256: d.SHA256, Size: d.Size, Metadata: d.Metadata,
			Sidecar: d.Sidecar, Open: func() (io.ReadSeekCloser, error) { return m.Open() },
		}
	}
}

// forPages returns the model that is at work for pages that run it by themselves; false while there
// is none.
func (dm *detectorManager) forPages() (whip.ModelFile, bool) {
	dm.mu.Lock()
	defer dm.mu.Unlock()
	return dm.page, dm.page.Open != nil
}
