package command

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // decoded through package image
	_ "image/jpeg" // likewise, and so on
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"handlens/media"
)

// maxPixels bounds a picture before memory is taken for it: the largest sensors in phones have 200
// million.
const maxPixels = 210_000_000

// pictureSuffixes are the endings of file names that a folder stands for.
var pictureSuffixes = []string{".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}

// input is one file to look at, or why there is none.
type input struct {
	path string
	err  error
}

// inputs lists the files that the arguments stand for: each itself, or the pictures in a folder
// by name. They are listed before anything is written, so that what a run makes is no input of
// the same run.
func inputs(args []string) []input {
	var all []input
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			all = append(all, input{err: plainFileError(arg, err)})
			continue
		}
		if !info.IsDir() {
			all = append(all, input{path: arg})
			continue
		}
		pictures, err := picturesIn(arg)
		if err != nil {
			all = append(all, input{err: err})
		}
		for _, path := range pictures {
			all = append(all, input{path: path})
		}
	}
	return all
}

func picturesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, plainFileError(dir, err)
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(e.Name()))) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil,
			fmt.Errorf("%s: no pictures are in this folder (%s)", dir,
				strings.Join(pictureSuffixes, " "))
	}
	return files, nil
}

// plainFileError names the file once and says in plain words what is wrong with it.
func plainFileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: may not be read", path)
	}
	if where, ok := errors.AsType[*fs.PathError](err); ok {
		err = where.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// isPicture tells by the first bytes whether package image can decode the file, and goes back to
// its beginning. It fails for what can be neither a picture nor a video.
func isPicture(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() == 0 {
		return false, errors.New("is empty")
	}
	_, _, err = image.DecodeConfig(bufio.NewReader(f))
	_, seekErr := f.Seek(0, io.SeekStart)
	if !errors.Is(err, image.ErrFormat) {
		// Any other error comes from a decoder that knew the picture by its first bytes;
		// decodePicture reports it.
		return true, seekErr
	}
	if slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(f.Name()))) {
		return false, errors.New("is not a picture, whatever its name says")
	}
	return false, seekErr
}

// decodePicture reads a picture, upright by its EXIF orientation. Size limits are checked before
// memory is taken.
func decodePicture(f io.ReadSeeker) (image.Image, error) {
	config, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("is not a whole picture: %w", err)
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > media.MaxSide || h > media.MaxSide || w*h > maxPixels {
		return nil, fmt.Errorf("says it has %d × %d pixels; up to %d on a side and %d million in "+
			"all are read",
			w, h, media.MaxSide, maxPixels/1_000_000)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	turn := exifOrientation(bufio.NewReader(f))
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("is not a whole picture: %w", err)
	}
	return upright(img, turn), nil
}

// picture looks at one picture.
func (j *detectJob) picture(path string, f *os.File) error {
	img, err := decodePicture(f)
	if err != nil {
		return plainFileError(path, err)
	}
	frame, err := media.FromImage(img)
	if err != nil {
		return plainFileError(path, err)
	}
	defer frame.Release()
	if err := j.look(scene{file: path}, frame); err != nil {
		return err
	}
	if j.out == nil {
		return nil
	}
	drawn, err := j.out.write(path, img, j.found)
	if err != nil {
		return err
	}
	j.sayWhere(path, drawn)
	return nil
}
