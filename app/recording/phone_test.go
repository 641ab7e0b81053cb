package recording

import (
	"bytes"
	"encoding/binary"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/inference/timeline"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/tape"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const fps = 30

// clip is H.264 as a phone sends it: a grey frame on which a white patch moves to the right, with
// a key frame each second.
type clip struct {
	size     image.Point
	pictures []media.Packet // without times
}

// patchAt is where the patch of the n-th frame is, 0..1.
func patchAt(n int) inference.Box {
	x := 0.1 + 0.6*float32(n%60)/60
	return inference.Box{X1: x, Y1: 0.4, X2: x + 0.2, Y2: 0.7}
}

func makeClip(t testing.TB, w, h, n int) clip {
	t.Helper()
	e, err := ffmpeg.OpenEncoder(ffmpeg.EncoderOptions{Width: w, Height: h, Only: "libopenh264"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c := clip{size: image.Pt(w, h)}
	// Parameter sets stand in the file's head only; phones send them with each key frame.
	path := filepath.Join(t.TempDir(), "head.mp4")
	m, err := ffmpeg.CreateMP4(path, ffmpeg.MuxerOptions{Encoder: e})
	if err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	keep := func(k ffmpeg.Encoded) error {
		c.pictures = append(c.pictures,
			media.Packet{Codec: media.H264, Data: bytes.Clone(k.Data), Key: k.Key})
		return nil
	}
	for i := range n {
		f := drawPatch(t, &pool, w, h, patchAt(i))
		if err := e.Encode(f, time.Duration(i)*time.Second/fps, keep); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := e.Flush(keep); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	sets := parameterSets(t, path)
	for i, p := range c.pictures {
		if p.Key {
			c.pictures[i].Data = append(bytes.Clone(sets), p.Data...)
		}
	}
	if len(c.pictures) != n {
		t.Fatalf("%d pictures of %d", len(c.pictures), n)
	}
	return c
}

func drawPatch(t testing.TB, pool *media.Pool, w, h int, b inference.Box) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	at := image.Rect(int(b.X1*float32(w)), int(b.Y1*float32(h)), int(b.X2*float32(w)),
		int(b.Y2*float32(h)))
	for y := range h {
		row := f.Plane[0][y*f.Stride[0]:][:w]
		for x := range row {
			row[x] = 80
			if image.Pt(x, y).In(at) {
				row[x] = 235
			}
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = 128, 128
	}
	return f
}

// parameterSets reads an MP4's avcC box (ISO/IEC 14496-15, section 5.3.3) as Annex B.
func parameterSets(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte("avcC"))
	if i < 0 {
		t.Fatal("there is no avcC box")
	}
	b = b[i+4+5:]
	var sets []byte
	for _, mask := range []byte{0x1F, 0xFF} {
		n := int(b[0] & mask)
		b = b[1:]
		for range n {
			size := int(binary.BigEndian.Uint16(b))
			sets = append(append(sets, 0, 0, 0, 1), b[2:2+size]...)
			b = b[2+size:]
		}
	}
	return sets
}

// phone sends clips to a tape, 30 frames a second by its own clock.
type phone struct {
	t        testing.TB
	tape     *tape.Tape
	timeline timeline.Timeline
	begin    time.Time
	marks    Marks
	n        int             // the next frame, counted over all clips
	times    []time.Duration // of each, on the tape
	sound    bool
	// every is how many frames the detector is asked about: each fifth by default.
	every int
	late  bool // the results are put in by the test
	// past has the frames be long gone, so that nothing is waited for. Else time stands still, and
	// the boxes of each frame are waited for.
	past bool
}

func newPhone(t testing.TB) *phone {
	return &phone{
		t: t, tape: tape.New(tape.Options{Keep: time.Minute, MaxBytes: 64 << 20}),
		begin: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), every: 5,
	}
}

// options are those of a recording by this phone's clock.
func (p *phone) options(o Options) Options {
	now := p.begin
	if p.past {
		now = now.Add(time.Hour)
	}
	o.now, o.patience = func() time.Time { return now }, time.Minute
	return o
}

func (p *phone) source() Source {
	return Source{Tape: p.tape, Timeline: &p.timeline, Name: "Test phone", Marks: &p.marks}
}

func (p *phone) at(n int) time.Duration { return time.Duration(n) * time.Second / fps }

// send puts frames of a clip on the tape, and what is found in them on the timeline.
func (p *phone) send(c clip, from, to int) {
	p.t.Helper()
	for i := from; i < to; i++ {
		pkt := c.pictures[i]
		taken := p.begin.Add(p.at(p.n))
		pkt.RTP, pkt.Captured, pkt.Received = uint32(p.n*90000/fps), taken, taken
		at := p.tape.Video(pkt)
		p.times = append(p.times, at)
		if p.sound {
			// 20 ms of silence, CELT at full band (RFC 6716, section 3.1); some three packets in
			// two frames
			for j := range 2 {
				if j == 0 || p.n%2 == 0 {
					off := time.Duration(j) * 20 * time.Millisecond
					p.tape.Audio(media.Audio{
						Data: []byte{0xF8, 0xFF, 0xFE}, RTP: uint32((p.n*1600 + j*960)),
						Captured: taken.Add(off), Received: taken.Add(off),
					})
				}
			}
		}
		if !p.late && p.n%p.every == 0 {
			p.timeline.Add(at, found(i))
		}
		p.n++
	}
}

// thing is what the patches are taken for.
const thing = 2

var labels = []string{"person", "cat", "thing"}

func found(n int) []inference.Detection {
	return []inference.Detection{{
		Box: patchAt(n), Class: thing, Label: labels[thing], Score: 0.9,
		Track: 1,
	}}
}

// videoFrame is a decoded frame of a video.
type videoFrame struct {
	pts time.Duration
	// box is where the coloured outline lies, in pixels of the canvas; empty for none. patch is
	// where the white patch lies in the row through its middle.
	box          image.Rectangle
	patch0, end0 int
	size         image.Point
}

// readVideo decodes a video and finds the outlines in it: its frames have no colour of their own.
func readVideo(t testing.TB, path string) []videoFrame {
	t.Helper()
	var pool media.Pool
	r, err := ffmpeg.OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []videoFrame
	for {
		f, err := r.Next()
		if err != nil {
			return all
		}
		all = append(all, measure(f))
		f.Release()
	}
}

// measure finds the coloured outline and the white patch.
func measure(f *media.Frame) videoFrame {
	out := videoFrame{pts: f.PTS, size: image.Pt(f.Width, f.Height), patch0: -1}
	coloured := func(x, y int) bool {
		u, v := int(f.Plane[1][y*f.Stride[1]+x])-128, int(f.Plane[2][y*f.Stride[2]+x])-128
		return u*u+v*v > 30*30
	}
	for y := range f.Height / 2 {
		for x := range f.Width / 2 {
			if coloured(x, y) {
				out.box = out.box.Union(image.Rect(2*x, 2*y, 2*x+2, 2*y+2))
			}
		}
	}
	y := f.Height * 6 / 10
	for x := range f.Width {
		if f.Plane[0][y*f.Stride[0]+x] > 190 {
			if out.patch0 < 0 {
				out.patch0 = x
			}
			out.end0 = x + 1
		}
	}
	return out
}

// boxIn is where the outline of a box lies in a video.
func boxIn(canvas, picture image.Point, b inference.Box) image.Rectangle {
	r := ffmpeg.FitInto(canvas, picture)
	at := func(min, size int, v float32) int { return min + int(v*float32(size)+0.5) }
	return image.Rect(at(r.Min.X, r.Dx(), b.X1), at(r.Min.Y, r.Dy(), b.Y1),
		at(r.Min.X, r.Dx(), b.X2), at(r.Min.Y, r.Dy(), b.Y2))
}

func near(a, b, within int) bool { return max(a-b, b-a) <= within }

// wantBox checks that an outline lies where the n-th frame has its patch.
func (f videoFrame) wantBox(t testing.TB, i, n int, picture image.Point) {
	t.Helper()
	const within = 7 // the outline's width, and what scaling and coding blur
	want := boxIn(f.size, picture, patchAt(n))
	if !near(f.box.Min.X, want.Min.X, within) || !near(f.box.Max.X, want.Max.X, within) ||
		!near(f.box.Max.Y, want.Max.Y, within) {
		t.Errorf("picture %d (%v): the box lies at %v, want %v", i, f.pts, f.box, want)
	}
}
