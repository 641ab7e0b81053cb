package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"handlens/media/atomicfile"
	"handlens/media/ffmpeg"
)

// finishMP4 makes the part of that base an ordinary MP4, removes it, and returns the path of what
// it has become. The caller holds the base.
func finishMP4(ctx context.Context, dir, name string, progress func(float64)) (string, error) {
	part := filepath.Join(dir, name+partSuffix)
	st, err := os.Stat(part)
	if err != nil {
		return "", explain(dir, err)
	}
	// A little more than its own size: the index of an hour is some megabytes.
	if left, err := Free(dir); err == nil && left < st.Size()+st.Size()/50+1<<20 {
		return keep(dir, name)
	}
	for n := 1; n <= maxSame; n++ {
		path := filepath.Join(dir, atomicfile.Numbered(name, n)+mp4Suffix)
		if exists(path) {
			continue
		}
		switch err := ffmpeg.Finish(ctx, part, path, progress); {
		case err == nil:
			os.Remove(part)
			atomicfile.SyncDir(dir)
			return path, nil
		case errors.Is(err, fs.ErrExist):
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT),
			errors.Is(err, syscall.EFBIG):
			return keep(dir, name)
		case errors.Is(err, ffmpeg.ErrNotVideo):
			return "", errNothingIn(part)
		default:
			return "", errUnfinished(part, err)
		}
	}
	return "",
		fmt.Errorf("%d recordings called %s exist already; the new one is %s", maxSame, name,
			part)
}

func errUnfinished(part string, err error) error {
	return fmt.Errorf("%s could not be made an ordinary MP4 and stays as it is, in fragments "+
		"that play: %w", part, err)
}

// errNothingIn says what is wrong with a recording that ended before its first fragment did.
func errNothingIn(part string) error {
	return fmt.Errorf("%s ended before its first second was written: %w", part, ErrEmpty)
}

// keep gives a recording in fragments its final name, without what is not whole at its end: there
// is no room for a copy.
func keep(dir, name string) (string, error) {
	part := filepath.Join(dir, name+partSuffix)
	switch whole, err := trimFragments(part); {
	case err != nil:
		return "", errUnfinished(part, err)
	case !whole:
		return "", errNothingIn(part)
	}
	for n := 1; n <= maxSame; n++ {
		path := filepath.Join(dir, atomicfile.Numbered(name, n)+mp4Suffix)
		err := atomicfile.Rename(part, path)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", errUnfinished(part, err)
		}
		atomicfile.SyncDir(dir)
		return path, nil
	}
	return "",
		fmt.Errorf("%d recordings called %s exist already; the new one is %s", maxSame, name,
			part)
}

// trimFragments cuts what follows the last whole fragment off an MP4 and says whether there is any.
func trimFragments(path string) (whole bool, err error) {
	end, err := ffmpeg.CompleteFragments(path)
	if err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return false, err
	}
	if end == 0 {
		return false, nil
	}
	if end < st.Size() {
		if err := f.Truncate(end); err != nil {
			return false, err
		}
	}
	return true, f.Sync()
}
