package command

import (
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"handlens/app/cli"
	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/media"
	"handlens/media/record"
)

// annotatedQuality is the quality of JPEGs with boxes: text stays crisp, and files stay close to
// the size of the camera's own.
const annotatedQuality = 92

// annotator writes pictures and videos with their boxes drawn to a folder, which may be that of the
// originals: package record gives each the next free name and never overwrites a file.
type annotator struct{ dir string }

func newAnnotator(dir string) (*annotator, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return &annotator{dir: dir}, nil
}

// annotatedName is the name of the annotated file, without an extension, unless it is taken.
func annotatedName(source string) string {
	if source == standardInput {
		source = "stdin"
	}
	base := filepath.Base(source)
	return strings.TrimSuffix(base, filepath.Ext(base)) + "-boxes"
}

// write saves a picture with its boxes and returns where it is: NAME-boxes.jpg for a JPEG,
// NAME-boxes.png for all others, or the next free name.
func (a *annotator) write(
	source string, img image.Image, found []inference.Detection,
) (string, error) {
	picture := media.ToRGBA(img)
	overlay.Draw(picture, found)
	to, encode := ".png", png.Encode
	if e := strings.ToLower(filepath.Ext(source)); e == ".jpg" || e == ".jpeg" {
		to, encode = ".jpg", func(w io.Writer, m image.Image) error {
			return jpeg.Encode(w, m, &jpeg.Options{Quality: annotatedQuality})
		}
	}
	path, err := record.Save(a.dir, annotatedName(source), to, func(w io.Writer) error {
		return encode(w, picture)
	})
	if err != nil {
		return "", fmt.Errorf("--out: %w", err)
	}
	return path, nil
}

// sayWhere tells the name of a file with boxes when it is not the expected one.
func (j *detectJob) sayWhere(source, drawn string) {
	name := filepath.Base(drawn)
	if strings.TrimSuffix(name, filepath.Ext(name)) != annotatedName(source) {
		cli.Complain(j.stderr, "detect", fmt.Errorf("%s: its boxes are in %s", source, drawn))
	}
}
