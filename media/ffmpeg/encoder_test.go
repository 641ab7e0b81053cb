package ffmpeg

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// moving draws a frame with a bright square that moves with n.
func moving(t testing.TB, pool *media.Pool, w, h, n int) *media.Frame {
	t.Helper()
	f, err := pool.Get(w, h, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	for y := range h {
		for x := range w {
			f.Plane[0][y*f.Stride[0]+x] = byte(40 + 100*y/h)
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = 128, 128
	}
	for y := h / 4; y < h/2; y++ {
		for x := range w / 4 {
			f.Plane[0][y*f.Stride[0]+(x+n*4)%w] = 220
		}
	}
	return f
}

func TestRecordingIsReadBack(t *testing.T) {
	for _, v := range Encoders() {
		if !v.Works {
			t.Logf("%s: %s", v.Label, v.Why)
			continue
		}
		t.Run(v.Label, func(t *testing.T) {
			recordAndRead(t, v.Name)
		})
	}
}

// recordAndRead records with an encoder and reads the file back.
func recordAndRead(t *testing.T, encoder string) {
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: encoder})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	path := filepath.Join(t.TempDir(), "video.mp4")
	m, err := CreateMP4(path, MuxerOptions{Encoder: e})
	if err != nil {
		t.Fatal(err)
	}
	write := func(c Encoded) error { return m.Video(c.Data, c.Key, c.At) }
	const n = 90
	for i := range n {
		f := moving(t, &pool, 320, 240, i)
		at := time.Duration(i) * time.Second / 30
		if i >= 60 {
			at += 2 * time.Second // nothing came for two seconds
		}
		if err := e.Encode(f, at, write); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := e.Flush(write); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	checkMoving(t, &pool, path, n)
}

// checkMoving checks the n frames of a recording with a pause of two seconds after the 60th.
func checkMoving(t *testing.T, pool *media.Pool, path string, n int) {
	r, err := OpenFile(path, pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range n {
		f, err := r.Next()
		if err != nil {
			t.Fatalf("picture %d: %v", i, err)
		}
		want := time.Duration(i) * time.Second / 30
		if i >= 60 {
			want += 2 * time.Second
		}
		if d := f.PTS - want; d > 2*time.Millisecond || d < -2*time.Millisecond {
			t.Errorf("picture %d is at %v, want %v", i, f.PTS, want)
		}
		orig := moving(t, pool, 320, 240, i)
		if off := meanError(orig, f); off > 4 {
			t.Errorf("picture %d is off by %.1f", i, off)
		}
		orig.Release()
		f.Release()
	}
}

func TestEncoderRefusesWhatItCannot(t *testing.T) {
	for _, o := range []EncoderOptions{
		{},
		{Width: 321, Height: 240},
		{Width: 320, Height: 8},
		{Width: 8192, Height: 4320},
		{Width: 320, Height: 240, Only: "x265"},
	} {
		if e, err := OpenEncoder(o); err == nil {
			e.Close()
			t.Errorf("%+v was opened", o)
		}
	}
	if _, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: "x265"}); !errors.Is(err,
		ErrNoEncoder) {
		t.Errorf("an encoder that is not there gives %v", err)
	}
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240})
	if err != nil {
		t.Fatal(err)
	}
	none := func(Encoded) error { return nil }
	f := moving(t, &pool, 320, 240, 0)
	if err := e.Encode(f, time.Second, none); err != nil {
		t.Fatal(err)
	}
	if err := e.Encode(f, time.Second, none); err == nil {
		t.Error("a picture at the time of the one before was coded")
	}
	other := moving(t, &pool, 160, 120, 0)
	if err := e.Encode(other, 2*time.Second, none); err == nil {
		t.Error("a picture of another size was coded")
	}
	wrong := errors.New("wrong")
	if err := e.Encode(f, 3*time.Second, func(Encoded) error { return wrong }); !errors.Is(err,
		wrong) {
		t.Errorf("an error of yield gives %v", err)
	}
	e.Close()
	e.Close()
	if err := e.Encode(f, 4*time.Second, none); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed encoder gives %v", err)
	}
	f.Release()
	other.Release()
}

// The stream says its colours, and frames of others come out looking the same.
func TestEncoderKeepsColors(t *testing.T) {
	for _, c := range []media.Color{{}, {Matrix: media.BT709}, {FullRange: true}} {
		for _, name := range []string{"libopenh264", "mpeg4"} {
			checkColors(t, name, c)
		}
	}
}

// checkColors encodes frames of other colours than those of the stream, which are c.
func checkColors(t *testing.T, name string, c media.Color) {
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 160, Height: 96, Color: c, Only: name})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "video.mp4")
	m, err := CreateMP4(path, MuxerOptions{Encoder: e})
	if err != nil {
		t.Fatal(err)
	}
	f, err := pool.Get(160, 96, media.I420)
	if err != nil {
		t.Fatal(err)
	}
	f.Color = media.Color{Matrix: media.BT601, FullRange: true}
	for i, v := range []byte{120, 90, 190} {
		copy(f.Plane[i], bytes.Repeat([]byte{v}, len(f.Plane[i])))
	}
	write := func(c Encoded) error { return m.Video(c.Data, c.Key, c.At) }
	for i := range 10 {
		if err := e.Encode(f, time.Duration(i)*time.Second/10, write); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(e.Flush(write), m.Close()); err != nil {
		t.Fatal(err)
	}
	e.Close()
	r, err := OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if got.Color != c {
		t.Errorf("%s: pictures are in %+v, want %+v", name, got.Color, c)
	}
	a, b := rgba(t, f).RGBAAt(80, 48), rgba(t, got).RGBAAt(80, 48)
	if !near(a, b, codingLoss) {
		t.Errorf("%s in %+v: %v became %v", name, c, a, b)
	}
	got.Release()
	f.Release()
	r.Close()
	closed(t, &pool)
}

// A recording can be entered each second, whatever the rate of its frames, and no encoder reorders
// them.
func TestEncoderMakesAKeyFrameEachSecond(t *testing.T) {
	for _, v := range Encoders() {
		if !v.Works {
			continue
		}
		var pool media.Pool
		e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: v.Name})
		if err != nil {
			t.Fatal(err)
		}
		key, last := time.Duration(0), time.Duration(-1)
		check := func(c Encoded) error {
			if c.At <= last {
				t.Errorf("%s: a picture at %v comes after one at %v", v.Label, c.At, last)
			}
			last = c.At
			if c.Key {
				key = c.At
			}
			if c.At-key >= time.Second {
				t.Errorf("%s: at %v the last key frame was at %v", v.Label, c.At, key)
			}
			return nil
		}
		for i, at := 0, time.Duration(0); at < 8*time.Second; i++ {
			f := moving(t, &pool, 320, 240, i)
			if err := e.Encode(f, at, check); err != nil {
				t.Fatal(err)
			}
			f.Release()
			at += []time.Duration{17, 33, 120, 71}[i%4] * time.Millisecond
		}
		if err := e.Flush(check); err != nil {
			t.Fatal(err)
		}
		e.Close()
	}
}

// An encoder that gives its parameters with its frames, as V4L2 does, makes recordings that are as
// safe: the head is there with the first second.
func TestRecordingOfParametersInBand(t *testing.T) {
	i := slices.IndexFunc(encoderKinds, func(k encoderKind) bool { return k.name == "libopenh264" })
	kind, options := encoderKinds[i], EncoderOptions{Width: 160, Height: 96, FPS: 30, Bitrate: 1e6}
	kind.inBand = true
	if err := runSelfTest(kind, options); err != nil {
		t.Error(err)
	}
	e, err := newEncoder(kind, options)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	path := filepath.Join(t.TempDir(), "video.mp4")
	m, err := CreateMP4(path, MuxerOptions{Encoder: e, Audio: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var pool media.Pool
	for n := range 100 {
		f := moving(t, &pool, 160, 96, n)
		err := e.Encode(f, time.Duration(n)*time.Second/30, func(c Encoded) error {
			return m.Video(c.Data, c.Key, c.At)
		})
		f.Release()
		if err != nil {
			t.Fatal(err)
		}
		if n < 60 {
			continue
		}
		info, err := Probe(path) // while it is being written
		if err != nil || info.Frames < n/30*30-31 {
			t.Fatalf("with picture %d there is %+v, %v", n, info, err)
		}
	}
	if got := frameTimes(t, path); len(got) < 60 {
		t.Errorf("%d pictures can be decoded", len(got))
	}
}
