package tile

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/media"
	"handlens/ui/kit"
)

// There are two ways to the screen. The raster: each frame is converted to RGBA here, which takes a
// thread one millisecond, and Fyne uploads that. The shader: the planes are uploaded as they are,
// less than half as many bytes, and the graphics card converts the colours. Where the "graphics
// card" is this processor (llvmpipe, as on servers and in virtual machines) the shader costs five
// times as much as what it saves, and Fyne does not say what it draws with. So the raster is used
// unless PaintWith says "shader", and even then where the shader fails its test.

// PaintWith is the environment variable that chooses how pictures get to the screen: "shader", or
// anything else for the raster.
const PaintWith = "HANDLENS_PAINT"

// shaderState says whether the shader shows what it should.
type shaderState int32

const (
	shaderUntested shaderState = iota
	shaderTrusted
	shaderBroken
)

// shaderResult is the state for all tiles, since one driver draws them. maxShaderTests is how many
// pictures of each tile may go by without a result: some drivers, such as Xvfb's, do not let the
// screen be read, and then nothing can be tested.
var shaderResult atomic.Int32

const maxShaderTests = 8

// shaderWanted says whether to try the shader.
func shaderWanted() bool { return os.Getenv(PaintWith) == "shader" }

// shaderIDs are the numbers of shaders that no tile uses. Fyne keeps program and texture of each
// name for as long as the window lives, and only one texture for each name.
var shaderIDs struct {
	sync.Mutex
	free []int
	made int
}

func acquireShaderID() int {
	shaderIDs.Lock()
	defer shaderIDs.Unlock()
	if n := len(shaderIDs.free); n > 0 {
		id := shaderIDs.free[n-1]
		shaderIDs.free = shaderIDs.free[:n-1]
		return id
	}
	shaderIDs.made++
	return shaderIDs.made
}

func releaseShaderID(id int) {
	shaderIDs.Lock()
	defer shaderIDs.Unlock()
	shaderIDs.free = append(shaderIDs.free, id)
}

// shaderSurface shows packed pictures.
type shaderSurface struct {
	object *canvas.Shader
	shown  *media.Frame // the packed picture in the texture
	tests  int
}

func newShaderSurface(owner *Tile) *shaderSurface {
	id := acquireShaderID()
	runtime.AddCleanup(owner, releaseShaderID, id)
	s := &shaderSurface{object: canvas.NewShader(fmt.Sprint("handlens video ", id),
		[]byte(shaderHead+shaderBody), []byte(shaderHeadES+shaderBody))}
	s.object.Hide()
	return s
}

// show puts a packed picture on the canvas.
func (s *shaderSurface) show(img *image.RGBA, size image.Point, c media.Color) {
	// Fyne uploads only what it has not seen, by its address, and the memory is used again
	fresh := *img
	m := matrixOf(c)
	s.shown = packedFrame(&fresh, size.X, size.Y, c)
	s.object.Textures = map[string]image.Image{"planes": &fresh}
	s.object.Uniforms = map[string]float32{
		"width": float32(size.X), "height": float32(size.Y),
		"texelsX": float32(img.Rect.Dx()), "texelsY": float32(img.Rect.Dy()),
		"low": m.low, "scale": m.scale, "rv": m.rv, "gu": m.gu, "gv": m.gv, "bu": m.bu,
	}
	kit.SetVisible(s.object, true)
	s.object.Refresh()
}

// check compares what is on the screen with what should be there, where the picture lies in it in
// pixels. Neither a picture nor a screen of nearly one colour proves anything.
func (s *shaderSurface) check(screen image.Image, at image.Rectangle) shaderState {
	const grid, tolerance = 12, 10
	at = at.Intersect(screen.Bounds())
	if s.shown == nil || at.Dx() < 4*grid || at.Dy() < 4*grid {
		return shaderUntested
	}
	m := matrixOf(s.shown.Color)
	right, blank := 0, true
	low, high := uint8(255), uint8(0)
	first := screen.At(at.Min.X, at.Min.Y)
	for i := range grid * grid {
		px, py := (2*(i%grid)+1)*at.Dx()/(2*grid), (2*(i/grid)+1)*at.Dy()/(2*grid)
		want := m.at(s.shown, px*s.shown.Width/at.Dx(), py*s.shown.Height/at.Dy())
		low, high = min(low, want.G), max(high, want.G)
		seen := screen.At(at.Min.X+px, at.Min.Y+py)
		blank = blank && seen == first
		if alike(seen, want, tolerance) {
			right++
		}
	}
	switch {
	case high-low < 3*tolerance, blank:
		return shaderUntested
	case 2*right >= grid*grid: // boxes and badges cover some, and edges fall between two samples
		return shaderTrusted
	}
	return shaderBroken
}

func alike(a color.Color, b color.NRGBA, tolerance int) bool {
	c := color.NRGBAModel.Convert(a).(color.NRGBA)
	near := func(x, y uint8) bool {
		return int(x)-int(y) <= tolerance && int(y)-int(x) <= tolerance
	}
	return near(c.R, b.R) && near(c.G, b.G) && near(c.B, b.B)
}

// testShader reads the screen after the shader drew the first pictures, and gives the shader up
// where they are wrong or cannot be read.
func (t *Tile) testShader() {
	if t.shader == nil || !t.current.packed || t.drawn != t.current.seq ||
		shaderState(shaderResult.Load()) != shaderUntested {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(t)
	if c == nil {
		return
	}
	at, size := t.video()
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(t).Add(at)
	x0, y0 := c.PixelCoordinateForPosition(origin)
	x1, y1 := c.PixelCoordinateForPosition(origin.AddXY(size.Width, size.Height))
	v := t.shader.check(c.Capture(), image.Rect(x0, y0, x1, y1))
	if t.shader.tests++; v == shaderUntested && t.shader.tests >= maxShaderTests {
		v = shaderBroken
	}
	shaderResult.Store(int32(v))
}

// The shader in both dialects. gl_FragCoord counts from below. A sample is one of the four channels
// of a texel, which is read exactly at its middle so that the card does not mix it with its
// neighbours; luma is then mixed here.
const (
	shaderHead   = "#version 110\n"
	shaderHeadES = `#version 100
#ifdef GL_FRAGMENT_PRECISION_HIGH
precision highp float;
#else
precision mediump float;
#endif
precision lowp sampler2D;
`
	shaderBody = `
uniform vec2 frame;
uniform vec4 bounds;
uniform sampler2D planes;
uniform float width;
uniform float height;
uniform float texelsX;
uniform float texelsY;
uniform float low;
uniform float scale;
uniform float rv;
uniform float gu;
uniform float gv;
uniform float bu;

float sampleAt(float x, float y) {
    float column = floor((x + 0.5) / 4.0);
    float channel = x - 4.0 * column;
    vec4 four = texture2D(planes, vec2((column + 0.5) / texelsX, (y + 0.5) / texelsY));
    if (channel < 0.5) return four.r;
    if (channel < 1.5) return four.g;
    if (channel < 2.5) return four.b;
    return four.a;
}

void main() {
    vec2 place = vec2(gl_FragCoord.x - bounds.x, frame.y - gl_FragCoord.y - bounds.y) /
        (bounds.zw - bounds.xy);
    if (place.x < 0.0 || place.y < 0.0 || place.x > 1.0 || place.y > 1.0) {
        discard;
    }
    vec2 size = vec2(width, height);
    vec2 here = min(place * size, size - 0.5);
    vec2 from = floor(max(here - 0.5, 0.0));
    vec2 to = min(from + 1.0, size - 1.0);
    vec2 part = clamp(here - 0.5 - from, 0.0, 1.0);
    float luma = mix(
        mix(sampleAt(from.x, from.y), sampleAt(to.x, from.y), part.x),
        mix(sampleAt(from.x, to.y), sampleAt(to.x, to.y), part.x), part.y);
    vec2 half_ = floor(here * 0.5);
    float u = sampleAt(half_.x, height + half_.y) - 128.0 / 255.0;
    float v = sampleAt(half_.x + 2.0 * texelsX, height + half_.y) - 128.0 / 255.0;
    luma = (luma - low) * scale;
    gl_FragColor = vec4(luma + rv * v, luma + gu * u + gv * v, luma + bu * u, 1.0);
}
`
)

// clearPixel is a picture of nothing.
var clearPixel = image.NewRGBA(image.Rect(0, 0, 1, 1))
