package media

import (
	"image"
	"image/color"
	"sync"
	"testing"
	"time"
)

func TestPoolLaysPlanesOut(t *testing.T) {
	var pool Pool
	for _, c := range []struct {
		w, h    int
		format  Format
		stride  [3]int
		lengths [3]int
	}{
		{1, 1, I420, [3]int{1, 1, 1}, [3]int{1, 1, 1}},
		{5, 3, I420, [3]int{5, 3, 3}, [3]int{15, 6, 6}},
		{1280, 720, I420, [3]int{1280, 640, 640}, [3]int{1280 * 720, 640 * 360, 640 * 360}},
		{5, 3, RGBA, [3]int{20}, [3]int{60}},
	} {
		f, err := pool.Get(c.w, c.h, c.format)
		if err != nil {
			t.Fatal(err)
		}
		lengths := [3]int{len(f.Plane[0]), len(f.Plane[1]), len(f.Plane[2])}
		if f.Stride != c.stride || lengths != c.lengths ||
			f.Bounds() != image.Rect(0, 0, c.w, c.h) {
			t.Errorf("%d × %d, format %d: strides %v, lengths %v", c.w, c.h, c.format, f.Stride,
				lengths)
		}
		for i, plane := range f.Plane {
			if cap(plane) != len(plane) {
				t.Errorf("%d × %d: plane %d can grow into the next", c.w, c.h, i)
			}
			if f.Format == RGBA && i > 0 && plane != nil {
				t.Errorf("RGBA has a plane %d", i)
			}
		}
		f.Release()
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d outstanding", n)
	}
}

func TestPoolRefusesSizes(t *testing.T) {
	var pool Pool
	for _, size := range []image.Point{
		{0, 1},
		{1, 0},
		{-1, 5},
		{MaxSide + 1, 1},
		{1, MaxSide + 1},
	} {
		if f, err := pool.Get(size.X, size.Y, I420); err == nil {
			f.Release()
			t.Errorf("%v was taken", size)
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d outstanding", n)
	}
}

func TestPoolReusesAndForgets(t *testing.T) {
	var pool Pool
	f, err := pool.Get(64, 64, I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Seq, f.PTS, f.Captured, f.Color = 7, 9, time.Now(),
		Color{Matrix: BT709, FullRange: true}
	first := &f.Plane[0][0]
	f.Release()
	g, err := pool.Get(32, 32, RGBA)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Release()
	if &g.Plane[0][0] != first {
		t.Error("a smaller picture did not reuse the memory")
	}
	if g.Seq != 0 || g.PTS != 0 || !g.Captured.IsZero() || g.Color != (Color{}) {
		t.Errorf("a new frame remembers the last: %+v", g)
	}
	if n := testing.AllocsPerRun(100, func() {
		h, err := pool.Get(64, 64, I420)
		if err != nil {
			t.Fatal(err)
		}
		h.Release()
	}); n != 0 {
		t.Errorf("%v allocations in the steady state", n)
	}
}

func TestFrameReferences(t *testing.T) {
	var pool Pool
	f, err := pool.Get(16, 16, I420)
	if err != nil {
		t.Fatal(err)
	}
	const readers = 8
	var wg sync.WaitGroup
	for range readers {
		r := f.Retain()
		wg.Go(func() {
			_ = r.Plane[0][0]
			r.Release()
		})
	}
	wg.Wait()
	if n := pool.Outstanding(); n != 1 {
		t.Errorf("%d outstanding while one reference is held", n)
	}
	f.Release()
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d outstanding at the end", n)
	}
	mustPanic(t, "a second Release", f.Release)
	mustPanic(t, "Retain after the last Release", func() { new(Frame).Retain() })
}

func mustPanic(t *testing.T, what string, do func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s went unnoticed", what)
		}
	}()
	do()
}

func TestOrigin(t *testing.T) {
	received := time.Unix(100, 0)
	f := &Frame{Received: received}
	if f.Origin() != received {
		t.Error("without a capture time the origin is when it was received")
	}
	f.Captured = received.Add(-time.Second)
	if f.Origin() != f.Captured {
		t.Error("the origin is the capture time when there is one")
	}
}

func TestFromImage(t *testing.T) {
	jpeg := image.NewYCbCr(image.Rect(0, 0, 6, 4), image.YCbCrSubsampleRatio420)
	for i := range jpeg.Y {
		jpeg.Y[i] = uint8(i)
	}
	f, err := FromImage(jpeg.SubImage(image.Rect(2, 2, 6, 4)))
	if err != nil {
		t.Fatal(err)
	}
	if f.Format != I420 || f.Color != (Color{Matrix: BT601, FullRange: true}) || f.Width != 4 ||
		f.Height != 2 || f.Plane[0][0] != jpeg.Y[jpeg.YOffset(2, 2)] {
		t.Errorf("4:2:0: %+v", f)
	}
	f.Release()

	half := image.NewNRGBA(image.Rect(3, 3, 5, 4))
	half.SetNRGBA(3, 3, color.NRGBA{R: 200, A: 255})
	half.SetNRGBA(4, 3, color.NRGBA{G: 200, A: 0})
	f, err = FromImage(half)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if f.Format != RGBA || f.Width != 2 || f.Height != 1 {
		t.Fatalf("%+v", f)
	}
	if got, want := [8]byte(f.Plane[0]), [8]byte{200, 0, 0, 255, 0, 0, 0, 255}; got != want {
		t.Errorf("over black: %v, want %v", got, want)
	}

	if _, err := FromImage(image.NewGray(image.Rectangle{})); err == nil {
		t.Error("a picture without pixels was taken")
	}
}

func TestWhole(t *testing.T) {
	var pool Pool
	for _, format := range []Format{I420, RGBA} {
		f, err := pool.Get(5, 3, format)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Valid() {
			t.Errorf("a frame of format %d from the pool is not whole", format)
		}
		last := 0
		if format == I420 {
			last = 2
		}
		plane := f.Plane[last]
		f.Plane[last] = plane[:len(plane)-1]
		if f.Valid() {
			t.Errorf("a frame of format %d is whole without its last sample", format)
		}
		f.Plane[last] = plane
		f.Width = MaxSide + 1
		if f.Valid() {
			t.Error("a frame that is too wide is whole")
		}
		f.Release()
	}
}
