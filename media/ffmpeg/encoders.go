package ffmpeg

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// encoderKind is one of FFmpeg's encoders and how we use it.
type encoderKind struct {
	name, words string
	hardware    bool
	threads     int
	options     map[string]string
}

// encoderKinds are in the order in which they are tried.
var encoderKinds = []encoderKind{
	{name: "h264_nvenc", words: "NVENC", hardware: true, options: map[string]string{"preset": "p4", "rc": "vbr", "forced-idr": "1", "delay": "0"}},
	{name: "h264_videotoolbox", words: "VideoToolbox", hardware: true, options: map[string]string{"realtime": "0", "allow_sw": "0"}},
	{name: "h264_v4l2m2m", words: "V4L2", hardware: true},
	{name: "libopenh264", words: "OpenH264", threads: threadsFor(runtime.NumCPU()), options: map[string]string{
		"allow_skip_frames": "0", "rc_mode": "bitrate", "profile": "high", "loopfilter": "1",
	}},
	{name: "mpeg4", words: "MPEG-4 Part 2", threads: threadsFor(runtime.NumCPU())},
}

// EncoderVerdict says whether an encoder works on this machine.
type EncoderVerdict struct {
	// Name is FFmpeg's, Words what people call it.
	Name, Words string
	Hardware    bool
	Works       bool
	// Why is a few words on what is wrong; "" when it works.
	Why string
}

// verdicts remembers what was proved, by encoder and size.
var verdicts struct {
	sync.Mutex
	known map[string]EncoderVerdict
}

// Encoders tries all encoders on small pictures, best first, and says of each whether it works.
func Encoders() []EncoderVerdict {
	var all []EncoderVerdict
	for _, k := range encoderKinds {
		all = append(all, proved(k, EncoderOptions{Width: 640, Height: 360, FPS: 30, Bitrate: bitrateFor(640, 360, 30)}))
	}
	return all
}

// proved says whether that kind works for such pictures. One in software is taken at its word: it works or does not open.
func proved(k encoderKind, o EncoderOptions) EncoderVerdict {
	v := EncoderVerdict{Name: k.name, Words: k.words, Hardware: k.hardware}
	if astiav.FindEncoderByName(k.name) == nil {
		v.Why = "not built in"
		return v
	}
	verdicts.Lock()
	defer verdicts.Unlock()
	id := fmt.Sprint(k.name, " ", o.Width, "×", o.Height)
	if known, ok := verdicts.known[id]; ok {
		return known
	}
	if err := prove(k, o); err != nil {
		v.Why = err.Error()
	} else {
		v.Works = true
	}
	if verdicts.known == nil {
		verdicts.known = make(map[string]EncoderVerdict)
	}
	verdicts.known[id] = v
	return v
}

const (
	// proofPictures are coded for a proof: more than encoders hold back.
	proofPictures = 8
	// proofTime is how long that may take; a machine that needs longer cannot record.
	proofTime = 5 * time.Second
	// proofError is how far, on average, a sample may be off after coding and decoding a smooth picture.
	proofError = 6
)

// prove codes a few pictures, decodes them back and compares them.
func prove(k encoderKind, o EncoderOptions) error {
	e, err := newEncoder(k, o)
	if err != nil {
		return err
	}
	defer e.Close()
	if k.name == "mpeg4" {
		return nil // there is no decoder of received streams for it, and it has never been known to lie
	}
	var pool media.Pool
	d, err := NewDecoder(media.H264, &pool)
	if err != nil {
		return err
	}
	defer d.Close()
	want, err := proofPicture(&pool, o)
	if err != nil {
		return err
	}
	defer want.Release()
	head := annexB(e.context.ExtraData())
	back, began := 0, time.Now()
	check := func(c Coded) error {
		data := annexB(c.Data)
		if c.Key {
			data = append(append([]byte(nil), head...), data...)
		}
		var worst error
		err := d.Decode(media.Packet{Codec: media.H264, Data: data, Key: c.Key, RTP: durationToTicks(c.At)}, func(f *media.Frame) {
			back++
			if off := meanError(want, f); off > proofError {
				worst = fmt.Errorf("its pictures come out wrong (off by %.0f of 255)", off)
			}
		})
		if err != nil {
			return fmt.Errorf("its pictures cannot be decoded: %w", err)
		}
		return worst
	}
	for i := range proofPictures {
		if err := e.Encode(want, time.Duration(i)*time.Second/30, check); err != nil {
			return err
		}
		if time.Since(began) > proofTime {
			return fmt.Errorf("too slow: %d pictures took more than %v", i+1, proofTime)
		}
	}
	if err := e.Flush(check); err != nil {
		return err
	}
	if back == 0 {
		return fmt.Errorf("it was given %d pictures and none came out", proofPictures)
	}
	return nil
}

// proofPicture is a smooth one, which every encoder that works can keep.
func proofPicture(pool *media.Pool, o EncoderOptions) (*media.Frame, error) {
	f, err := pool.Get(o.Width, o.Height, media.I420)
	if err != nil {
		return nil, err
	}
	f.Color = o.Color
	for y := range o.Height {
		for x := range o.Width {
			f.Plane[0][y*f.Stride[0]+x] = byte(40 + 150*x/o.Width)
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = 100, 150
	}
	return f, nil
}

// meanError is how far two pictures of one size are apart on average, in luma; the largest there is for pictures of two sizes.
func meanError(a, b *media.Frame) float64 {
	if a.Width != b.Width || a.Height != b.Height {
		return 255
	}
	sum := 0
	for y := range a.Height {
		p, q := a.Plane[0][y*a.Stride[0]:], b.Plane[0][y*b.Stride[0]:]
		for x := range a.Width {
			d := int(p[x]) - int(q[x])
			sum += max(d, -d)
		}
	}
	return float64(sum) / float64(a.Width*a.Height)
}
