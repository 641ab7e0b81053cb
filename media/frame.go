package media

import (
	"fmt"
	"image"
	"sync"
	"sync/atomic"
	"time"
)

// MaxSide bounds a frame's width and height in pixels. Anything larger is refused before memory
// is taken for it.
const MaxSide = 16384

// Format says how a Frame's planes hold the image.
type Format uint8

const (
	// I420 has three planes of 8-bit samples: Y at full size, U and V at half width and half
	// height, rounded up.
	I420 Format = iota
	// RGBA has one plane of 8-bit red, green, blue, alpha; alpha is always 255.
	RGBA
)

// Matrix says how luma and chroma were made from red, green and blue.
type Matrix uint8

const (
	// BT601 is the matrix of standard definition, of JPEG, and of what browsers send over WebRTC
	// unless they say otherwise.
	BT601 Matrix = iota
	// BT709 is the matrix of high definition.
	BT709
)

// Color is the colour description of a YUV frame. The zero value is BT.601 in limited range
// (16..235), the usual one.
type Color struct {
	Matrix    Matrix
	FullRange bool
}

// Frame is one decoded frame, upright. It is immutable once published and shared by reference
// count.
type Frame struct {
	Width, Height int
	Format        Format
	// Color is meaningful for I420 only.
	Color Color
	// Plane and Stride hold Y, U, V for I420, or RGBA in the first place. A stride may be larger
	// than the row.
	Plane  [3][]byte
	Stride [3]int

	// Seq counts the frames of one stream from 1.
	Seq uint64
	// PTS is the time since the stream's first frame.
	PTS time.Duration
	// RTP is the timestamp with which the phone sent it, in ticks of 90 kHz; it wraps. It is zero
	// for one that did not come from a phone.
	RTP uint32
	// Captured (zero when unknown), Received and Decoded are all on this machine's clock.
	Captured, Received, Decoded time.Time

	refs atomic.Int32
	pool *Pool
	buf  []byte
}

// Bounds returns the frame's rectangle with its origin at zero.
func (f *Frame) Bounds() image.Rectangle { return image.Rect(0, 0, f.Width, f.Height) }

// Valid says whether the planes hold what size and format promise, for code that counts on it.
func (f *Frame) Valid() bool {
	if f.Width < 1 || f.Height < 1 || f.Width > MaxSide || f.Height > MaxSide {
		return false
	}
	holds := func(i, row, rows int) bool {
		return f.Stride[i] >= row && len(f.Plane[i]) >= f.Stride[i]*(rows-1)+row
	}
	if f.Format == RGBA {
		return holds(0, 4*f.Width, f.Height)
	}
	cw, ch := (f.Width+1)/2, (f.Height+1)/2
	return holds(0, f.Width, f.Height) && holds(1, cw, ch) && holds(2, cw, ch)
}

// Origin is the best known beginning of the frame's life: when it was captured, or else when it
// was received.
func (f *Frame) Origin() time.Time {
	if !f.Captured.IsZero() {
		return f.Captured
	}
	return f.Received
}

// Retain takes one more reference and returns f.
func (f *Frame) Retain() *Frame {
	if f.refs.Add(1) <= 1 {
		panic("media: Retain of a released frame")
	}
	return f
}

// Release gives one reference back. After the last one the frame must not be touched.
func (f *Frame) Release() {
	switch n := f.refs.Add(-1); {
	case n > 0:
	case n == 0:
		if f.pool != nil {
			f.pool.put(f)
		}
	default:
		panic("media: Release of a released frame")
	}
}

// Pool makes frames and takes their memory back. Any goroutine may use it. The zero value is ready.
type Pool struct {
	mu   sync.Mutex
	free []*Frame
	out  atomic.Int64
}

// poolDepth is how many unused frames are kept: one for each stage that may hold one at a time, and
// one to spare.
const poolDepth = 8

// Get returns a frame of that size and format with one reference, its planes tight (for I420,
// chroma sizes rounded up) and their content undefined. It fails for sizes below 1 or above
// MaxSide.
func (p *Pool) Get(width, height int, format Format) (*Frame, error) {
	if width < 1 || height < 1 || width > MaxSide || height > MaxSide {
		return nil,
			fmt.Errorf("a picture of %d × %d pixels is outside 1..%d", width, height, MaxSide)
	}
	f := p.take()
	f.Width, f.Height, f.Format = width, height, format
	f.pool = p
	f.refs.Store(1)
	p.out.Add(1)
	switch format {
	case RGBA:
		f.layOut(4*width*height, [3]int{4 * width}, [3]int{4 * width * height})
	default:
		cw, ch := (width+1)/2, (height+1)/2
		f.layOut(width*height+2*cw*ch, [3]int{width, cw, cw},
			[3]int{width * height, cw * ch, cw * ch})
	}
	return f, nil
}

// Outstanding returns how many frames are referenced now: zero once everything that was handed out
// was released.
func (p *Pool) Outstanding() int { return int(p.out.Load()) }

func (p *Pool) take() *Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		f := p.free[n-1]
		p.free[n-1] = nil
		p.free = p.free[:n-1]
		return f
	}
	return new(Frame)
}

func (p *Pool) put(f *Frame) {
	p.out.Add(-1)
	buf := f.buf
	*f = Frame{buf: buf}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < poolDepth {
		p.free = append(p.free, f)
	}
}

// layOut cuts the frame's buffer, grown when too small, into planes of those strides and sizes.
func (f *Frame) layOut(total int, stride, size [3]int) {
	if cap(f.buf) < total {
		f.buf = make([]byte, total)
	}
	rest := f.buf[:total]
	f.Stride = stride
	for i, n := range size {
		f.Plane[i], rest = rest[:n:n], rest[n:]
		if n == 0 {
			f.Plane[i] = nil
		}
	}
}

// FromImage wraps an image from a file as a Frame with one reference and no pool: a 4:2:0 JPEG
// keeps its own planes (full range BT.601, nothing converted), anything else becomes RGBA over
// black.
func FromImage(img image.Image) (*Frame, error) {
	b := img.Bounds()
	if b.Dx() < 1 || b.Dy() < 1 || b.Dx() > MaxSide || b.Dy() > MaxSide {
		return nil,
			fmt.Errorf("a picture of %d × %d pixels is outside 1..%d", b.Dx(), b.Dy(), MaxSide)
	}
	f := &Frame{Width: b.Dx(), Height: b.Dy(), Seq: 1}
	f.refs.Store(1)
	if j, ok := img.(*image.YCbCr); ok && j.SubsampleRatio == image.YCbCrSubsampleRatio420 &&
		b.Min.X&1 == 0 && b.Min.Y&1 == 0 {
		f.Format, f.Color = I420, Color{Matrix: BT601, FullRange: true}
		y, c := j.YOffset(b.Min.X, b.Min.Y), j.COffset(b.Min.X, b.Min.Y)
		f.Plane = [3][]byte{j.Y[y:], j.Cb[c:], j.Cr[c:]}
		f.Stride = [3]int{j.YStride, j.CStride, j.CStride}
		return f, nil
	}
	rgba := ToRGBA(img)
	f.Format, f.Plane[0], f.Stride[0] = RGBA, rgba.Pix, rgba.Stride
	return f, nil
}
