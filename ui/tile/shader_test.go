package tile

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"handlens/inference"
	"handlens/media"
	"handlens/media/ffmpeg"
)

// speckled is a frame of smooth random colours: blocks of 16 pixels.
func speckled(t *testing.T, pool *media.Pool, w, h int, c media.Color) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Color, f.Seq, f.Received = c, 1, time.Unix(1, 0)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range f.Plane {
		step, rows := 16, h
		if i > 0 {
			step, rows = 8, (h+1)/2
		}
		values := make([]byte, (f.Stride[i]/step+1)*(rows/step+1))
		for k := range values {
			values[k] = byte(40 + r.IntN(170))
		}
		for y := range rows {
			for x := range f.Stride[i] {
				f.Plane[i][y*f.Stride[i]+x] = values[y/step*(f.Stride[i]/step+1)+x/step]
			}
		}
	}
	return f
}

// What the shader is asked to show is what the raster shows, for all matrices and for odd sizes.
func TestPackedPicturesHaveTheSameColours(t *testing.T) {
	var pool media.Pool
	conv := ffmpeg.NewConverter()
	defer conv.Close()
	for _, size := range []image.Point{{64, 48}, {50, 34}, {63, 47}, {2, 2}, {9, 3}} {
		for _, c := range []media.Color{
			{},
			{FullRange: true},
			{Matrix: media.BT709},
			{Matrix: media.BT709, FullRange: true},
		} {
			f := speckled(t, &pool, size.X, size.Y, c)
			want := image.NewRGBA(f.Bounds())
			if err := conv.ToRGBA(want, f); err != nil {
				t.Fatal(err)
			}
			img := image.NewRGBA(image.Rectangle{Max: packedSize(size.X, size.Y)})
			pack(img, f, nil)
			packed, m := packedFrame(img, size.X, size.Y, c), matrixOf(c)
			for y := range size.Y {
				for x := range size.X {
					if got := m.at(packed, x, y); !alike(want.At(x, y), got, 2) {
						t.Fatalf("%v %+v: pixel %d, %d is %v, want %v", size, c, x, y, got,
							want.At(x, y))
					}
				}
			}
			f.Release()
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestOnlySoundPlanesArePacked(t *testing.T) {
	var pool media.Pool
	f := speckled(t, &pool, 32, 32, media.Color{})
	defer f.Release()
	if !packs(f) {
		t.Error("a sound frame is refused")
	}
	short := packedFrame(image.NewRGBA(image.Rectangle{Max: packedSize(32, 32)}), 32, 32,
		media.Color{})
	short.Plane[2] = short.Plane[2][:10]
	if packs(short) {
		t.Error("a frame with a short plane is packed")
	}
	if packs(&media.Frame{Width: 4, Height: 4, Format: media.RGBA}) {
		t.Error("an RGBA frame is packed")
	}
}

// The driver of tests does not know shaders: the tile must find that out and go back to the raster,
// by itself.
func TestShaderThatShowsNothingIsGivenUp(t *testing.T) {
	t.Setenv(PaintWith, "shader")
	shaderResult.Store(int32(shaderUntested))
	defer shaderResult.Store(int32(shaderUntested))
	a := test.NewTempApp(t)
	phone := &fakePhone{}
	conv := ffmpeg.NewConverter()
	defer conv.Close()
	tl := New(Config{
		Phone: phone, Convert: conv.ToRGBA,
		Publish: func(f func()) bool { f(); return true },
		Status:  statusNumber,
	})
	win := a.NewWindow("")
	win.SetPadded(false)
	win.SetContent(tl)
	win.Resize(fyne.NewSize(320, 240))
	for seq := uint64(1); seq <= maxShaderTests+3; seq++ {
		f := speckled(t, &phone.frames.Pool, 320, 240, media.Color{})
		f.Seq = seq
		phone.mu.Lock()
		phone.frames.Set(f)
		phone.mu.Unlock()
		tl.painter.step()
		tl.draw(0, 0)
		if seq == 1 && !tl.current.packed {
			t.Error("the shader was not tried")
		}
	}
	if tl.current.packed || shaderState(shaderResult.Load()) != shaderBroken ||
		tl.shader.object.Visible() {
		t.Errorf("the shader is still used; the verdict is %d", shaderResult.Load())
	}
	want := image.NewRGBA(image.Rect(0, 0, 320, 240))
	if err := conv.ToRGBA(want, phone.frames.Newest()); err != nil {
		t.Fatal(err)
	}
	if got := win.Canvas().Capture().At(200, 100); !alike(got,
		color.NRGBAModel.Convert(want.At(200, 100)).(color.NRGBA), 8) {
		t.Errorf("after it was given up the picture shows %v, want %v", got, want.At(200, 100))
	}
	phone.end(t)
}

func TestShaderIsJudgedByItsPixels(t *testing.T) {
	var pool media.Pool
	f := speckled(t, &pool, 320, 240, media.Color{})
	defer f.Release()
	right := image.NewRGBA(f.Bounds())
	conv := ffmpeg.NewConverter()
	defer conv.Close()
	if err := conv.ToRGBA(right, f); err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rectangle{Max: packedSize(320, 240)})
	pack(img, f, nil)
	s := &shaderSurface{shown: packedFrame(img, 320, 240, media.Color{})}
	covered := image.NewRGBA(f.Bounds())
	copy(covered.Pix, right.Pix)
	for i := range 4 * 320 * 60 { // a badge over a quarter
		covered.Pix[i] = 30
	}
	swapped := image.NewRGBA(f.Bounds())
	for i := 0; i < len(right.Pix); i += 4 {
		swapped.Pix[i], swapped.Pix[i+1], swapped.Pix[i+2], swapped.Pix[i+3] = right.Pix[i+2],
			right.Pix[i], right.Pix[i+1], 255
	}
	for _, c := range []struct {
		what   string
		screen image.Image
		want   shaderState
	}{
		{"the right picture", right, shaderTrusted},
		{"the right picture under a badge", covered, shaderTrusted},
		{"wrong colours", swapped, shaderBroken},
		{"a screen that cannot be read", image.NewRGBA(f.Bounds()), shaderUntested},
	} {
		if got := s.check(c.screen, f.Bounds()); got != c.want {
			t.Errorf("%s: the verdict is %d, want %d", c.what, got, c.want)
		}
	}
}

func TestPackedPicturesHideToo(t *testing.T) {
	var pool media.Pool
	f := speckled(t, &pool, 128, 128, media.Color{})
	defer f.Release()
	img := image.NewRGBA(image.Rectangle{Max: packedSize(128, 128)})
	pack(img, f, []inference.Box{{X1: 0.2, Y1: 0.2, X2: 0.8, Y2: 0.8}})
	packed, m := packedFrame(img, 128, 128, media.Color{}), matrixOf(media.Color{})
	clear := packedFrame(image.NewRGBA(image.Rectangle{Max: packedSize(128, 128)}), 128, 128,
		media.Color{})
	for i := range f.Plane {
		clear.Plane[i], clear.Stride[i] = f.Plane[i], f.Stride[i]
	}
	if m.at(packed, 5, 5) != m.at(clear, 5, 5) {
		t.Error("what is outside was changed")
	}
	colors := map[color.NRGBA]bool{}
	for y := 30; y < 98; y++ {
		for x := 30; x < 98; x++ {
			colors[m.at(packed, x, y)] = true
		}
	}
	if len(colors) > 36 {
		t.Errorf("%d colours are left in what is hidden", len(colors))
	}
}
