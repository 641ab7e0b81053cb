package record

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"handlens/media"
)

// ErrFull says that there is no room left where pictures and recordings go.
var ErrFull = errors.New("the disk is full")

// ErrReadOnly says that nothing may be written where pictures and recordings go.
var ErrReadOnly = errors.New("nothing may be written there")

// explain turns what the system says about a folder into one sentence that names it and says what
// is wrong. It fits pictures and recordings. What people meet often is a [media.Fault].
func explain(dir string, err error) error {
	fault := func(code media.FaultCode, err error) error {
		return &media.Fault{Code: code, Folder: dir, Err: err}
	}
	switch {
	case errors.Is(err, ErrFull), errors.Is(err, ErrReadOnly):
		return err // explained already
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault(media.DiskFull, fmt.Errorf("nothing more can be saved in %s: %w; make room "+
			"or choose another folder", dir, ErrFull))
	case errors.Is(err, syscall.EFBIG): // a FAT file system ends files at 4 GB
		return fault(media.FileTooLarge, fmt.Errorf("nothing more can be saved in %s: %w for a "+
			"file of this size; choose a folder on another disk", dir, ErrFull))
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault(media.ReadOnly, fmt.Errorf("nothing can be saved in %s: %w; choose another "+
			"folder", dir, ErrReadOnly))
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fault(media.CannotSave, fmt.Errorf("nothing can be saved in %s: there is a file "+
			"of that name where a folder is needed (%w)", dir, syscall.ENOTDIR))
	}
	return fault(media.CannotSave, fmt.Errorf("nothing could be saved in %s: %w", dir, err))
}
