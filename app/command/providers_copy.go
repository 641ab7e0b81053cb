package command

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"handlens/media/plaintext"
)

const (
	// maxPlugin bounds a plugin's files together, in bytes, and maxPluginFiles their number.
	maxPlugin      = 4 << 30
	maxPluginFiles = 500
)

// copyPlugin copies the files of a plugin, those beside its library, from a wheel or a folder.
func copyPlugin(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return copyFiles(os.DirFS(from), ".", to)
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is neither a file nor a folder")
	}
	archive, err := zip.OpenReader(from)
	if err != nil {
		return errors.New("it is no wheel of PyPI, and no folder")
	}
	defer archive.Close()
	// The plugin is in the package's folder of the wheel, or below it.
	for _, f := range archive.File {
		base := path.Base(f.Name)
		ending := path.Ext(base)
		if strings.Contains(base, "onnxruntime_providers_") &&
			(ending == ".so" || ending == ".dll" || ending == ".dylib") {
			return copyFiles(archive, path.Dir(f.Name), to)
		}
	}
	return errors.New("it has no provider's library in it")
}

// copyFiles copies the ordinary files of a folder, without those below it; a link becomes what it
// leads to.
func copyFiles(from fs.FS, folder, to string) error {
	list, err := fs.ReadDir(from, folder)
	if err != nil {
		return err
	}
	left := int64(maxPlugin)
	if len(list) > maxPluginFiles {
		return fmt.Errorf("it has more than %d files", maxPluginFiles)
	}
	for _, e := range list {
		name := path.Join(folder, e.Name())
		info, err := fs.Stat(from, name)
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(e.Name(), ".py") {
			continue
		}
		if !filepath.IsLocal(e.Name()) || strings.ContainsAny(e.Name(), `/\`) {
			return fmt.Errorf("a file in it has a name that leads elsewhere: %s",
				plaintext.Printable(e.Name()))
		}
		n, err := copyFile(from, name, filepath.Join(to, e.Name()), left)
		if err != nil {
			return err
		}
		if left -= n; left <= 0 {
			return fmt.Errorf("it is larger than %s", plaintext.Bytes(maxPlugin))
		}
	}
	return nil
}

func copyFile(from fs.FS, name, to string, most int64) (int64, error) {
	in, err := from.Open(name)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, io.LimitReader(in, most))
	return n, errors.Join(err, out.Close())
}
