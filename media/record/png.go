package record

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"

	"handlens/media"
)

const (
	// maxBase bounds a file's name, in characters, so that with its number and suffix it fits every file system.
	maxBase = 120
	// maxSame bounds how many pictures may have one name before we give up.
	maxSame = 10_000
)

// encoder favours speed: a full HD picture then takes tens of milliseconds rather than hundreds, for a file that is a fifth larger.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}}

// buffers keeps the encoder's working memory between pictures.
type buffers struct{ pool sync.Pool }

// Get implements png.EncoderBufferPool.
func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.pool.Get().(*png.EncoderBuffer)
	return e
}

// Put implements png.EncoderBufferPool.
func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }

// SavePNG writes a picture as base.png in a folder, which it makes when it is missing, and returns the file's path. A name that is taken
// gets a number: nothing is ever overwritten. The file appears whole or not at all: it is written under another name first. What
// base has that file systems do not like is replaced. Errors are one sentence; see [ErrFull] and [ErrReadOnly].
func SavePNG(dir, base string, img image.Image) (string, error) {
	if img == nil || img.Bounds().Empty() {
		return "", errors.New("a picture without pixels cannot be saved")
	}
	if b := img.Bounds(); b.Dx() > media.MaxSide || b.Dy() > media.MaxSide {
		return "", fmt.Errorf("a picture of %d × %d pixels is too large to be saved", b.Dx(), b.Dy())
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", explain(dir, err)
	}
	temp, err := os.CreateTemp(dir, ".handlens-*.part")
	if err != nil {
		return "", explain(dir, err)
	}
	defer os.Remove(temp.Name()) // what is left of a failure; after success there is nothing
	if err := write(temp, img); err != nil {
		return "", explain(dir, err)
	}
	path, err := publish(temp.Name(), dir, fileName(base))
	if err != nil {
		return "", explain(dir, err)
	}
	return path, nil
}

// write encodes a picture into a file, has it reach the disk, and closes it.
func write(f *os.File, img image.Image) (err error) {
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriterSize(f, 1<<18)
	if err := encoder.Encode(w, img); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	// Temporary files are for their owner alone; a picture is an ordinary file. A file system without modes refuses, which does no harm.
	_ = f.Chmod(0o644)
	return f.Sync()
}

// publish gives the finished file the first name that is free. A link fails where a file is, which a rename would replace; where the file
// system has no links, an empty file takes the name first.
func publish(temp, dir, base string) (string, error) {
	for n := 1; n <= maxSame; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s (%d)", base, n)
		}
		path := filepath.Join(dir, name+".png")
		err := os.Link(temp, path)
		if err == nil {
			return path, nil
		}
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		f.Close()
		if err := os.Rename(temp, path); err != nil {
			os.Remove(path)
			return "", err
		}
		return path, nil
	}
	return "", fmt.Errorf("%d files of the name %s are there already", maxSame, base)
}

// fileName makes text fit as a file's name on Linux, macOS and Windows.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(s, "-"))
	if r := []rune(s); len(r) > maxBase {
		s = string(r[:maxBase])
	}
	// Windows drops dots and spaces at the end, and a dot at the beginning hides the file.
	s = strings.Trim(s, ". ")
	if s == "" {
		return folderName
	}
	return s
}
