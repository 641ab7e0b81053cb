package e2e

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The lab's camera is a phone's in a moving hand: the whole picture goes to and fro, and in front
// of it red goes sideways, green goes up and down, and blue jumps from one place to another with
// every frame. A decoder that misses a reference paints blue in both places, or in neither.
const (
	labWidth, labHeight = 1280, 720
	labRate             = 30 // frames a second
	labFrames           = 60 // one way and back, so that the loop has no seam
	labPan              = 6  // pixels that the picture moves with each frame
	labStep             = 8  // pixels that a patch moves with each frame
)

// labCamera implements camera.
type labCamera struct {
	rate int // frames a second; 0 for labRate
}

// labPlace is where a patch stands, in pixels.
type labPlace struct{ x, y, width, height int }

// along is how many steps a frame of the clip is from the turning point of the loop.
func along(frame int) int {
	frame %= labFrames
	return min(frame, labFrames-frame)
}

// labPatch returns where the patch of that label is in a frame of the clip.
func labPatch(label string, frame int) labPlace {
	switch label {
	case "red":
		return labPlace{100 + labStep*along(frame), 80, 200, 160}
	case "green":
		return labPlace{560, 120 + labStep*along(frame), 160, 200}
	default: // blue
		return labPlace{800 + 240*(frame%2), 420, 160, 160}
	}
}

// file implements camera.
func (c labCamera) file(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "lab.y4m")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintf(w, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420\n", labWidth, labHeight,
		cmp.Or(c.rate, labRate))
	const wide = labWidth + labPan*labFrames/2
	scene := make([]byte, wide*labHeight)
	for at := range scene {
		scene[at] = ground(at%wide, at/wide)
	}
	frame := make([]byte, labWidth*labHeight*3/2)
	for n := range labFrames {
		drawLab(frame, scene, n)
		fmt.Fprintln(w, "FRAME")
		w.Write(frame) // a bufio.Writer keeps its first error for Flush
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// drawLab makes a frame, as planes of Y, U and V, of what lies in its window on the scene.
func drawLab(frame, scene []byte, n int) {
	wide, luma := len(scene)/labHeight, labWidth*labHeight
	for row := range labHeight {
		copy(frame[row*labWidth:][:labWidth], scene[row*wide+labPan*along(n):])
	}
	u, v := frame[luma:luma*5/4], frame[luma*5/4:]
	for i := range u {
		u[i], v[i] = 128, 128
	}
	for _, p := range landscape.patches { // for their colours
		at := labPatch(p.label, n)
		for row := at.y; row < at.y+at.height; row++ {
			for col := at.x; col < at.x+at.width; col++ {
				frame[row*labWidth+col] = p.y
				u[row/2*labWidth/2+col/2], v[row/2*labWidth/2+col/2] = p.u, p.v
			}
		}
	}
}

// whole says whether what was found is what one frame of the camera holds. If it is not, the
// picture was smeared: the patches would be elsewhere, larger, or not there.
func whole(found []detection) bool {
	if len(found) != len(landscape.patches) {
		return false
	}
	for frame := range labFrames {
		fits := true
		for _, d := range found {
			p := labPatch(d.Label, frame)
			for side, want := range [4]int{p.x, p.y, p.x + p.width, p.y + p.height} {
				full := float64([2]int{labWidth, labHeight}[side%2])
				fits = fits && math.Abs(d.Box[side]-float64(want)/full) <= slack
			}
		}
		if fits {
			return true
		}
	}
	return false
}

func TestTheLabKnowsASmearedPicture(t *testing.T) {
	boxes := func(frame int, labels ...string) (found []detection) {
		for _, label := range labels {
			p := labPatch(label, frame)
			found = append(found, detection{Label: label, Box: [4]float64{
				float64(p.x) / labWidth, float64(p.y) / labHeight,
				float64(p.x+p.width) / labWidth, float64(p.y+p.height) / labHeight,
			}})
		}
		return found
	}
	for frame := range labFrames {
		good := boxes(frame, "red", "green", "blue")
		if !whole(good) {
			t.Errorf("frame %d is said to be smeared", frame)
		}
		good[2].Box[2] = boxes(frame+1, "blue")[0].Box[2] // blue in both places
		good[2].Box[0] = min(good[2].Box[0], boxes(frame+1, "blue")[0].Box[0])
		if frame%2 == 0 && whole(good) {
			t.Errorf("frame %d is said to be whole with blue in two places", frame)
		}
		if whole(boxes(frame, "red", "green")) {
			t.Errorf("frame %d is said to be whole without blue", frame)
		}
	}
}
