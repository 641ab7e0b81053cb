package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/testmodel"
)

// screen is an X server without a monitor.
type screen struct{ display string }

// startScreen starts Xvfb on a display that is free, with these arguments beside its own.
func startScreen(t *testing.T, more ...string) screen {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", append([]string{
		"-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset",
	}, more...)...)
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatalf("start Xvfb: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // ended by our signal
	})
	// It writes the number and a line feed when it is ready.
	if err := r.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb gave no display: %v", err)
	}
	return screen{":" + strings.TrimSpace(number)}
}

// shot photographs the whole screen.
func (s screen) shot(t *testing.T) *image.RGBA {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "import", "-silent", "-window", "root", "png:-")
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("import: %v %s", err, complaint.String())
	}
	decoded, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(decoded.Bounds())
	draw.Draw(img, img.Rect, decoded, decoded.Bounds().Min, draw.Src)
	return img
}

// TestWindowShowsTheBoxes looks at the pixels of the real window: the camera's video is there,
// and each patch has its box around it.
func TestWindowShowsTheBoxes(t *testing.T) {
	s := startScreen(t)
	a := startApp(t, 0, []string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"})
	for _, codec := range []string{"H264", "VP8"} {
		t.Run(codec, func(t *testing.T) {
			mark := a.mark()
			p := sharedBrowser(t, landscape).open(t, withCodec(a.url, codec))
			p.start()
			p.state("live")
			joined := a.waitSince(t, mark, "phone-joined", nil)
			this := func(e event) bool { return e.Session == joined.Session }
			if video := a.waitSince(t, mark, "video", this); video.Codec != codec {
				t.Errorf("the video is %s, want %s", video.Codec, codec)
			}
			a.found(t, mark, joined.Session, landscape)
			s.until(t, landscape)
			if codec == "VP8" {
				pausesFromWindow(t, s, p)
			}
			p.stop()
			a.waitSince(t, mark, "phone-left", this)
		})
	}
}

// until photographs the screen until it shows the clip with its boxes.
func (s screen) until(t *testing.T, c clip) {
	t.Helper()
	var last *image.RGBA
	var wrong error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		last = s.shot(t) // which takes long enough to need no pause
		if wrong = boxed(last, c); wrong == nil {
			return
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, last); err != nil {
		t.Error(err)
	}
	name := fmt.Sprintf("%s/screen.png", t.ArtifactDir())
	if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
		t.Error(err)
	}
	t.Fatalf("the screen does not show the boxes: %v (go test -artifacts keeps what it showed)",
		wrong)
}

// boxed says what is wrong with a screenshot: where the patches are not, or have no box
// around them.
func boxed(img *image.RGBA, c clip) error {
	// How large the video is shown, and where, follows from the patch that stands still.
	still, _ := c.patch("blue")
	at, ok := blob(img, "blue", img.Bounds())
	if !ok {
		return errors.New("the blue patch is not there")
	}
	scale := float64(at.Dy()) / float64(still.height)
	if ratio := float64(at.Dx()) / float64(still.width) / scale; scale < 0.3 || ratio < 0.93 ||
		ratio > 1.07 {
		return fmt.Errorf("the blue patch is %d by %d pixels, which is no true image of %d by %d",
			at.Dx(), at.Dy(), still.width, still.height)
	}
	video := image.Rect(0, 0, int(scale*float64(c.width)), int(scale*float64(c.height))).
		Add(at.Min).Sub(image.Pt(int(scale*float64(still.x)), int(scale*float64(still.top))))
	for class, label := range testmodel.Labels {
		want, _ := c.patch(label)
		at, ok := blob(img, label, video)
		if !ok {
			return fmt.Errorf("the %s patch is not there", label)
		}
		if err := edged(img, at, overlay.Color(class), scale, want.moves); err != nil {
			return fmt.Errorf("the %s patch at %v: %w", label, at, err)
		}
	}
	return nil
}

// edged says which edges of a rectangle have no line of that colour along them. The line may lie
// off by the detector's exactness, and along the way by what a moving patch does between being
// looked at and being shown.
func edged(img *image.RGBA, r image.Rectangle, c color.NRGBA, scale float64, moves bool) error {
	across := 4 + int(slack*240*scale)
	along := across
	if moves {
		along += int(0.4 * clipTravel * scale)
	}
	for _, edge := range []struct {
		name         string
		from, to     image.Point
		reach        image.Point
		where, steps int
	}{
		{"left", r.Min, image.Pt(r.Min.X, r.Max.Y), image.Pt(1, 0), along, 0},
		{"right", image.Pt(r.Max.X, r.Min.Y), r.Max, image.Pt(1, 0), along, 0},
		{"upper", r.Min, image.Pt(r.Max.X, r.Min.Y), image.Pt(0, 1), across, 0},
		{"lower", image.Pt(r.Min.X, r.Max.Y), r.Max, image.Pt(0, 1), across, 0},
	} {
		const samples = 20
		hits := 0
		for i := 1; i < samples; i++ {
			p := edge.from.Add(edge.to.Sub(edge.from).Mul(i).Div(samples))
			for d := -edge.where; d <= edge.where; d++ {
				if alike(img.RGBAAt(p.X+d*edge.reach.X, p.Y+d*edge.reach.Y), c) {
					hits++
					break
				}
			}
		}
		// A moving patch may have left a part of its upper and lower line behind.
		least := samples * 4 / 5
		if moves {
			least = samples / 2
		}
		if hits < least {
			return fmt.Errorf("%d of %d places along its %s edge have the colour %v", hits,
				samples-1, edge.name, c)
		}
	}
	return nil
}

// blob finds the rectangle around all strongly coloured pixels of a patch within bounds: in each
// row and column at least three of them, so that letters and lines of a like colour do not count.
func blob(img *image.RGBA, label string, within image.Rectangle) (image.Rectangle, bool) {
	within = within.Intersect(img.Bounds())
	columns, rows := make([]int, within.Dx()), make([]int, within.Dy())
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if patchColoured(img.RGBAAt(x, y), label) {
				columns[x-within.Min.X]++
				rows[y-within.Min.Y]++
			}
		}
	}
	x1, x2 := extent(columns)
	y1, y2 := extent(rows)
	return image.Rect(x1, y1, x2, y2).Add(within.Min), x2 > x1 && y2 > y1
}

// extent is the longest stretch of counts that are high.
func extent(counts []int) (from, to int) {
	const least = 24 // pixels: thicker than any line or letter
	start := -1
	for i := 0; i <= len(counts); i++ {
		switch high := i < len(counts) && counts[i] >= least; {
		case high && start < 0:
			start = i
		case !high && start >= 0:
			if i-start > to-from {
				from, to = start, i
			}
			start = -1
		}
	}
	return from, to
}

// patchColoured says whether a pixel can be of that patch: as saturated as no other thing on the
// screen is.
func patchColoured(c color.RGBA, label string) bool {
	high, low1, low2 := c.R, c.G, c.B
	switch label {
	case "green":
		high, low1, low2 = c.G, c.R, c.B
	case "blue":
		high, low1, low2 = c.B, c.R, c.G
	}
	return high >= 0xb0 && low1 < 0x50 && low2 < 0x50
}

// alike says whether an opaque pixel has about that colour.
func alike(got color.RGBA, want color.NRGBA) bool {
	// less than the patches' own colours are off, and their mixtures with the ground
	const near = 30
	close := func(a, b uint8) bool { return max(a, b)-min(a, b) <= near }
	return close(got.R, want.R) && close(got.G, want.G) && close(got.B, want.B)
}

// paint draws a frame of the clip with its boxes; change (nil: nothing) may spoil the blue one.
func paint(frame int, change func(*inference.Detection)) *image.RGBA {
	img := landscape.image(frame)
	var found []inference.Detection
	for class, label := range testmodel.Labels {
		p, _ := landscape.patch(label)
		x := p.x
		if p.moves {
			x += shift(frame)
		}
		w, h := float32(landscape.width), float32(landscape.height)
		d := inference.Detection{
			Class: class, Label: label, Score: testmodel.Score,
			Box: inference.Box{
				X1: float32(x) / w, Y1: float32(p.top) / h, X2: float32(x+p.width) / w,
				Y2: float32(p.top+p.height) / h,
			},
		}
		if change != nil && label == "blue" {
			change(&d)
		}
		found = append(found, d)
	}
	overlay.Draw(img, found)
	return img
}

// TestBoxedTellsWhatIsWrong draws what the window may show, right and wrong.
func TestBoxedTellsWhatIsWrong(t *testing.T) {
	const frame = 11
	if err := boxed(paint(frame, nil), landscape); err != nil {
		t.Errorf("boxes in their places: %v", err)
	}
	if boxed(landscape.image(frame), landscape) == nil {
		t.Error("patches without boxes pass")
	}
	if boxed(image.NewRGBA(image.Rect(0, 0, landscape.width, landscape.height)), landscape) == nil {
		t.Error("a black screen passes")
	}
	for name, change := range map[string]func(*inference.Detection){
		"box too far right": func(d *inference.Detection) {
			d.Box.X1, d.Box.X2 = d.Box.X1+0.03, d.Box.X2+0.03
		},
		"box too low": func(d *inference.Detection) {
			d.Box.Y1, d.Box.Y2 = d.Box.Y1+0.05, d.Box.Y2+0.05
		},
		"box too small":      func(d *inference.Detection) { d.Box.X2 -= 0.05 },
		"box of another one": func(d *inference.Detection) { d.Class = 0 },
	} {
		if boxed(paint(frame, change), landscape) == nil {
			t.Errorf("a %s passes", name)
		}
	}
}
