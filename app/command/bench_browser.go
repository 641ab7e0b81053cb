package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"time"

	"handlens/app/cli"
	"handlens/app/command/browserbench"
	"handlens/media"
	"handlens/media/inputfile"
	"handlens/models"
)

const (
	maxBenchSeconds = 600
	// maxCameraFile bounds what the camera plays over and over, in bytes: it is not compressed.
	maxCameraFile = 400 << 20
	// cameraRate is that of pictures, in frames a second.
	cameraRate = 30
	y4mMagic   = "YUV4MPEG2 "
)

// checkBrowser wants the options of one kind of measurement alone.
func (o *benchFlags) checkBrowser(given map[string]bool) error {
	for _, name := range []string{"browser-path", "seconds"} {
		if given[name] && !o.browser {
			return fmt.Errorf("--%s goes with --browser", name)
		}
	}
	for _, name := range []string{"runs", "threads", "classes"} {
		if given[name] && o.browser {
			return fmt.Errorf("--%s does not go with --browser", name)
		}
	}
	if o.seconds < 1 || o.seconds > maxBenchSeconds {
		return fmt.Errorf("--seconds %d is outside 1..%d", o.seconds, maxBenchSeconds)
	}
	return nil
}

// runBrowser writes a table of what detection costs where, or JSON.
func (o *benchFlags) runBrowser(ctx context.Context, stdout io.Writer) error {
	browser, err := browserbench.FindBrowser(o.browserPath)
	if err != nil {
		return err
	}
	model, err := o.Find()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "handlens-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	camera, label, err := cameraFile(ctx, o.source, dir)
	if err != nil {
		return err
	}
	result, err := browserbench.Run(ctx, browserbench.Options{
		Browser: browser, ModelFile: modelArgument(model), Provider: o.Provider,
		Confidence: o.Confidence, IoU: o.IoU, Camera: camera, Dir: dir,
		Length: time.Duration(o.seconds) * time.Second,
	})
	if stopped := cli.Interrupted(ctx); stopped != nil {
		return stopped
	}
	if err != nil {
		return err
	}
	result.Model, result.Source = model.Name, label
	if o.json {
		return writeJSON(stdout, result)
	}
	return result.Write(stdout)
}

// modelArgument is what --model says for a model that was found: the program that is measured has a
// data folder of its own, in which there are no models.
func modelArgument(m models.Model) string {
	if m.Path == "" {
		return m.Name // the starter, which is in every program
	}
	if whole, err := filepath.Abs(m.Path); err == nil {
		return whole
	}
	return m.Path
}

// cameraFile returns a file that Chromium's camera can play, made in dir unless the source is one,
// and what to call it.
func cameraFile(ctx context.Context, source, dir string) (path, label string, err error) {
	if source != "" {
		ready, err := isY4M(source)
		if err != nil {
			return "", "", plainFileError(source, err)
		}
		if ready {
			return source, filepath.Base(source), nil
		}
	}
	opened, label, err := openCamera(source)
	if err != nil {
		return "", "", err
	}
	defer opened.close()
	path = filepath.Join(dir, "camera.y4m")
	return path, label, writeCamera(ctx, path, opened)
}

// isY4M says whether a file is in the format YUV4MPEG2.
func isY4M(path string) (bool, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, len(y4mMagic))
	_, err = io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // too short for that
	}
	return string(head) == y4mMagic, err
}

// openCamera opens what the camera plays, or draws something that moves for "".
func openCamera(path string) (benchSource, string, error) {
	if path == "" {
		s := &panSource{scene: drawScene(1280+panWidth, 720)}
		return s, s.name(), nil
	}
	s, err := openSource(path)
	if err != nil {
		return nil, "", err
	}
	return s, filepath.Base(path), nil
}

// panWidth is how far the drawn picture goes to and fro, in steps of panStep pixels.
const panWidth, panStep = 120, 4

// panSource moves over a drawn picture, so that an encoder has something to do.
type panSource struct {
	scene *image.YCbCr
	step  int
}

func (s *panSource) next() (*media.Frame, bool, error) {
	const steps = panWidth / panStep
	at := s.step % (2 * steps)
	s.step++
	x := panStep * min(at, 2*steps-at)
	r := image.Rect(x, 0, x+s.scene.Rect.Dx()-panWidth, s.scene.Rect.Dy())
	f, err := media.FromImage(s.scene.SubImage(r))
	if f != nil {
		f.Seq = uint64(at + 1)
		f.PTS = time.Duration(at) * time.Second / cameraRate
	}
	return f, false, err
}

func (s *panSource) name() string { return "a drawn picture that moves" }
func (s *panSource) close()       {}

// writeCamera writes a source once through as YUV4MPEG2, which Chromium plays over and over.
func writeCamera(ctx context.Context, path string, source benchSource) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(file, 1<<20)
	defer func() {
		err = errors.Join(err, w.Flush(), file.Close())
	}()
	first, _, err := source.next()
	if err != nil {
		return err
	}
	defer first.Release()
	if first.Format != media.I420 {
		return fmt.Errorf("%s has colours that the browser's camera cannot play; use a JPEG or a "+
			"video", source.name())
	}
	second, _, err := source.next()
	if err != nil {
		return err
	}
	rate := 1000 * cameraRate
	if span := second.PTS - first.PTS; span > 0 {
		rate = int(1000 / span.Seconds())
	}
	fmt.Fprintf(w, y4mMagic+"W%d H%d F%d:1000 Ip A1:1 C420\n", first.Width, first.Height, rate)
	writeY4MFrame(w, first)
	size, before := len(first.Plane[0])*3/2, first.Seq
	for f, written := second, size; ; written += size {
		over := f.Seq <= before || f.Bounds() != first.Bounds() || written+size > maxCameraFile
		before = f.Seq
		if !over {
			writeY4MFrame(w, f)
		}
		f.Release()
		if over {
			return nil
		}
		if err := cli.Interrupted(ctx); err != nil {
			return err
		}
		if f, _, err = source.next(); err != nil {
			return err
		}
	}
}

// writeY4MFrame leaves it to the writer to keep its first error.
func writeY4MFrame(w *bufio.Writer, f *media.Frame) {
	fmt.Fprintln(w, "FRAME")
	for plane := range f.Plane {
		width, height := f.Width, f.Height
		if plane > 0 {
			width, height = (width+1)/2, (height+1)/2
		}
		for y := range height {
			_, _ = w.Write(f.Plane[plane][y*f.Stride[plane]:][:width])
		}
	}
}
