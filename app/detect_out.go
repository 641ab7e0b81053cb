package main

import (
	"bufio"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"handlens/inference"
	"handlens/inference/overlay"
)

// annotatedQuality is that of JPEGs with boxes: text stays crisp, files stay near the size of the camera's own.
const annotatedQuality = 92

// annotator writes pictures with their boxes drawn into a folder: NAME-boxes.jpg for JPEGs, NAME-boxes.png for all others. Pictures of
// one run never replace one another, and never the picture they were made of.
type annotator struct {
	dir  string
	used map[string]bool
}

func newAnnotator(dir string) (*annotator, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return &annotator{dir: dir, used: map[string]bool{}}, nil
}

func (a *annotator) write(source string, img image.Image, found []inference.Detection) error {
	picture := opaque(img)
	overlay.Draw(picture, found)
	path := a.name(source)
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	buffered := bufio.NewWriter(f)
	if filepath.Ext(path) == ".jpg" {
		err = jpeg.Encode(buffered, picture, &jpeg.Options{Quality: annotatedQuality})
	} else {
		err = png.Encode(buffered, picture)
	}
	if flushed := buffered.Flush(); err == nil {
		err = flushed
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("--out: writing %s: %w", path, err)
	}
	return nil
}

// name makes a file name that this run has not used yet.
func (a *annotator) name(source string) string {
	to := ".png"
	if e := strings.ToLower(filepath.Ext(source)); e == ".jpg" || e == ".jpeg" {
		to = ".jpg"
	}
	return a.unused(source, to)
}

// unused gives a source's name another ending, and a number where this run has used it.
func (a *annotator) unused(source, to string) string {
	base := filepath.Base(source)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	name := stem + "-boxes" + to
	for n := 2; a.used[name]; n++ {
		name = fmt.Sprintf("%s-boxes-%d%s", stem, n, to)
	}
	a.used[name] = true
	return filepath.Join(a.dir, name)
}
