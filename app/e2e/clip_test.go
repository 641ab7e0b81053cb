package e2e

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"handlens/media/glass"
)

// The clip is short and slow, so that a busy machine can encode it in software, AV1 too, and so
// that boxes which are a third of a second old still lie on their patches.
const (
	clipRate   = 15 // frames a second
	clipFrames = 60 // one way and back, so that the loop has no seam
	clipTravel = 80 // pixels each way
)

// patch is one saturated rectangle in front of the camera, in pixels of the clip.
type patch struct {
	label         string
	y, u, v       byte // BT.601, limited range
	x, top        int  // leftmost place
	width, height int
	moves         bool
}

// clip is what the fake camera shows: patches that stand still or go to and fro together on a grey,
// textured ground.
type clip struct {
	name          string
	width, height int
	patches       []patch
	number        int // of the moving code in the first frame; 0 for none
}

// The colours of the patches are those that testmodel looks for.
var (
	landscape = clip{name: "landscape", width: 640, height: 480, patches: []patch{
		{"red", 81, 90, 240, 60, 60, 120, 90, true},
		{"green", 145, 54, 34, 240, 270, 100, 140, true},
		{"blue", 41, 240, 110, 480, 120, 110, 100, false},
	}}
	portrait = clip{name: "portrait", width: 480, height: 640, patches: []patch{
		{"red", 81, 90, 240, 40, 80, 120, 90, true},
		{"green", 145, 54, 34, 200, 400, 100, 140, true},
		{"blue", 41, 240, 110, 330, 200, 110, 100, false},
	}}
)

// shift is how far the moving patches are from their leftmost place in a frame of the clip: even,
// as chroma wants it.
func shift(frame int) int {
	half := clipFrames / 2
	way := frame % clipFrames
	if way > half {
		way = clipFrames - way
	}
	return way * clipTravel / half &^ 1
}

// file writes the clip to dir in the YUV4MPEG2 format (wiki.multimedia.cx/index.php/YUV4MPEG2),
// which Chromium plays over and over.
func (c clip) file(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, c.name+".y4m")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintf(w, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420\n", c.width, c.height, clipRate)
	for frame := range clipFrames {
		fmt.Fprintln(w, "FRAME")
		w.Write(c.draw(frame)) // a bufio.Writer keeps its first error for Flush
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// draw returns one frame as planes of Y, U and V.
func (c clip) draw(frame int) []byte {
	luma, cw := c.width*c.height, c.width/2
	chroma := luma / 4
	planes := make([]byte, luma+2*chroma)
	y, u, v := planes[:luma], planes[luma:luma+chroma], planes[luma+chroma:]
	for i := range u {
		u[i], v[i] = 128, 128
	}
	for row := range c.height {
		for col := range c.width {
			y[row*c.width+col] = ground(col, row)
		}
	}
	for _, p := range c.patches {
		x := p.x
		if p.moves {
			x += shift(frame)
		}
		for row := p.top; row < p.top+p.height; row++ {
			for col := x; col < x+p.width; col++ {
				y[row*c.width+col] = p.y
				u[row/2*cw+col/2], v[row/2*cw+col/2] = p.u, p.v
			}
		}
	}
	if c.number > 0 {
		c.drawCode(y, frame)
	}
	return planes
}

// drawCode draws the moving code into the middle of a frame.
func (c clip) drawCode(luma []byte, frame int) {
	code := glass.Image(c.number + frame)
	cell := c.height * 3 / 4 / glass.Side
	left, top := (c.width-cell*glass.Side)/2, (c.height-cell*glass.Side)/2
	for y := range cell * glass.Side {
		for x := range cell * glass.Side {
			v := code.GrayAt(x/cell, y/cell).Y
			luma[(top+y)*c.width+left+x] = 30 + byte(int(v)*180/255)
		}
	}
}

// image returns one frame of the clip as a screen shows it.
func (c clip) image(frame int) *image.RGBA {
	planes := c.draw(frame)
	luma := c.width * c.height
	img := image.NewRGBA(image.Rect(0, 0, c.width, c.height))
	for y := range c.height {
		for x := range c.width {
			at := luma + y/2*(c.width/2) + x/2
			r, g, b := color.YCbCrToRGB(planes[y*c.width+x], planes[at], planes[at+luma/4])
			img.SetRGBA(x, y, color.RGBA{R: r, G: g, B: b, A: 255})
		}
	}
	return img
}

// ground is the brightness of the background: soft waves with a grain, so that encoders have
// something to do.
func ground(x, y int) byte {
	wave := 26*math.Sin(float64(x)/23) + 22*math.Cos(float64(y)/31+float64(x)/97)
	grain := (x*7 + y*13 ^ x*y) & 7
	return byte(110 + int(wave) + grain)
}

// label finds a patch of the clip.
func (c clip) patch(label string) (patch, bool) {
	for _, p := range c.patches {
		if p.label == label {
			return p, true
		}
	}
	return patch{}, false
}

// slack is how far an edge of a box may be from the patch's, as a part of the frame's side: two
// pixels of the detector's input (320), a softened edge when the encoder has scaled the frame
// down, and no more.
const slack = 0.02

// check says in what the detections differ from what is in front of the camera. Which frame of
// the clip they belong to is not known, but it is one frame: the patch that stands still must be
// exactly there, the moving ones on their way and equally far along it.
func (c clip) check(found []detection) error {
	boxes := map[string][4]float64{}
	for _, d := range found {
		if _, known := c.patch(d.Label); !known {
			return fmt.Errorf("there is no %q in front of the camera", d.Label)
		}
		if _, twice := boxes[d.Label]; twice {
			return fmt.Errorf("%s was found twice", d.Label)
		}
		if d.Confidence < 0.5 || d.Confidence > 1 {
			return fmt.Errorf("%s has the confidence %v", d.Label, d.Confidence)
		}
		boxes[d.Label] = d.Box
	}
	w, h := float64(c.width), float64(c.height)
	along := math.NaN()
	for _, p := range c.patches {
		box, ok := boxes[p.label]
		if !ok {
			return fmt.Errorf("%s was not found", p.label)
		}
		left, right := box[0]*w, box[2]*w
		way := left - float64(p.x)
		switch {
		case off(box[1], float64(p.top)/h), off(box[3], float64(p.top+p.height)/h):
			return fmt.Errorf("%s at %v is too high or too low", p.label, box)
		case off((right-left)/w, float64(p.width)/w):
			return fmt.Errorf("%s at %v is too wide or too narrow", p.label, box)
		case !p.moves && off(way/w, 0), way < -slack*w, way > clipTravel+slack*w:
			return fmt.Errorf("%s at %v is too far left or right", p.label, box)
		case p.moves && !math.IsNaN(along) && off(along/w, way/w):
			return fmt.Errorf(
				"the moving patches are at %v and %v pixels of their way in one frame", along,
				way)
		case p.moves:
			along = way
		}
	}
	return nil
}

func off(a, b float64) bool { return math.Abs(a-b) > slack }

func TestClipHoldsWhatIsChecked(t *testing.T) {
	for _, c := range []clip{landscape, portrait} {
		for frame := range clipFrames {
			var found []detection
			for _, p := range c.patches {
				x := p.x
				if p.moves {
					x += shift(frame)
				}
				found = append(found, detection{Label: p.label, Confidence: 0.98, Box: [4]float64{
					float64(x) / float64(c.width), float64(p.top) / float64(c.height),
					float64(x+p.width) / float64(c.width),
					float64(p.top+p.height) / float64(c.height),
				}})
			}
			if err := c.check(found); err != nil {
				t.Errorf("%s, frame %d: %v", c.name, frame, err)
			}
			found[0].Box[0] += 0.05
			if c.check(found) == nil {
				t.Errorf("%s, frame %d: a wrong box passes", c.name, frame)
			}
			if c.check(found[1:]) == nil {
				t.Errorf("%s, frame %d: a missing box passes", c.name, frame)
			}
		}
	}
}
