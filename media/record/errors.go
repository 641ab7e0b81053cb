package record

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// ErrFull says that there is no room left where the pictures go.
var ErrFull = errors.New("the disk is full")

// ErrReadOnly says that nothing may be written where the pictures go.
var ErrReadOnly = errors.New("nothing may be written there")

// explain turns what the system says about a folder into one sentence that names it and says what is wrong.
func explain(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("a picture could not be saved in %s: %w", dir, ErrFull)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("a picture could not be saved in %s: %w", dir, ErrReadOnly)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("a picture could not be saved in %s: there is a file of that name where a folder is needed", dir)
	}
	return fmt.Errorf("a picture could not be saved in %s: %w", dir, err)
}
